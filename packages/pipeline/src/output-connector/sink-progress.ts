import type { OutputTransport, SinkPosition } from "@headgate/connector-kit";
import type { Delta } from "@headgate/engine";
import type { Progress } from "./output-queue.ts";
import { RetainedDeltas, type RetainedDelta } from "./retained-deltas.ts";

/** A step that the sink has, and where its content ended then. */
interface Acknowledged {
  readonly progress: Progress;
  readonly position: SinkPosition | null;
}

/**
 * How far a sink has come: the last step that it has, and the last that it has for good, so that the machine's crash would not take it.
 * Deltas between that one and the newest are retained.
 */
export class SinkProgress {
  readonly #transport: OutputTransport;
  readonly #retained = new RetainedDeltas();
  #acknowledged: Acknowledged;
  #durable: Acknowledged;

  constructor(transport: OutputTransport, since: Progress) {
    this.#transport = transport;
    this.#acknowledged = this.#at(since);
    this.#durable = this.#acknowledged;
  }

  get durable(): Acknowledged {
    return this.#durable;
  }

  /** `stored`: the delta is on disk already. */
  retain(progress: Progress, delta: Delta, stored: boolean): void {
    this.#retained.add(progress, delta, stored);
  }
  forget(throughStep: number): void {
    this.#retained.dropThrough(throughStep);
  }
  /** Retained deltas that are not on disk; from now on they count as stored. */
  takeUnstored(): readonly RetainedDelta[] {
    return this.#retained.takeUnstored();
  }

  /** The sink has everything up to this step. */
  acknowledge(progress: Progress): void {
    this.#acknowledged = this.#at(progress);
    if (this.#transport.sync === undefined) this.#settle(this.#acknowledged);
  }

  /** A committed snapshot is on the sink for good, and nothing before it counts any more. */
  replaced(progress: Progress): void {
    this.#durable = this.#acknowledged = this.#at(progress);
  }

  /** Makes what is acknowledged outlive the machine's crash, if `stillCurrent` says so afterwards. Never throws. */
  async sync(stillCurrent: () => boolean): Promise<void> {
    const acknowledged = this.#acknowledged;
    if (this.#transport.sync === undefined || acknowledged === this.#durable) return;
    try {
      await this.#transport.sync();
    } catch {
      return;
    }
    if (stillCurrent()) this.#settle(acknowledged);
  }

  #at(progress: Progress): Acknowledged {
    return { progress, position: this.#transport.position?.() ?? null };
  }
  #settle(acknowledged: Acknowledged): void {
    if (acknowledged.progress.step < this.#durable.progress.step) return;
    this.#durable = acknowledged;
    this.#retained.dropThrough(acknowledged.progress.step);
  }
}
