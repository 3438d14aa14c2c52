import type { HandlersOf, Services } from "./services.ts";
import { parseStartOptions } from "../wire/start-options.ts";

export function lifecycleHandlers({ manager: { pipelines, interaction } }: Services) {
  return {
    startPipeline: async ({ params, query }) => {
      await pipelines.start(params.pipeline_name, parseStartOptions(query));
      return { status: 202, body: "Pipeline is starting" };
    },
    pausePipeline: async ({ params }) => {
      await pipelines.pause(params.pipeline_name);
      return { status: 202, body: "Pipeline is pausing" };
    },
    resumePipeline: async ({ params }) => {
      await pipelines.resume(params.pipeline_name);
      return { status: 202, body: "Pipeline is resuming" };
    },
    stopPipeline: async ({ params, query: { force = false } }) => {
      await pipelines.stop(params.pipeline_name, { force });
      return { status: 202, body: force ? "Pipeline is forcefully stopping" : "Pipeline is suspending" };
    },
    approveBootstrap: async ({ params, query: { silent_bootstrap: silentBootstrap, concurrent_bootstrap: concurrentBootstrap } }) => {
      await interaction.approve(params.pipeline_name, { silentBootstrap, concurrentBootstrap });
      return { status: 200 };
    },
    clearPipeline: async ({ params }) => {
      await pipelines.clear(params.pipeline_name);
      return { status: 202, body: "Pipeline storage is being cleared" };
    },
    dismissPipelineError: async ({ params }) => {
      await pipelines.dismissError(params.pipeline_name);
      return { status: 200, body: "Pipeline deployment error has been dismissed" };
    },
  } satisfies HandlersOf<"lifecycle">;
}
