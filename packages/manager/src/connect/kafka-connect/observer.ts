import { ConnectError } from "../api.ts";
import type { EngineInfo, EngineListing, EngineStatus } from "./engine-types.ts";
import { engineMessage, type WorkerClient } from "./worker-client.ts";

/** All connectors of the cluster as they were at one moment. */
export interface Observation {
  /** When it was asked for; epoch milliseconds. */
  readonly at: number;
  readonly connectors: ReadonlyMap<string, { readonly info: EngineInfo; readonly status: EngineStatus }>;
}
/** An observation, and why there is no newer one when it is not fresh. */
export interface Seen {
  readonly observation: Observation;
  readonly staleBecause?: string;
}

/** Ages and times in ms. */
export interface ObserverTiming {
  /** Nobody is given an older observation as a fresh one. */
  readonly maxAgeMs: number;
  /** From this age on a newer one is fetched in advance, so that readers need not wait for it. */
  readonly aheadMs: number;
  /** How long a reader waits for a newer one while there is an old one to tell. */
  readonly patienceMs: number;
}
export const standardObserverTiming: ObserverTiming = { maxAgeMs: 1000, aheadMs: 600, patienceMs: 2000 };

/**
 * Looks at all connectors of a cluster in one call, for all readers. After a failure the old observation is told with the reason, at once,
 * until the next try.
 */
export class Observer {
  readonly #client: WorkerClient;
  readonly #timing: ObserverTiming;
  readonly #now: () => number;
  /** Sees each new observation before its readers do. */
  readonly #onObservation: (observation: Observation) => Promise<void>;
  #last: Observation | undefined;
  /** A change came after it was asked for. */
  #outdated = true;
  #pending: Promise<Observation> | undefined;
  #pendingSince = 0;
  #failure: { readonly at: number; readonly error: Error } | undefined;

  constructor(
    client: WorkerClient,
    now: () => number,
    onObservation: (observation: Observation) => Promise<void>,
    timing: ObserverTiming = standardObserverTiming,
  ) {
    this.#client = client;
    this.#now = now;
    this.#onObservation = onObservation;
    this.#timing = timing;
  }

  /** @throws ConnectError when there never was an observation, and none can be made */
  async read(): Promise<Seen> {
    const last = this.#last;
    const age = last === undefined ? Infinity : this.#now() - last.at;
    const { aheadMs, maxAgeMs } = this.#timing;
    if (last !== undefined && !this.#outdated && age <= maxAgeMs) {
      if (age > aheadMs && !this.#failedLately()) this.#fetch().catch(() => undefined);
      return { observation: last };
    }
    if (last === undefined) return { observation: await this.#fetch() };
    if (this.#failedLately()) return this.#stale(last, this.#failure?.error);
    return await this.#newerOr(last);
  }

  /** A fresh observation, however long it takes: for answers that have no place to say that they are old. @throws ConnectError */
  async fresh(): Promise<Observation> {
    if (this.#last !== undefined && !this.#outdated && this.#now() - this.#last.at <= this.#timing.maxAgeMs) return this.#last;
    if (this.#failure !== undefined && this.#failedLately()) throw this.#failure.error;
    return await this.#fetch();
  }

  /** What is asked for from now on is told only once it was seen after this moment. */
  invalidate(): void {
    this.#outdated = true;
    this.#pending = undefined;
  }

  async #newerOr(last: Observation): Promise<Seen> {
    const newer = this.#fetch();
    // The first who waits for a look that hangs waits for all.
    const left = Math.max(0, this.#pendingSince + this.#timing.patienceMs - this.#now());
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<"late">((resolve) => {
      timer = setTimeout(resolve, left, "late").unref();
    });
    try {
      const first = await Promise.race([newer, late]);
      if (first !== "late") return { observation: first };
      return this.#stale(last, new Error(`no answer within ${String(this.#timing.patienceMs / 1000)} s`));
    } catch (error) {
      return this.#stale(last, error);
    } finally {
      clearTimeout(timer);
    }
  }

  #stale(last: Observation, error: unknown): Seen {
    return { observation: this.#last ?? last, staleBecause: error instanceof Error ? error.message : String(error) };
  }

  #failedLately(): boolean {
    return this.#failure !== undefined && this.#now() - this.#failure.at < this.#timing.maxAgeMs;
  }

  #fetch(): Promise<Observation> {
    if (this.#pending !== undefined) return this.#pending;
    const pending = this.#look();
    this.#pending = pending;
    this.#pendingSince = this.#now();
    pending.then(
      (observation) => {
        // A change came meanwhile: whoever waits gets it, but later readers ask anew.
        if (this.#pending !== pending) return;
        this.#pending = undefined;
        this.#last = observation;
        this.#outdated = false;
        this.#failure = undefined;
      },
      (error: unknown) => {
        if (this.#pending !== pending) return;
        this.#pending = undefined;
        this.#failure = { at: this.#now(), error: error instanceof Error ? error : new Error(String(error)) };
      },
    );
    return pending;
  }

  async #look(): Promise<Observation> {
    const at = this.#now();
    this.#client.probe();
    const { status, body } = await this.#client.ask({ method: "GET", path: "/connectors?expand=status&expand=info" });
    if (status !== 200) throw new ConnectError("EngineFailed", `Kafka Connect would not list its connectors: ${engineMessage(body)}`);
    const observation = { at, connectors: new Map(Object.entries(body as EngineListing)) };
    await this.#onObservation(observation);
    return observation;
  }
}
