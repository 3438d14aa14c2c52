import { randomUUID } from "node:crypto";
import { timestamp, type Clock } from "../async/clock.ts";
import { crashPoint } from "../crash-points.ts";
import { messageOf } from "../errors.ts";
import type { CheckpointActivity, CheckpointMetadata, CheckpointStatus } from "../socket/protocol.ts";
import type { LoopState } from "./durable-state.ts";

/** What a checkpoint is made with. */
export interface CheckpointSources {
  readonly clock: Clock;
  readonly fingerprint: number;
  /** Commits everything done so far and cuts the journal behind it. */
  readonly commit: () => Promise<void>;
  readonly storageBytes: () => Promise<number>;
}

/** A restart goes on from the last commit, so older checkpoints only tell what was. */
const keptCheckpoints = 2;

/** Takes checkpoints, one at a time: commits that are remembered by name. Requests that come meanwhile share the next one. */
export class Checkpoints {
  readonly #sources: CheckpointSources;
  #list: readonly CheckpointMetadata[] = [];
  /** Named, but only a commit that succeeds makes it one. */
  #pending: { readonly uuid: string; readonly size: number } | undefined;
  #committing: CheckpointMetadata | undefined;
  #requested = 0;
  #success: number | null = null;
  #failure: CheckpointStatus["failure"] = null;
  #startedAt: number | undefined;
  #running: Promise<void> | undefined;

  constructor(sources: CheckpointSources) {
    this.#sources = sources;
  }

  get list(): readonly CheckpointMetadata[] {
    return this.#list;
  }
  get status(): CheckpointStatus {
    return { success: this.#success, failure: this.#failure };
  }
  get activity(): CheckpointActivity {
    return this.#startedAt === undefined ? { status: "idle" } : { status: "in_progress", startedAt: timestamp(this.#startedAt) };
  }

  restore(list: readonly CheckpointMetadata[]): void {
    this.#list = list;
  }

  /** Asks for a checkpoint; gives the number of the request. */
  request(): number {
    this.#requested += 1;
    this.#running ??= this.#run();
    return this.#requested;
  }

  /** Takes a checkpoint now. @throws what the commit throws */
  async take(): Promise<void> {
    const { clock, commit, storageBytes } = this.#sources;
    this.#startedAt = clock.now();
    try {
      crashPoint("checkpoint.begun");
      this.#pending = { uuid: randomUUID(), size: await storageBytes().catch(() => 0) };
      await commit();
      if (this.#committing !== undefined) this.#list = this.#with(this.#committing);
      crashPoint("checkpoint.done");
    } finally {
      this.#pending = this.#committing = undefined;
      this.#startedAt = undefined;
    }
  }

  /** The list as a commit of this state has to hold it. */
  forCommit({ inputRecords, step }: LoopState): readonly CheckpointMetadata[] {
    if (this.#pending === undefined) return this.#list;
    const { size, uuid } = this.#pending;
    this.#committing = { uuid, fingerprint: this.#sources.fingerprint, size, steps: step, processedRecords: inputRecords };
    return this.#with(this.#committing);
  }

  #with(checkpoint: CheckpointMetadata): readonly CheckpointMetadata[] {
    return [...this.#list, checkpoint].slice(-keptCheckpoints);
  }

  async #run(): Promise<void> {
    // A failed checkpoint is told of, and the pipeline goes on if it can.
    while ((this.#success ?? 0) < this.#requested && (this.#failure?.sequenceNumber ?? 0) < this.#requested) {
      const covered = this.#requested;
      try {
        await this.take();
        this.#success = covered;
      } catch (error) {
        this.#failure = { sequenceNumber: covered, error: messageOf(error), failedAt: timestamp(this.#sources.clock.now()) };
      }
    }
    this.#running = undefined;
  }
}
