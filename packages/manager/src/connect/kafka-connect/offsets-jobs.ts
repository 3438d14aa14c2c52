import type { ConnectTables } from "../../catalogue/connect-tables.ts";
import { ConnectError, type OffsetsChange, type OffsetsRequest, type OffsetsRequestStatus } from "../api.ts";
import type { Engine } from "./engine.ts";
import { runOffsetsJob, type OffsetsJob, type ResumeTo } from "./offsets-job.ts";

/** What the jobs of one cluster work with; `onChange` hears of each connector whose state a job has changed. */
export interface OffsetsJobsOptions {
  readonly engine: Engine;
  readonly tables: ConnectTables;
  readonly scope: string;
  readonly now: () => number;
  readonly onChange: (name: string) => void;
}

/** The last request of each connector to change its offsets; one at a time, and each goes on after a restart of the server. */
export class OffsetsJobs {
  readonly #options: OffsetsJobsOptions;
  readonly #running = new Map<string, { readonly ended: Promise<void>; readonly cancel: AbortController }>();
  readonly #closing = new AbortController();

  constructor(options: OffsetsJobsOptions) {
    this.#options = options;
    for (const { scope, name, record } of options.tables.offsetsRequests()) {
      if (scope === options.scope && (record as OffsetsJob).step !== "over") this.#run(name);
    }
  }

  /** `created`: the connector was made for this, stopped, and has never run. */
  begin(name: string, id: string, change: OffsetsChange, created = false): OffsetsRequest {
    if (this.isPending(name)) {
      throw new ConnectError(
        "OffsetsRequestPending",
        `An earlier request to change the offsets of '${name}' is under way; wait for its end`,
      );
    }
    const job: OffsetsJob = {
      id,
      change,
      requestedAt: this.#options.now(),
      step: created ? "stop" : "look",
      resumeTo: "RUNNING",
      waitsFor: "",
      appliedAt: null,
      ...(created ? { previousOffsets: [] } : {}),
    };
    this.#save(name, job);
    this.#run(name);
    return toRequest(name, job);
  }

  status(name: string): OffsetsRequestStatus {
    const job = this.#job(name);
    if (job === undefined) throw new ConnectError("NoOffsetsRequest", `The offsets of connector '${name}' were never asked to change`);
    const { appliedAt, outcome, previousOffsets, step, waitsFor } = job;
    return {
      request: toRequest(name, job),
      phase: step === "over" ? (outcome?.phase ?? "FAILED") : "PENDING",
      message: step === "over" ? (outcome?.message ?? "") : waitsFor,
      ...(previousOffsets === undefined ? {} : { previousOffsets }),
      appliedAt,
    };
  }

  isPending(name: string): boolean {
    const step = this.#job(name)?.step;
    return step !== undefined && step !== "over";
  }

  /** What the connector is to do when the request under way is over; false when there is none. */
  resumeTo(name: string, state: ResumeTo): boolean {
    const job = this.#job(name);
    if (job === undefined || job.step === "over") return false;
    this.#save(name, { ...job, resumeTo: state, wished: true });
    return true;
  }

  /** Ends the request under way, if there is one, where it is. */
  async cancel(name: string): Promise<void> {
    const running = this.#running.get(name);
    running?.cancel.abort();
    await running?.ended;
  }

  close(): void {
    this.#closing.abort();
  }

  #job(name: string): OffsetsJob | undefined {
    return this.#options.tables.offsetsRequest(this.#options.scope, name) as OffsetsJob | undefined;
  }
  #save(name: string, job: OffsetsJob): void {
    this.#options.tables.saveOffsetsRequest(this.#options.scope, name, job);
  }

  #run(name: string): void {
    const { engine, now, onChange } = this.#options;
    const cancel = new AbortController();
    const signal = AbortSignal.any([cancel.signal, this.#closing.signal]);
    // Somebody else may have deleted the connector, and its request with it.
    const current = (): OffsetsJob => this.#job(name) ?? forgotten;
    const save = (change: Partial<OffsetsJob>): void => {
      const job = signal.aborted ? undefined : this.#job(name);
      if (job === undefined) return;
      this.#save(name, { ...job, ...change });
      onChange(name);
    };
    const ended = runOffsetsJob(name, { engine, now, signal, current, save }).finally(() => {
      this.#running.delete(name);
    });
    this.#running.set(name, { ended, cancel });
  }
}

const forgotten: OffsetsJob = {
  id: "",
  change: { type: "DELETE" },
  requestedAt: 0,
  step: "over",
  resumeTo: "RUNNING",
  waitsFor: "",
  appliedAt: null,
};

function toRequest(name: string, { id, change, requestedAt }: OffsetsJob): OffsetsRequest {
  return { id, name, change, requestedAt };
}
