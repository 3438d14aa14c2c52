/**
 * The typed client of a Headgate server, for Node and browsers. It knows the contract and nothing of what is behind it.
 */
export { createClient, type Client, type ClientOptions } from "./client.ts";
export {
  ApiError,
  ClientError,
  ConnectApiError,
  isApiError,
  isClientError,
  isConnectApiError,
  type AnyErrorCode,
  type ClientErrorCode,
} from "./errors.ts";
export type { Chunk, ErrorCode } from "./contract-types.ts";
export type { CallOptions } from "./deadline.ts";
export type { WaitOptions } from "./poll.ts";
export type { ResponseStream } from "./response-stream.ts";
export type { RetryOptions } from "./retry-delay.ts";
export type { Fetch, RetryNotice } from "./retrying-fetch.ts";
export type { RawBody, RawClient } from "./transport.ts";
export type { ApiKey, ApiKeys } from "./resources/api-keys.ts";
export type { CheckpointRequest, Checkpoints, CheckpointStatus } from "./resources/checkpoints.ts";
export type {
  Connect,
  ConnectCluster,
  ConnectConfig,
  ConnectConnector,
  ConnectExpansion,
  ConnectOffsetsChange,
  ConnectOffsetsRequestStatus,
  ConnectState,
  ConnectStatus,
  NewConnectConnector,
} from "./resources/connect.ts";
export type { Config, ValidateProgram } from "./resources/config.ts";
export type { Connectors } from "./resources/connectors.ts";
export type { Egress, EgressOptions } from "./resources/egress.ts";
export type { Ingested, Ingress, IngressOptions, RawOptions, RowsOptions } from "./resources/ingress.ts";
export type { Outputs, ResetAndWaitOptions, ResetStatus } from "./resources/outputs.ts";
export type { ApproveOptions, NewPipeline, Pipeline, Pipelines, PipelineStatus, StartOptions } from "./resources/pipelines.ts";
export type { Queries, QueryOptions } from "./resources/query.ts";
