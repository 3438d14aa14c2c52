import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { ManagerError, type ApiKey, type Manager, type ManagerErrorCode, type Pipeline, type PipelineEvent } from "@headgate/manager";
import { createMemoryConnect } from "./memory-connect.ts";
import { createMemoryInteraction } from "./memory-interaction.ts";
import { compiled, newPipeline, since } from "./sample-pipeline.ts";

/** A manager without processes: a start is over at once, connectors only count. */
export interface MemoryManager extends Manager {
  /** The next call of any service fails with this. */
  failNext(error: unknown): void;
  /** How many calls the interaction service has had. */
  readonly interactions: number;
}

const unknown = (name: string): ManagerError =>
  new ManagerError("UnknownPipelineName", `Unknown pipeline name '${name}'`, { pipeline_name: name });
const defaults = newPipeline("", { name: "", programCode: "" });
/** True when a configuration has just the fields, and the values, that it has by default. */
const isDefault = (config: Readonly<Record<string, unknown>>): boolean =>
  Object.entries(config).every(([key, value]) => isDeepStrictEqual(value, { ...defaults.runtimeConfig, ...defaults.programConfig }[key]));
const refuse = (code: ManagerErrorCode): ManagerError => new ManagerError(code, `refused: ${code}`, {});

export function createMemoryManager(): MemoryManager {
  const pipelines = new Map<string, Pipeline>();
  const keys = new Map<string, ApiKey & { readonly secret: string }>();
  const incarnation = randomUUID();
  let failure: { readonly error: unknown } | undefined;
  let interactions = 0;
  const get = (name: string): Pipeline => {
    const pipeline = pipelines.get(name);
    if (pipeline === undefined) throw unknown(name);
    return pipeline;
  };
  const change = (name: string, fields: Partial<Pipeline>): Pipeline => {
    const changed = { ...get(name), ...fields };
    pipelines.set(name, changed);
    return changed;
  };
  const isStopped = (name: string): boolean => get(name).resourcesStatus === "Stopped";
  const add = (pipeline: Pipeline): Pipeline => {
    const { workers, hosts, ...unknownFields } = pipeline.runtimeConfig;
    if (!Number.isInteger(workers) || Number(workers) < 1 || hosts !== 1 || !isDefault(unknownFields)) throw refuse("InvalidRuntimeConfig");
    if (!isDefault(pipeline.programConfig)) throw refuse("InvalidProgramConfig");
    if (pipeline.name === "") throw new ManagerError("EmptyName", "The name of a pipeline must not be empty.", {});
    pipelines.set(pipeline.name, pipeline);
    return pipeline;
  };
  const duplicate = (): ManagerError => new ManagerError("DuplicateName", "An entity with this name already exists", {});
  const event = (name: string): PipelineEvent => ({
    eventId: "01990000-0000-7000-8000-000000000000",
    recordedAt: since,
    resourcesStatus: get(name).resourcesStatus,
    resourcesDesiredStatus: get(name).resourcesDesiredStatus,
    runtimeStatus: null,
    runtimeDesiredStatus: null,
    deploymentError: { code: "RuntimeError.WorkerPanic", message: "panic", details: {} },
    programStatus: "Success",
    storageStatus: "Cleared",
  });
  const guarded = <Service extends object>(service: Service, count = false): Service =>
    new Proxy(service, {
      get: (target, name) => {
        const method: unknown = Reflect.get(target, name);
        if (typeof method !== "function") return method;
        return (...args: unknown[]): unknown => {
          if (count) interactions += 1;
          if (failure !== undefined && name !== "authenticate" && name !== "authenticateToken") {
            const { error } = failure;
            failure = undefined;
            return Promise.reject(error as Error);
          }
          return (method as (...given: unknown[]) => unknown)(...args);
        };
      },
    });
  return {
    failNext: (error) => {
      failure = { error };
    },
    get interactions() {
      return interactions;
    },
    connect: guarded(createMemoryConnect()),
    pipelines: guarded({
      list: async () => [...pipelines.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
      get: async (name: string) => get(name),
      create: async (input) => {
        if (pipelines.has(input.name)) throw duplicate();
        return add(newPipeline(randomUUID(), input));
      },
      replace: async (name, input) => {
        const created = !pipelines.has(name);
        if (created && input.name !== name) throw refuse("CannotRenameNonExistingPipeline");
        pipelines.delete(name);
        return { pipeline: add(newPipeline(randomUUID(), input)), created };
      },
      patch: async (name, patch) =>
        change(name, {
          ...(typeof patch.description === "string" ? { description: patch.description } : {}),
          ...(Array.isArray(patch.tags) ? { tags: patch.tags as readonly string[] } : {}),
        }),
      delete: async (name: string) => {
        if (!isStopped(name)) throw refuse("DeleteRestrictedToFullyStopped");
        pipelines.delete(name);
      },
      start: async (name, options) => {
        get(name);
        const { initial = "running" } = options;
        if (initial !== "running" && initial !== "paused") {
          throw new ManagerError("UnsupportedPipelineAction", `unknown initial '${initial}'`, {});
        }
        const status = initial === "running" ? "Running" : "Paused";
        change(name, {
          resourcesStatus: "Provisioned",
          resourcesDesiredStatus: "Provisioned",
          runtimeStatus: status,
          runtimeStatusSince: since,
          runtimeDesiredStatus: status,
          runtimeDesiredStatusSince: since,
          deploymentInitial: status,
          deploymentId: incarnation,
          bootstrapPolicy: options.bootstrapPolicy ?? null,
          silentBootstrap: options.silentBootstrap ?? null,
          concurrentBootstrap: options.concurrentBootstrap ?? null,
          storageStatus: "InUse",
        });
      },
      pause: async (name) => {
        if (isStopped(name)) throw refuse("PipelineInteractionNotDeployed");
        change(name, { runtimeStatus: "Paused" });
      },
      resume: async (name) => {
        if (isStopped(name)) throw refuse("PipelineInteractionNotDeployed");
        change(name, { runtimeStatus: "Running" });
      },
      stop: async (name, { force }) => {
        get(name);
        if (!force && get(name).runtimeConfig["storage"] === null) throw refuse("SuspendError");
        change(name, { resourcesStatus: "Stopped", resourcesDesiredStatus: "Stopped", runtimeStatus: null });
      },
      clear: async (name) => {
        if (!isStopped(name)) throw refuse("StorageStatusImmutableUnlessStopped");
        change(name, { storageStatus: "Cleared" });
      },
      dismissError: async (name) => {
        if (!isStopped(name)) throw refuse("DismissErrorRestrictedToFullyStopped");
        change(name, { deploymentError: null });
      },
      dataflow: async (name) => {
        const { compiled: program } = get(name);
        if (program === null) throw refuse("ProgramNotCompiled");
        if (program.dataflow === undefined) throw refuse("ProgramInfoMissesDataflow");
        return program.dataflow;
      },
      validate: async (code) =>
        code.includes("CREATE")
          ? { ok: true, compiled, warnings: [] }
          : {
              ok: false,
              messages: [
                {
                  warning: false,
                  errorType: "Error parsing SQL",
                  message: "unexpected input",
                  position: { startLine: 1, startColumn: 1, endLine: 1, endColumn: 2 },
                  snippet: undefined,
                },
              ],
            },
      logs: async (name, signal) => {
        get(name);
        return lines(["first", "second\n"], signal);
      },
      events: async (name) => [event(name)],
      event: async (name, id) => {
        const known = event(name);
        if (id !== "latest" && id !== known.eventId) throw refuse("UnknownPipelineMonitorEvent");
        return known;
      },
    } satisfies Manager["pipelines"]),
    interaction: guarded(createMemoryInteraction(get, incarnation), true),
    apiKeys: guarded({
      list: async () => [...keys.values()],
      get: async (name: string) => {
        const key = keys.get(name);
        if (key === undefined) throw new ManagerError("UnknownApiKey", `Unknown API key '${name}'`, { name });
        return key;
      },
      create: async (name, role) => {
        if (keys.has(name)) throw duplicate();
        const key = { id: randomUUID(), name, role, secret: `apikey:secret-of-${name}` };
        keys.set(name, key);
        return key;
      },
      delete: async (name) => {
        if (!keys.delete(name)) throw new ManagerError("UnknownApiKey", `Unknown API key '${name}'`, { name });
      },
      authenticate: (secret) => [...keys.values()].find((key) => key.secret === secret),
      issueToken: ({ id }) => `token-of-${id}`,
      authenticateToken: (token) => [...keys.values()].find((key) => token === `token-of-${key.id}`),
    } satisfies Manager["apiKeys"]),
    close: async () => undefined,
  };
}

async function* lines(kept: readonly string[], signal: AbortSignal): AsyncGenerator<string> {
  yield* kept;
  if (!signal.aborted) await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
