import { ClientError } from "../errors.ts";
import { isApiError } from "../errors.ts";
import { defaultWaitMs, poll, type WaitOptions } from "../poll.ts";
import { startDeadline } from "../deadline.ts";
import type { NewPipeline, Pipeline, PipelineCalls, PipelineStatus, StartOptions } from "./pipelines.ts";

/** Calls that take as long as what they ask for. */
export interface PipelineWaits {
  /**
   * Asks for the pipeline's status until it is the one given, or until the function says yes. Waiting for a status ends with
   * `deployment_failed` when the deployment ends in an error, and for `Running` or `Paused` with `approval_needed` when somebody
   * has to approve first.
   */
  readonly waitFor: (name: string, until: PipelineStatus | ((pipeline: Pipeline) => boolean), options?: WaitOptions) => Promise<Pipeline>;
  /** Waits until the program is compiled; `compilation_failed` with the compiler's messages if it cannot be. */
  readonly waitForCompilation: (name: string, options?: WaitOptions) => Promise<Pipeline>;
  /** Ends early with `approval_needed` when the program has changed and the policy is to wait for an approval. */
  readonly startAndWait: (name: string, options?: WaitOptions & StartOptions) => Promise<Pipeline>;
  /** Stops by force and waits until it has stopped. */
  readonly stopAndWait: (name: string, options?: WaitOptions) => Promise<Pipeline>;
  /** Has a checkpoint written, and waits until the pipeline has stopped. Fails with `suspend_failed` when the wish is taken back. */
  readonly suspendAndWait: (name: string, options?: WaitOptions) => Promise<Pipeline>;
  /** Gives up the storage of a stopped pipeline and waits until it is gone. */
  readonly clearAndWait: (name: string, options?: WaitOptions) => Promise<Pipeline>;
  /**
   * Brings a pipeline to this definition, whatever it was and did: stops it, clears its storage, replaces it, waits for its
   * compilation. It is left stopped.
   */
  readonly createOrReplace: (pipeline: NewPipeline, options?: WaitOptions) => Promise<Pipeline>;
}

const failedPrograms = new Set<Pipeline["program_status"]>(["SqlError", "RustError", "SystemError"]);

export function createPipelineWaits(calls: PipelineCalls): PipelineWaits {
  const waitUntil = (name: string, what: string, options: WaitOptions, ready: (pipeline: Pipeline) => boolean) =>
    poll(`Waiting for ${name} ${what}`, options, async (call) => {
      const pipeline = await calls.get(name, { ...call, selector: "status" });
      return ready(pipeline) ? pipeline : undefined;
    });

  const waitFor: PipelineWaits["waitFor"] = (name, until, options = {}) => {
    if (typeof until === "function") return waitUntil(name, "to be as asked", options, until);
    return waitUntil(name, `to be ${until}`, options, (pipeline) => {
      if (pipeline.deployment_status === until) return true;
      if (until !== "Stopped") assertDeployable(pipeline);
      if (until === "Running" || until === "Paused") assertApproved(pipeline);
      return false;
    });
  };

  const waitForCompilation: PipelineWaits["waitForCompilation"] = async (name, options = {}) => {
    const pipeline = await waitUntil(
      name,
      "to compile",
      options,
      ({ program_status }) => program_status === "Success" || failedPrograms.has(program_status),
    );
    const full = await calls.get(name, { signal: options.signal });
    if (pipeline.program_status === "Success") return full;
    throw new ClientError("compilation_failed", `The program of ${name} does not compile: ${compilerSays(full)}`, {
      details: full.program_error,
    });
  };

  const stopAndWait: PipelineWaits["stopAndWait"] = (name, options = {}) =>
    within(`Stopping ${name}`, options, async (rest) => {
      await calls.stop(name, { force: true, signal: rest.signal });
      return await waitFor(name, "Stopped", rest);
    });

  const suspendAndWait: PipelineWaits["suspendAndWait"] = (name, options = {}) =>
    within(`Suspending ${name}`, options, async (rest) => {
      await calls.stop(name, { force: false, signal: rest.signal });
      return await waitUntil(name, "to be suspended", rest, (pipeline) => {
        if (pipeline.deployment_status === "Stopped") {
          assertDeployable(pipeline);
          return true;
        }
        // The wish is taken back when it cannot be met.
        if (!["Suspended", "Stopped"].includes(pipeline.deployment_desired_status)) throw notSuspended(pipeline);
        return false;
      });
    });

  const clearAndWait: PipelineWaits["clearAndWait"] = (name, options = {}) =>
    within(`Clearing ${name}`, options, async (rest) => {
      await calls.clear(name, { signal: rest.signal });
      return await waitUntil(name, "to be cleared", rest, ({ storage_status }) => storage_status === "Cleared");
    });

  return {
    waitFor,
    waitForCompilation,
    startAndWait: (name, { initial = "running", dismissError, bootstrapPolicy, silentBootstrap, ...options } = {}) =>
      within(`Starting ${name}`, options, async (rest) => {
        await calls.start(name, { initial, dismissError, bootstrapPolicy, silentBootstrap, signal: rest.signal });
        return await waitFor(name, initial === "running" ? "Running" : "Paused", rest);
      }),
    stopAndWait,
    suspendAndWait,
    clearAndWait,
    createOrReplace: (pipeline, options = {}) =>
      within(`Creating ${pipeline.name}`, options, async (rest) => {
        try {
          await calls.get(pipeline.name, { signal: rest.signal, selector: "status" });
          await stopAndWait(pipeline.name, rest);
          await clearAndWait(pipeline.name, rest);
          await calls.dismissError(pipeline.name, { signal: rest.signal });
        } catch (error) {
          if (!isApiError(error, "UnknownPipelineName")) throw error;
        }
        await calls.replace(pipeline.name, pipeline, { signal: rest.signal });
        return await waitForCompilation(pipeline.name, rest);
      }),
  };
}

/** One deadline over several calls and waits. */
async function within<Result>(
  what: string,
  { signal, timeoutMs = defaultWaitMs, intervalMs }: WaitOptions,
  work: (rest: WaitOptions & { readonly signal: AbortSignal }) => Promise<Result>,
): Promise<Result> {
  const deadline = startDeadline(what, { signal, timeoutMs });
  try {
    return await work({ signal: deadline.signal, timeoutMs: Infinity, intervalMs });
  } catch (error) {
    throw deadline.signal.aborted ? deadline.signal.reason : error;
  } finally {
    deadline.release();
  }
}

function assertDeployable(pipeline: Pipeline): void {
  const error = pipeline.deployment_error;
  if (!error) return;
  throw new ClientError("deployment_failed", `${pipeline.name} did not come up: ${error.message}`, { details: error });
}

function assertApproved(pipeline: Pipeline): void {
  if (pipeline.deployment_status !== "AwaitingApproval") return;
  throw new ClientError(
    "approval_needed",
    `The program of ${pipeline.name} has changed since its storage was written: approve it, or stop it.`,
    {
      details: pipeline.deployment_runtime_status_details,
    },
  );
}

function notSuspended(pipeline: Pipeline): ClientError {
  const details = pipeline.deployment_runtime_status_details;
  return new ClientError("suspend_failed", `${pipeline.name} was not suspended: ${details?.reason ?? "another wish came in between"}`, {
    details,
  });
}

function compilerSays({ program_status, program_error }: Pipeline): string {
  const messages = program_error?.sql_compilation?.messages.filter(({ warning }) => !warning) ?? [];
  const lines = messages.map(({ start_line_number, start_column, message }) => `${start_line_number}:${start_column} ${message}`);
  return lines.length > 0 ? lines.join("; ") : (program_error?.system_error ?? program_status);
}
