import type { HandlersOf, Services } from "./services.ts";
import { parsePipelineInput, parsePipelinePatch, toPipelineInfo, toPipelineSelectedInfo } from "../wire/pipelines.ts";

export function pipelineHandlers({ manager: { pipelines } }: Services) {
  return {
    listPipelines: async ({ query: { selector = "all" } }) => {
      const all = await pipelines.list();
      return { status: 200, body: all.map((pipeline) => toPipelineSelectedInfo(pipeline, selector)) };
    },
    createPipeline: async ({ body }) => ({
      status: 201,
      body: toPipelineInfo(await pipelines.create(parsePipelineInput(body))),
    }),
    getPipeline: async ({ params, query: { selector = "all" } }) => {
      const pipeline = await pipelines.get(params.pipeline_name);
      return { status: 200, body: toPipelineSelectedInfo(pipeline, selector) };
    },
    replacePipeline: async ({ params, body }) => {
      const { pipeline, created } = await pipelines.replace(params.pipeline_name, parsePipelineInput(body));
      return { status: created ? 201 : 200, body: toPipelineInfo(pipeline) };
    },
    patchPipeline: async ({ params, body }) => {
      const pipeline = await pipelines.patch(params.pipeline_name, parsePipelinePatch(body));
      return { status: 200, body: toPipelineInfo(pipeline) };
    },
    deletePipeline: async ({ params }) => {
      await pipelines.delete(params.pipeline_name);
      return { status: 200 };
    },
  } satisfies HandlersOf<"pipelines">;
}
