import type { BodyOf, QueryOf, ReplyBody } from "../contract-types.ts";
import type { CallOptions } from "../deadline.ts";
import { parseJsonLine } from "../json-line.ts";
import { streamLines, type ResponseStream } from "../response-stream.ts";
import type { Transport } from "../transport.ts";
import { createPipelineWaits, type PipelineWaits } from "./pipeline-waits.ts";

export type Pipeline = ReplyBody<"getPipeline">;
export type PipelineStatus = Pipeline["deployment_status"];
export type NewPipeline = BodyOf<"createPipeline">;
type Selector = QueryOf<"getPipeline">["selector"];
type Sample = ReplyBody<"getPipelineTimeSeries">["samples"][number];

export interface StartOptions extends CallOptions {
  readonly initial?: "running" | "paused" | undefined;
  /** Default true: forget the error that the last deployment ended with. */
  readonly dismissError?: boolean | undefined;
  /** What to do when the program differs from the one that the storage is of. Default: wait for {@link PipelineCalls.approve}. */
  readonly bootstrapPolicy?: "allow" | "reject" | "await_approval" | undefined;
  /** True: outputs of changed views get only what changes after these have been filled anew. */
  readonly silentBootstrap?: boolean | undefined;
}
export interface ApproveOptions extends CallOptions {
  readonly silentBootstrap?: boolean | undefined;
}

export interface PipelineCalls {
  readonly list: (options?: CallOptions & { readonly selector?: Selector }) => Promise<ReplyBody<"listPipelines">>;
  readonly get: (name: string, options?: CallOptions & { readonly selector?: Selector }) => Promise<Pipeline>;
  readonly create: (pipeline: NewPipeline, options?: CallOptions) => Promise<ReplyBody<"createPipeline">>;
  /** Creates the pipeline, or gives the existing one the whole new definition. */
  readonly replace: (name: string, pipeline: NewPipeline, options?: CallOptions) => Promise<ReplyBody<"replacePipeline">>;
  readonly patch: (name: string, changes: BodyOf<"patchPipeline">, options?: CallOptions) => Promise<ReplyBody<"patchPipeline">>;
  /** The pipeline must be stopped and its storage cleared. */
  readonly delete: (name: string, options?: CallOptions) => Promise<void>;
  readonly start: (name: string, options?: StartOptions) => Promise<void>;
  readonly pause: (name: string, options?: CallOptions) => Promise<void>;
  readonly resume: (name: string, options?: CallOptions) => Promise<void>;
  /** Lets a pipeline in `AwaitingApproval` go on with its changed program. */
  readonly approve: (name: string, options?: ApproveOptions) => Promise<void>;
  /** By force unless told otherwise; without force the pipeline is suspended, see {@link PipelineWaits.suspendAndWait}. */
  readonly stop: (name: string, options?: CallOptions & { readonly force?: boolean | undefined }) => Promise<void>;
  /** Gives up the storage of a stopped pipeline. */
  readonly clear: (name: string, options?: CallOptions) => Promise<void>;
  readonly dismissError: (name: string, options?: CallOptions) => Promise<void>;
  /** How the program is computed: its operators, and for each view whether it is kept incrementally. */
  readonly dataflowGraph: (name: string, options?: CallOptions) => Promise<ReplyBody<"getDataflowGraph">>;
  readonly stats: (
    name: string,
    options?: CallOptions & { readonly includeConnectorErrors?: boolean | undefined },
  ) => Promise<ReplyBody<"getPipelineStats">>;
  /** The last minute, a sample a second. */
  readonly timeSeries: (name: string, options?: CallOptions) => Promise<ReplyBody<"getPipelineTimeSeries">>;
  /** The last minute, then a sample a second for as long as the stream is read. */
  readonly timeSeriesStream: (name: string, options?: CallOptions) => Promise<ResponseStream<Sample>>;
  readonly metrics: (name: string, options?: CallOptions) => Promise<ReplyBody<"getPipelineMetrics">>;
  readonly prometheusMetrics: (name: string, options?: CallOptions) => Promise<string>;
  /** Lines of the log: past ones, then live ones until the stream is closed or the pipeline deleted. */
  readonly logs: (name: string, options?: CallOptions) => Promise<ResponseStream<string>>;
  readonly events: (name: string, options?: CallOptions) => Promise<ReplyBody<"listPipelineEvents">>;
  /** One event by its id, or the newest by `latest`. */
  readonly event: (name: string, id: string, options?: CallOptions) => Promise<ReplyBody<"getPipelineEvent">>;
}

/** Pipelines: their definitions, their lives, and what can be read of them. */
export type Pipelines = PipelineCalls & PipelineWaits;

export function createPipelines(transport: Transport): Pipelines {
  const { call, text, open } = transport;
  const path = (pipeline_name: string) => ({ pipeline_name });
  const nothing = async (reply: Promise<unknown>): Promise<void> => void (await reply);
  const calls: PipelineCalls = {
    list: ({ selector, ...options } = {}) => call("listPipelines", { query: selector && { selector } }, options),
    get: (name, { selector, ...options } = {}) => call("getPipeline", { path: path(name), query: selector && { selector } }, options),
    create: (body, options) => call("createPipeline", { body }, options),
    replace: (name, body, options) => call("replacePipeline", { path: path(name), body }, options),
    patch: (name, body, options) => call("patchPipeline", { path: path(name), body }, options),
    delete: (name, options) => nothing(call("deletePipeline", { path: path(name) }, options)),
    start: (name, { initial = "running", dismissError = true, bootstrapPolicy, silentBootstrap, ...options } = {}) => {
      const query = {
        initial,
        dismiss_error: dismissError,
        ...(bootstrapPolicy !== undefined && { bootstrap_policy: bootstrapPolicy }),
        ...(silentBootstrap !== undefined && { silent_bootstrap: silentBootstrap }),
      };
      return nothing(call("startPipeline", { path: path(name), query }, options));
    },
    approve: (name, { silentBootstrap = false, ...options } = {}) =>
      nothing(call("approveBootstrap", { path: path(name), query: { silent_bootstrap: silentBootstrap } }, options)),
    pause: (name, options) => nothing(call("pausePipeline", { path: path(name) }, options)),
    resume: (name, options) => nothing(call("resumePipeline", { path: path(name) }, options)),
    stop: (name, { force = true, ...options } = {}) => nothing(call("stopPipeline", { path: path(name), query: { force } }, options)),
    clear: (name, options) => nothing(call("clearPipeline", { path: path(name) }, options)),
    dismissError: (name, options) => nothing(call("dismissPipelineError", { path: path(name) }, options)),
    dataflowGraph: (name, options) => call("getDataflowGraph", { path: path(name) }, options),
    stats: (name, { includeConnectorErrors = false, ...options } = {}) =>
      call("getPipelineStats", { path: path(name), query: { include_connector_errors: includeConnectorErrors } }, options),
    timeSeries: (name, options) => call("getPipelineTimeSeries", { path: path(name) }, options),
    timeSeriesStream: async (name, options) => {
      const { response, deadline } = await open("streamPipelineTimeSeries", { path: path(name) }, options);
      const what = `The time series of ${name}`;
      return streamLines(response, deadline, { what, parse: (line) => parseJsonLine(what, line) as Sample });
    },
    metrics: (name, options) => call("getPipelineMetrics", { path: path(name), query: { format: "json" } }, options),
    prometheusMetrics: (name, options) => text("getPipelineMetrics", { path: path(name), query: { format: "prometheus" } }, options),
    logs: async (name, options) => {
      const { response, deadline } = await open("getPipelineLogs", { path: path(name) }, options);
      return streamLines(response, deadline, { what: `The log of ${name}`, parse: (line) => line });
    },
    events: (name, options) => call("listPipelineEvents", { path: path(name) }, options),
    event: (name, id, options) => call("getPipelineEvent", { path: { ...path(name), event_id: id } }, options),
  };
  return { ...calls, ...createPipelineWaits(calls) };
}
