import { setTimeout as sleep } from "node:timers/promises";
import { ConnectError, type ConnectOffset, type OffsetsChange } from "../api.ts";
import type { Engine } from "./engine.ts";
import { engineMessage } from "./worker-client.ts";

/** What the connector was doing, and is to do again. */
export type ResumeTo = "RUNNING" | "PAUSED" | "STOPPED";

/**
 * A request to change offsets on its way. Each step can be done again, so that it goes on where it was after a restart of the server:
 * look (what is the connector doing, where is it) → stop → change → resume → over.
 */
export interface OffsetsJob {
  readonly id: string;
  readonly change: OffsetsChange;
  readonly requestedAt: number;
  readonly step: "look" | "stop" | "change" | "resume" | "over";
  readonly resumeTo: ResumeTo;
  /** Somebody asked for that state after the request: it counts, whatever the connector was doing. */
  readonly wished?: boolean;
  readonly previousOffsets?: readonly ConnectOffset[];
  readonly outcome?: { readonly phase: "APPLIED" | "FAILED"; readonly message: string };
  /** What it waits for; empty when nothing holds it up. */
  readonly waitsFor: string;
  readonly appliedAt: number | null;
}

/** What a job works with. */
export interface JobWorld {
  readonly engine: Engine;
  readonly now: () => number;
  readonly signal: AbortSignal;
  /** The job as it is now: a pause or a resume may have changed what is to come after it. */
  readonly current: () => OffsetsJob;
  readonly save: (change: Partial<OffsetsJob>) => void;
}

const pollMs = 200;
const retry = { firstMs: 500, lastMs: 10_000 } as const;
/** How long a stop may take to take effect, and a change to be possible. */
const effectMs = 60_000;

/** Takes a job to its end. Resolves early when the signal aborts; the job then goes on with the next start. */
export async function runOffsetsJob(name: string, world: JobWorld): Promise<void> {
  let pause: number = retry.firstMs;
  while (!world.signal.aborted && world.current().step !== "over") {
    try {
      await steps[world.current().step as Exclude<OffsetsJob["step"], "over">](name, world);
      pause = retry.firstMs;
    } catch (error) {
      if (world.signal.aborted) return;
      // The cluster is away, or would not do it now: nothing is lost by waiting for it.
      const why = error instanceof ConnectError ? error.message : `an unexpected failure: ${String(error)}`;
      if (world.current().waitsFor !== why) world.save({ waitsFor: why });
      await sleep(pause, undefined, { signal: world.signal }).catch(() => undefined);
      pause = Math.min(pause * 2, retry.lastMs);
    }
  }
}

type Step = (name: string, world: JobWorld) => Promise<void>;
const steps: Readonly<Record<Exclude<OffsetsJob["step"], "over">, Step>> = {
  look: async (name, { engine, save, signal, current }) => {
    const status = await engine.status(name, { signal });
    const previousOffsets = await engine.offsets(name, { signal });
    if (status === undefined || previousOffsets === undefined) return save(gone);
    const { state } = status.connector;
    const { resumeTo, wished } = current();
    const seen = state === "PAUSED" || state === "STOPPED" ? state : "RUNNING";
    save({ step: "stop", previousOffsets, resumeTo: wished === true ? resumeTo : seen, waitsFor: "" });
  },
  stop: async (name, { engine, save, signal }) => {
    if (!(await engine.act(name, "stop", { signal }))) return save(gone);
    const until = Date.now() + effectMs;
    for (;;) {
      const status = await engine.status(name, { signal });
      if (status === undefined) return save(gone);
      if (status.connector.state === "STOPPED" && status.tasks.length === 0) return save({ step: "change", waitsFor: "" });
      if (Date.now() > until) return save(failed(`The connector did not stop within ${String(effectMs / 1000)} s.`));
      await sleep(pollMs, undefined, { signal });
    }
  },
  change: async (name, { engine, save, signal, current }) => {
    const { change } = current();
    const until = Date.now() + effectMs;
    for (;;) {
      const { status, body } = await engine.changeOffsets(name, change.type === "PATCH" ? change.offsets : undefined, { signal });
      if (status === 404) return save(gone);
      if (status < 300) return save({ step: "resume", outcome: { phase: "APPLIED", message: messages[change.type] }, waitsFor: "" });
      const message = engineMessage(body);
      // Right after a stop the cluster may still think that the connector runs, or that its consumers are members of their group.
      const momentary = status >= 500 || /must be in the STOPPED state/.test(message);
      if (!momentary || Date.now() > until) return save(failed(message || `Kafka Connect answered with status ${String(status)}.`));
      await sleep(pollMs, undefined, { signal });
    }
  },
  resume: async (name, { engine, save, signal, current, now }) => {
    const { resumeTo } = current();
    const action = resumeTo === "RUNNING" ? "resume" : resumeTo === "PAUSED" ? "pause" : "stop";
    if (!(await engine.act(name, action, { signal }))) return save(gone);
    // Asked for something else meanwhile: that has to be done as well.
    if (current().resumeTo !== resumeTo) return;
    save({ step: "over", appliedAt: current().outcome?.phase === "APPLIED" ? now() : null, waitsFor: "" });
  },
};

const messages = {
  PATCH:
    "The Connect framework-managed offsets for this connector have been altered successfully. However, if this connector manages offsets externally, they will need to be manually altered in the system that the connector uses.",
  DELETE:
    "The Connect framework-managed offsets for this connector have been reset successfully. However, if this connector manages offsets externally, they will need to be manually reset in the system that the connector uses.",
} as const;

const gone: Partial<OffsetsJob> = {
  step: "over",
  outcome: { phase: "FAILED", message: "The connector was deleted before its offsets were changed." },
  waitsFor: "",
};

/** What ran before is to run again also when the change failed. */
function failed(message: string): Partial<OffsetsJob> {
  return { step: "resume", outcome: { phase: "FAILED", message }, waitsFor: "" };
}
