import type { Clock } from "../async/clock.ts";

/** When to commit, and how. */
export interface GroupCommitOptions {
  readonly clock: Clock;
  /** Changed records that no commit has written. */
  readonly pendingRecords: () => number;
  /** Bytes in the journal's newest segment: it must not grow for ever while nothing changes. */
  readonly journalBytes: () => number;
  readonly commit: () => Promise<void>;
  /** A commit failed: the pipeline cannot go on. */
  readonly onFailure: (error: unknown) => void;
}

const maxPendingRecords = 20_000;
const maxMilliseconds = 250;
const maxJournalBytes = 16 * 1024 * 1024;
/** Of the time, at most about a tenth goes into commits. */
const restPerCommit = 9;

/**
 * Commits in the background: when many records are pending, or some time after the first one; more rarely where commits are slow.
 * Steps never wait for it.
 */
export class GroupCommit {
  readonly #options: GroupCommitOptions;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #notBefore = 0;
  #stopped = false;

  constructor(options: GroupCommitOptions) {
    this.#options = options;
  }

  /** A step is done. */
  stepDone(): void {
    if (this.#stopped || this.#running !== undefined) return;
    const { clock, journalBytes, pendingRecords } = this.#options;
    const pending = pendingRecords();
    const due = pending >= maxPendingRecords || journalBytes() >= maxJournalBytes;
    if (pending === 0 && !due) return;
    const rest = this.#notBefore - clock.now();
    if (due && rest <= 0) this.#start();
    else this.#timer ??= setTimeout(() => this.#start(), Math.max(rest, due ? 0 : maxMilliseconds)).unref();
  }

  /** Commits no more; resolves when the commit under way is over. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  #start(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#stopped || this.#running !== undefined) return;
    this.#running = this.#commit().finally(() => {
      this.#running = undefined;
      this.stepDone();
    });
  }

  async #commit(): Promise<void> {
    const { clock, commit, onFailure } = this.#options;
    const begun = clock.now();
    try {
      await commit();
    } catch (error) {
      this.#stopped = true;
      onFailure(error);
    }
    const end = clock.now();
    this.#notBefore = end + (end - begun) * restPerCommit;
  }
}
