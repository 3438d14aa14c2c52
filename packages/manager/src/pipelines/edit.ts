import { isDeepStrictEqual } from "node:util";
import type { Pipeline, PipelineInput, PipelinePatch } from "../api.ts";
import { expandProgramConfig } from "../config/program-config.ts";
import { expandRuntimeConfig, type RuntimeConfig } from "../config/runtime-config.ts";
import { ManagerError } from "../errors.ts";
import { assertDescription, assertPipelineName, assertTags } from "./validate.ts";

/** What a user writes of a pipeline, checked and with every default filled in. */
export type Definition = Pick<
  Pipeline,
  "name" | "description" | "tags" | "programCode" | "runtimeConfig" | "programConfig" | "udfRust" | "udfToml"
>;

const noProgramError: Pipeline["programError"] = { sqlCompilation: null, systemError: null };

/** Checks an input and fills in its defaults. @throws ManagerError */
export function define(input: PipelineInput): Definition {
  return checked({
    name: input.name,
    description: input.description ?? "",
    tags: input.tags ?? [],
    programCode: input.programCode,
    runtimeConfig: expandRuntimeConfig(input.runtimeConfig ?? undefined),
    programConfig: expandProgramConfig(input.programConfig ?? undefined),
    udfRust: input.udfRust ?? "",
    udfToml: input.udfToml ?? "",
  });
}

/** The definition after a patch: absent and null fields stay as they are. @throws ManagerError */
export function patched(current: Definition, patch: PipelinePatch): Definition {
  return checked({
    name: patch.name ?? current.name,
    description: patch.description ?? current.description,
    tags: patch.tags ?? current.tags,
    programCode: patch.programCode ?? current.programCode,
    runtimeConfig: patch.runtimeConfig ? expandRuntimeConfig(patch.runtimeConfig) : current.runtimeConfig,
    programConfig: patch.programConfig ? expandProgramConfig(patch.programConfig) : current.programConfig,
    udfRust: patch.udfRust ?? current.udfRust,
    udfToml: patch.udfToml ?? current.udfToml,
  });
}

function checked(definition: Definition): Definition {
  assertPipelineName(definition.name);
  assertDescription(definition.description);
  assertTags(definition.tags);
  return definition;
}

/** A pipeline as it is right after its creation. */
export function newPipeline(definition: Definition, id: string, platformVersion: string, now: string): Pipeline {
  return {
    ...definition,
    id,
    createdAt: now,
    version: 1,
    programVersion: 1,
    refreshVersion: 1,
    platformVersion,
    programStatus: "Pending",
    programStatusSince: now,
    programError: noProgramError,
    compiled: null,
    resourcesStatus: "Stopped",
    resourcesStatusSince: now,
    resourcesDesiredStatus: "Stopped",
    resourcesDesiredStatusSince: now,
    runtimeStatus: null,
    runtimeStatusSince: null,
    programChange: null,
    runtimeReason: null,
    runtimeDesiredStatus: null,
    runtimeDesiredStatusSince: null,
    deploymentInitial: null,
    bootstrapPolicy: null,
    silentBootstrap: null,
    concurrentBootstrap: null,
    deploymentId: null,
    deploymentError: null,
    storageStatus: "Cleared",
    checkpoints: [],
    deploymentStatusSince: now,
    deploymentDesiredStatusSince: now,
    connectorErrors: 0,
  };
}

const coreKeys = ["name", "programCode", "runtimeConfig", "programConfig", "udfRust", "udfToml"] as const;
const programKeys = ["programCode", "programConfig", "udfRust", "udfToml"] as const;
const metadataKeys = ["description", "tags"] as const;

/**
 * The pipeline with another definition, or the very same object when nothing differs.
 * @throws ManagerError `UpdateRestrictedToStopped` | `EditRestrictedToClearedStorage`
 */
export function edit(current: Pipeline, next: Definition, platformVersion: string, now: string): Pipeline {
  const differs = (key: keyof Definition): boolean => !isDeepStrictEqual(current[key], next[key]);
  const core = coreKeys.some(differs);
  if (!core && !metadataKeys.some(differs)) return current;
  if (core) assertEditable(current, next);
  const edited: Pipeline = {
    ...current,
    ...next,
    version: current.version + (core ? 1 : 0),
    refreshVersion: current.refreshVersion + 1,
  };
  if (!programKeys.some(differs)) return edited;
  return {
    ...edited,
    programVersion: current.programVersion + 1,
    platformVersion,
    programStatus: "Pending",
    programStatusSince: now,
    programError: noProgramError,
    compiled: null,
  };
}

function assertEditable(current: Pipeline, next: Definition): void {
  if (current.resourcesStatus !== "Stopped" || current.resourcesDesiredStatus !== "Stopped") {
    throw new ManagerError(
      "UpdateRestrictedToStopped",
      `Pipeline '${current.name}' can only be edited while it is stopped (description and tags at any time); stop it first`,
      { pipeline_name: current.name },
    );
  }
  if (current.storageStatus === "Cleared") return;
  const notAllowed = boundToStorage(current.runtimeConfig, next.runtimeConfig);
  if (current.name !== next.name) notAllowed.unshift("name");
  if (notAllowed.length === 0) return;
  throw new ManagerError(
    "EditRestrictedToClearedStorage",
    `These fields can only be edited while the storage is cleared: ${notAllowed.join(", ")}; clear the storage first`,
    { not_allowed: notAllowed },
  );
}

const storageBound = [
  ["workers"],
  ["hosts"],
  ["fault_tolerance"],
  ["resources", "storage_mb_max"],
  ["resources", "namespace"],
  ["resources", "storage_class"],
  ["clock_timezone_offset"],
] as const;

function boundToStorage(before: RuntimeConfig, after: RuntimeConfig): string[] {
  return storageBound
    .filter((path) => !isDeepStrictEqual(at(before, path), at(after, path)))
    .map((path) => `runtime_config.${path.join(".")}`);
}

function at(config: RuntimeConfig, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], config);
}
