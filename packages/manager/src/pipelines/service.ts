import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import type { CompiledDataflow } from "@headgate/pipeline";
import type { InteractionService, Logger, Pipeline, PipelineService } from "../api.ts";
import type { Catalogue } from "../catalogue/catalogue.ts";
import type { Clock } from "../clock.ts";
import type { CompileLoop } from "../compiler/compile-loop.ts";
import type { Compiler } from "../compiler/compiler.ts";
import { ManagerError } from "../errors.ts";
import * as actions from "../lifecycle/actions.ts";
import { isLaunchable, storageCleared } from "../lifecycle/happenings.ts";
import * as suspension from "../lifecycle/suspension.ts";
import type { LogBook } from "../logs/log-book.ts";
import { storageDirectoryOf, type Supervisor } from "../supervisor/supervisor.ts";
import { hasStorage } from "../config/runtime-options.ts";
import { define, edit, newPipeline, patched, type Definition } from "./edit.ts";
import type { Registry } from "./registry.ts";

/** What the service puts together. */
export interface PipelineServiceParts {
  readonly registry: Registry;
  readonly catalogue: Catalogue;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly supervisor: Supervisor;
  readonly interaction: InteractionService;
  readonly compiler: Compiler;
  readonly compileLoop: CompileLoop;
  readonly logs: LogBook;
  readonly dataDirectory: string;
  readonly platformVersion: string;
}

/** What users do with pipelines: each call decides on the state as it is, saves the decision, and sets it going. */
export function createPipelineService(parts: PipelineServiceParts): PipelineService {
  const { registry, catalogue, clock, supervisor, compileLoop, logs } = parts;

  const assertFree = (name: string): void => {
    if (registry.has(name)) throw new ManagerError("DuplicateName", `A pipeline named '${name}' already exists`, { name });
  };
  const insert = (definition: Definition): Pipeline => {
    assertFree(definition.name);
    const pipeline = newPipeline(definition, randomUUID(), parts.platformVersion, clock());
    registry.insert(pipeline);
    compileLoop.enqueue(pipeline.id);
    return pipeline;
  };
  const change = (current: Pipeline, next: Definition): Pipeline => {
    if (next.name !== current.name) assertFree(next.name);
    const edited = registry.decide(current.id, (p) => edit(p, next, parts.platformVersion, clock()));
    if (edited.programVersion !== current.programVersion) compileLoop.enqueue(edited.id);
    return edited;
  };
  const act = (name: string, action: (pipeline: Pipeline) => Pipeline): Pipeline => registry.decide(registry.get(name).id, action);
  const setRuntime = (name: string, desired: "Paused" | "Running"): void => {
    const { id } = act(name, (p) => actions.setRuntime(p, desired, clock()));
    supervisor.align(id);
  };
  const suspend = async ({ id, name }: Pipeline): Promise<void> => {
    // Refused now when it can never be; what comes in between, and what can pass, shows in the status.
    const { suspendError } = hasStorage(registry.get(name).runtimeConfig)
      ? await parts.interaction.stats(name, { errors: false })
      : noError;
    if (suspendError !== null && "permanent" in suspendError) throw suspension.cannotSuspend(name, suspendError.permanent.map(published));
    const wished = registry.decide(id, (p) => suspension.suspend(p, clock()));
    if (wished.runtimeDesiredStatus === "Suspended") supervisor.suspend(id);
  };

  return {
    list: async () => registry.list(),
    get: async (name) => registry.get(name),
    create: async (input) => insert(define(input)),
    replace: async (name, input) => {
      const definition = define(input);
      if (registry.has(name)) return { pipeline: change(registry.get(name), definition), created: false };
      if (name !== definition.name) {
        throw new ManagerError(
          "CannotRenameNonExistingPipeline",
          `There is no pipeline '${name}' to rename to '${definition.name}'; use one name in the path and in the body to create it`,
          { pipeline_name: name, new_name: definition.name },
        );
      }
      return { pipeline: insert(definition), created: true };
    },
    patch: async (name, patch) => {
      const current = registry.get(name);
      return change(current, patched(current, patch));
    },
    delete: async (name) => {
      const pipeline = registry.get(name);
      actions.assertDeletable(pipeline);
      registry.remove(pipeline);
      logs.close(pipeline.id);
      await removeStorage(parts, pipeline);
    },
    start: async (name, options) => {
      const request = actions.parseStart(options);
      const started = act(name, (p) => actions.start(p, request, clock()));
      if (isLaunchable(started)) supervisor.settle(started.id);
    },
    pause: async (name) => {
      setRuntime(name, "Paused");
    },
    resume: async (name) => {
      setRuntime(name, "Running");
    },
    stop: async (name, { force }) => {
      const current = registry.get(name);
      if (!force && suspension.isSuspendable(current)) return await suspend(current);
      registry.observe(current.id, (p) => actions.forceStop(p, clock()));
      supervisor.takeDown(current.id);
    },
    clear: async (name) => {
      const cleared = act(name, (p) => actions.clear(p, clock()));
      if (cleared.storageStatus === "Clearing") void finishClearing(parts, cleared);
    },
    dismissError: async (name) => void act(name, (p) => actions.dismissError(p, clock())),
    validate: (programCode) => parts.compiler.compile(programCode),
    dataflow: async (name) => dataflowOf(registry.get(name)),
    logs: async (name, signal) => logs.of(registry.get(name).id).follow(signal),
    events: async (name) => catalogue.events(registry.get(name).id),
    event: async (name, id) => {
      const pipeline = registry.get(name);
      const found = id === "latest" ? catalogue.latestEvent(pipeline.id) : catalogue.event(pipeline.id, id);
      if (found !== undefined) return found;
      if (id === "latest")
        throw new ManagerError("NoPipelineMonitorEventsAvailable", `Pipeline '${name}' has no events yet`, { pipeline_name: name });
      throw new ManagerError("UnknownPipelineMonitorEvent", `Pipeline '${name}' has no event '${id}', or no longer`, { event_id: id });
    },
  };
}

const noError = { suspendError: null } as const;

function published(reason: "StorageRequired" | { readonly unsupportedInputEndpoint: string }): unknown {
  return typeof reason === "string" ? reason : { UnsupportedInputEndpoint: reason.unsupportedInputEndpoint };
}

function dataflowOf({ name, compiled, programStatus }: Pipeline): CompiledDataflow {
  if (compiled === null) {
    throw new ManagerError("ProgramNotCompiled", `The program of pipeline '${name}' is not compiled (${programStatus})`, {
      pipeline_name: name,
      program_status: programStatus,
    });
  }
  if (compiled.dataflow !== undefined) return compiled.dataflow;
  throw new ManagerError(
    "ProgramInfoMissesDataflow",
    `The program of pipeline '${name}' was compiled by a version that kept no dataflow graph; change the program to have it compiled anew`,
    { pipeline_name: name },
  );
}

type StorageParts = Pick<PipelineServiceParts, "registry" | "clock" | "logger" | "dataDirectory">;

async function removeStorage({ dataDirectory, logger }: StorageParts, pipeline: Pipeline): Promise<boolean> {
  try {
    await rm(storageDirectoryOf(dataDirectory, pipeline.id), { recursive: true, force: true, maxRetries: 3 });
    return true;
  } catch (error) {
    logger.error({ err: error, pipeline: pipeline.name }, "A pipeline's storage could not be removed; clear it again.");
    return false;
  }
}

/** Removes the storage of a pipeline that is Clearing. When that fails it stays so, and another clear tries again. */
export async function finishClearing(parts: StorageParts, pipeline: Pipeline): Promise<void> {
  if (await removeStorage(parts, pipeline)) parts.registry.observe(pipeline.id, (p) => storageCleared(p, parts.clock()));
}
