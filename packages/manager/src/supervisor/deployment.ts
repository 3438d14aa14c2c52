import type { Deployment } from "@headgate/pipeline";
import type { Pipeline } from "../api.ts";
import { toRuntimeOptions } from "../config/runtime-options.ts";

const emptyProgram = { program: { tables: [], views: [], indexes: [] }, inputConnectors: {}, outputConnectors: {} };

/** What a new process is told of the pipeline that it is to be. */
export function deploymentOf(pipeline: Pipeline, incarnation: string, socketPath: string, storageDirectory: string): Deployment {
  // After a restart of the server the wish that the user expressed last stands, not the one of the start.
  const wish = pipeline.runtimeDesiredStatus ?? pipeline.deploymentInitial;
  return {
    pipelineName: pipeline.name,
    incarnation,
    socketPath,
    storageDirectory,
    compiled: pipeline.compiled ?? emptyProgram,
    options: toRuntimeOptions(pipeline.runtimeConfig),
    initial: wish === "Paused" ? "paused" : "running",
    bootstrap: { policy: pipeline.bootstrapPolicy ?? "await_approval", silent: pipeline.silentBootstrap ?? false },
  };
}
