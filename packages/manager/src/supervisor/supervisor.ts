import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { CheckpointMetadata, PipelineStats, RuntimeReport, RuntimeStatus, SocketError } from "@headgate/pipeline";
import type { DeployedRuntimeStatus, DeploymentError, Logger, Pipeline, ProgramChange } from "../api.ts";
import type { Catalogue } from "../catalogue/catalogue.ts";
import type { Clock } from "../clock.ts";
import { hasStorage, heapLimitMb, provisioningTimeoutMs } from "../config/runtime-options.ts";
import { createSocketClient, type SocketClient } from "../interaction/socket-client.ts";
import { exited, failed, isLaunchable, launched, reported } from "../lifecycle/happenings.ts";
import { suspended, suspendFailed } from "../lifecycle/suspension.ts";
import type { LogRing } from "../logs/log-ring.ts";
import type { Registry } from "../pipelines/registry.ts";
import type { Timing } from "../timing.ts";
import { deathOf } from "./death.ts";
import { deploymentOf } from "./deployment.ts";
import { errorsIn } from "./errors-in.ts";
import { createLaunchSlots } from "./launch-slots.ts";
import { startPipelineProcess, type PipelineProcess, type ProcessExit } from "./pipeline-process.ts";
import { processMark } from "./process-mark.ts";
import { socketPathFor } from "./socket-directory.ts";

/** Keeps one process for each pipeline that is to be deployed, and the registry true about it. */
export interface Supervisor {
  /** Launches the pipeline if its state says so. */
  settle(id: string): void;
  /** Takes down the process of a pipeline that is Stopping. */
  takeDown(id: string): void;
  /** Brings the process to the desired runtime state, in the background. */
  align(id: string): void;
  /** Lets a pipeline write all to disk and end, in the background. It may be taken down meanwhile. */
  suspend(id: string): void;
  /** The process has taken an approval: whoever asks from now on is not told that it waits for one. */
  approved(id: string): void;
  client(id: string): SocketClient | undefined;
  /** Ends every process, leaving the registry as it is. */
  close(deadlineMs: number): Promise<void>;
}

/** What the supervisor works with; `logOf` gives the log that a process writes to. */
export interface SupervisorOptions {
  readonly registry: Registry;
  readonly catalogue: Catalogue;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly timing: Timing;
  readonly modulePath: string;
  readonly dataDirectory: string;
  readonly socketDirectory: string;
  readonly codeCache: string;
  readonly logOf: (id: string) => LogRing;
}

interface Deployed {
  readonly id: string;
  readonly name: string;
  readonly socketPath: string;
  readonly client: SocketClient;
  readonly gone: PromiseWithResolvers<undefined>;
  process: PipelineProcess;
  provisioning: NodeJS.Timeout | undefined;
  poll: NodeJS.Timeout | undefined;
  polls: number;
  /** Counts what the process told by itself, so that an answer to an older question does not overrule it. */
  tellings: number;
  aligning: boolean;
  suspending: boolean;
  /** Its end is being seen to; what it tells from now on changes nothing. */
  stopping: boolean;
}

/** Storage of one pipeline. */
export function storageDirectoryOf(dataDirectory: string, id: string): string {
  return join(dataDirectory, "pipelines", id);
}

/** Connector errors are counted and checkpoints listed anew on each nth status poll. */
const countEvery = 3;

/** A process in these states has no connectors yet to be asked about. */
const beforeWork: ReadonlySet<RuntimeStatus> = new Set(["Initializing", "AwaitingApproval"]);

const launches = { atATime: 2 * availableParallelism(), holdMs: 5000 } as const;

/** Creates the supervisor of one data directory. It starts nothing until it is told to settle a pipeline. */
export function createSupervisor(options: SupervisorOptions): Supervisor {
  const { registry, catalogue, clock, logger, timing } = options;
  const deployed = new Map<string, Deployed>();
  let closing = false;

  const slots = createLaunchSlots(launches.atATime, launches.holdMs, (id) => {
    settle(id);
  });

  const note = (id: string, text: string): void => {
    options.logOf(id).append(`${clock()} [control-plane] ${text}`);
  };

  const settle = (id: string): void => {
    const pipeline = registry.byId(id);
    if (closing || deployed.has(id) || pipeline === undefined || !isLaunchable(pipeline) || pipeline.compiled === null) return;
    if (!slots.take(id)) return;
    const incarnation = randomUUID();
    registry.observe(id, (p) => launched(p, incarnation, clock()));
    note(id, `Deploying incarnation ${incarnation}.`);
    begin(newDeployed(pipeline, socketPathFor(options.socketDirectory, incarnation)), pipeline, incarnation);
  };

  const begin = (one: Deployed, pipeline: Pipeline, incarnation: string): void => {
    deployed.set(one.id, one);
    try {
      one.process = startPipelineProcess(
        options.modulePath,
        deploymentOf(pipeline, incarnation, one.socketPath, storageDirectoryOf(options.dataDirectory, one.id)),
        { heapLimitMb: heapLimitMb(pipeline.runtimeConfig), codeCache: options.codeCache },
        {
          status: (status) => {
            told(one, status);
          },
          failed: (error) => {
            gaveUp(one, error);
          },
          line: (line) => {
            options.logOf(one.id).append(line);
          },
          exit: (exit) => {
            ended(one, exit);
          },
        },
      );
    } catch (error) {
      // Out of processes or of file descriptors: a failed deployment like any other.
      ended(one, { exitCode: null, signal: null, lastErrorLine: (error as Error).message, outOfMemory: false });
      return;
    }
    remember(one.process.pid);
    one.provisioning = expectSign(one, provisioningTimeoutMs(pipeline.runtimeConfig, timing.provisioningMs));
  };

  const expectSign = (one: Deployed, patience: number): NodeJS.Timeout =>
    setTimeout(() => {
      fail(one, {
        code: "RunnerError.ProvisioningTimeout",
        message: `Pipeline '${one.name}' gave no sign of life within ${String(patience / 1000)} s of its deployment (provisioning_timeout_secs)`,
        details: { pipeline_name: one.name, timeout_secs: patience / 1000 },
      });
      one.process.kill();
    }, patience).unref();

  const remember = (pid: number | undefined): void => {
    const startMark = pid === undefined ? undefined : processMark(pid);
    if (pid === undefined || startMark === undefined) return;
    try {
      catalogue.insertProcess({ pid, startMark });
    } catch (error) {
      logger.error({ err: error, pid }, "A process could not be noted in the catalogue.");
    }
  };

  const report = (one: Deployed, status: DeployedRuntimeStatus, difference?: ProgramChange): void => {
    if (closing || one.stopping || deployed.get(one.id) !== one) return;
    const before = registry.byId(one.id)?.runtimeStatus;
    registry.observe(one.id, (p) => reported(p, status, clock(), difference));
    if (status !== "Unavailable") {
      slots.free(one.id);
      clearTimeout(one.provisioning);
      if (one.poll === undefined) poll(one);
    }
    if (before !== status) note(one.id, `Runtime status is ${status}.`);
    if (status === "Suspended") seeOff(one);
    else align(one.id);
  };

  const told = (one: Deployed, status: RuntimeStatus): void => {
    one.tellings++;
    report(one, status);
    // Its own words do not say what there is to approve.
    if (status === "AwaitingApproval") void ask(one);
  };

  /** All of it is on disk: however it ends now, nothing has failed. */
  const seeOff = (one: Deployed): void => {
    one.stopping = true;
    registry.observe(one.id, (p) => suspended(p, clock()));
    const timer = setTimeout(() => {
      one.process.kill();
    }, timing.stopGraceMs);
    void one.gone.promise.then(() => {
      clearTimeout(timer);
    });
  };

  /** The process tells of its end before it exits; one that then does not is helped along. */
  const gaveUp = (one: Deployed, error: SocketError): void => {
    fail(one, { code: error.code, message: error.message, details: error.details });
    setTimeout(() => {
      one.process.kill();
    }, timing.stopGraceMs).unref();
  };

  const fail = (one: Deployed, error: DeploymentError): void => {
    if (closing || one.stopping || deployed.get(one.id) !== one) return;
    const before = registry.byId(one.id);
    const after = registry.observe(one.id, (p) => failed(p, error, clock()));
    if (after !== before) note(one.id, `Deployment failed: ${error.code}: ${error.message}`);
  };

  const ended = (one: Deployed, exit: ProcessExit): void => {
    clearTimeout(one.provisioning);
    clearTimeout(one.poll);
    one.gone.resolve(undefined);
    one.client.close();
    if (!closing) fail(one, deathOf(one.name, exit));
    deployed.delete(one.id);
    slots.free(one.id);
    void rm(one.socketPath, { force: true }).catch(() => undefined);
    if (one.process.pid !== undefined) forget(one.process.pid);
    if (closing) return;
    registry.glimpse(one.id, { connectorErrors: 0 });
    registry.observe(one.id, (p) => exited(p, clock()));
    note(one.id, `The process has ended (${exit.signal ?? `exit code ${String(exit.exitCode)}`}).`);
    settle(one.id);
  };

  const forget = (pid: number): void => {
    try {
      catalogue.deleteProcess(pid);
    } catch (error) {
      logger.error({ err: error, pid }, "A process could not be taken off the catalogue.");
    }
  };

  const poll = (one: Deployed): void => {
    one.poll = setTimeout(() => {
      void ask(one).finally(() => {
        if (deployed.get(one.id) === one && !closing) poll(one);
      });
    }, timing.statusPollMs).unref();
  };

  const ask = async (one: Deployed): Promise<void> => {
    const tellings = one.tellings;
    const began = performance.now();
    const answer = await one.client.control<RuntimeReport>("GET", "/status", timing.statusDeadlineMs).catch(() => undefined);
    if (tellings !== one.tellings) return;
    // A socket that refuses at once belongs to a process that is beginning or ending, which its own words will tell.
    const silent = answer === undefined && performance.now() - began >= timing.statusDeadlineMs * 0.9;
    if (answer !== undefined) report(one, answer.status, answer.change);
    else if (silent) report(one, "Unavailable");
    if (answer === undefined || beforeWork.has(answer.status) || one.polls++ % countEvery !== 0) return;
    await Promise.all([countErrors(one), listCheckpoints(one)]);
  };

  const countErrors = async (one: Deployed): Promise<void> => {
    const stats = await one.client.read<PipelineStats>("/stats?errors=false", timing.statusDeadlineMs).catch(() => undefined);
    if (stats !== undefined && deployed.get(one.id) === one) registry.glimpse(one.id, { connectorErrors: errorsIn(stats) });
  };

  const listCheckpoints = async (one: Deployed): Promise<void> => {
    const config = registry.byId(one.id)?.runtimeConfig;
    if (config === undefined || !hasStorage(config)) return;
    const list = one.client.control<readonly CheckpointMetadata[]>("GET", "/checkpoints", timing.statusDeadlineMs);
    const checkpoints = await list.catch(() => undefined);
    if (checkpoints !== undefined && deployed.get(one.id) === one) registry.glimpse(one.id, { checkpoints });
  };

  const align = (id: string): void => {
    const one = deployed.get(id);
    const p = registry.byId(id);
    if (one === undefined || one.aligning || one.stopping || closing) return;
    const desired = p?.runtimeDesiredStatus;
    if (p?.runtimeStatus !== (desired === "Paused" ? "Running" : "Paused") || (desired !== "Paused" && desired !== "Running")) return;
    one.aligning = true;
    const path = desired === "Paused" ? "/pause" : "/resume";
    void one.client
      .control("POST", path, timing.callMs)
      .then(() => ask(one))
      .catch((error: unknown) => {
        note(id, `Could not tell the process to be ${desired}: ${(error as Error).message}`);
      })
      .finally(() => {
        one.aligning = false;
        // A wish that changed meanwhile is seen to now; one that was not met is left to the next poll.
        if (registry.byId(id)?.runtimeDesiredStatus !== desired) align(id);
      });
  };

  const suspend = (one: Deployed): void => {
    one.suspending = true;
    void one.client
      .control<readonly CheckpointMetadata[] | undefined>("POST", "/suspend", timing.suspendMs)
      .then((checkpoints) => {
        if (checkpoints !== undefined && deployed.get(one.id) === one) registry.glimpse(one.id, { checkpoints });
        told(one, "Suspended");
      })
      .catch((error: unknown) => {
        if (deployed.get(one.id) !== one || one.stopping) return;
        const reason = `The pipeline could not be suspended: ${(error as Error).message}`;
        registry.observe(one.id, (p) => suspendFailed(p, reason, clock()));
        note(one.id, reason);
      })
      .finally(() => {
        one.suspending = false;
      });
  };

  /** Asks politely, then kills: over within the grace time whatever the process does. */
  const stop = async (one: Deployed, graceMs: number): Promise<void> => {
    one.stopping = true;
    const timer = setTimeout(() => {
      one.process.kill();
    }, graceMs);
    await one.client.control("POST", "/stop", graceMs).catch(() => {
      one.process.kill();
    });
    await one.gone.promise;
    clearTimeout(timer);
  };

  return {
    settle,
    align,
    takeDown: (id) => {
      const one = deployed.get(id);
      if (one !== undefined && !one.stopping) void stop(one, timing.stopGraceMs);
    },
    suspend: (id) => {
      const one = deployed.get(id);
      if (one !== undefined && !one.stopping && !one.suspending) suspend(one);
    },
    approved: (id) => {
      const one = deployed.get(id);
      if (one !== undefined && registry.byId(id)?.runtimeStatus === "AwaitingApproval") told(one, "Bootstrapping");
    },
    client: (id) => deployed.get(id)?.client,
    close: async (deadlineMs) => {
      closing = true;
      // One that has been silent for a while is not waited for like one that finishes its step.
      const graceOf = (one: Deployed): number =>
        registry.byId(one.id)?.runtimeStatus === "Unavailable" ? Math.min(timing.stopGraceMs, deadlineMs) : deadlineMs;
      await Promise.all([...deployed.values()].map((one) => (one.stopping ? one.gone.promise : stop(one, graceOf(one)))));
    },
  };
}

function newDeployed(pipeline: Pipeline, socketPath: string): Deployed {
  return {
    id: pipeline.id,
    name: pipeline.name,
    socketPath,
    client: createSocketClient(socketPath),
    gone: Promise.withResolvers<undefined>(),
    process: { pid: undefined, kill: () => undefined },
    provisioning: undefined,
    poll: undefined,
    polls: 0,
    tellings: 0,
    aligning: false,
    suspending: false,
    stopping: false,
  };
}
