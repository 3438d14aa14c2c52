import type { OperationId } from "@headgate/contract";
import type { RequestParts } from "./session.ts";

const pipeline = "no-such-pipeline";
const input = { pipeline_name: pipeline, table_name: "t", connector_name: "c" };
const output = { pipeline_name: pipeline, view_name: "v", connector_name: "c" };
const cluster = { environment_id: "default", kafka_cluster_id: "no-such-cluster" };
const connector = { ...cluster, connector_name: "no-such-connector" };
const definition = { name: "never-created", program_code: "" };

/** The form of a token exchange. */
export function tokenRequest(secret: string): Readonly<Record<string, string>> {
  return {
    grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
    subject_token: secret,
    subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
    requested_token_type: "urn:ietf:params:oauth:token-type:access_token",
  };
}

/** A request of the right shape for every operation, with names that nothing has. Only for cases that it does not succeed in. */
export const sampleRequests: { readonly [Id in OperationId]: RequestParts } = {
  getHealth: {},
  getAuthenticationConfig: {},
  getConfig: {},
  listDemos: {},
  getSession: {},
  listApiKeys: {},
  createApiKey: { body: { name: "never-created" } },
  getApiKey: { path: { api_key_name: "no-such-key" } },
  deleteApiKey: { path: { api_key_name: "no-such-key" } },
  listPipelines: {},
  createPipeline: { body: definition },
  getPipeline: { path: { pipeline_name: pipeline } },
  replacePipeline: { path: { pipeline_name: pipeline }, body: { ...definition, name: pipeline } },
  patchPipeline: { path: { pipeline_name: pipeline }, body: { description: "d" } },
  deletePipeline: { path: { pipeline_name: pipeline } },
  startPipeline: { path: { pipeline_name: pipeline } },
  pausePipeline: { path: { pipeline_name: pipeline } },
  resumePipeline: { path: { pipeline_name: pipeline } },
  stopPipeline: { path: { pipeline_name: pipeline }, query: { force: "true" } },
  clearPipeline: { path: { pipeline_name: pipeline } },
  dismissPipelineError: { path: { pipeline_name: pipeline } },
  approveBootstrap: { path: { pipeline_name: pipeline } },
  requestCheckpoint: { path: { pipeline_name: pipeline } },
  getCheckpointStatus: { path: { pipeline_name: pipeline } },
  listCheckpoints: { path: { pipeline_name: pipeline } },
  getDataflowGraph: { path: { pipeline_name: pipeline } },
  getPipelineStats: { path: { pipeline_name: pipeline } },
  getPipelineTimeSeries: { path: { pipeline_name: pipeline } },
  streamPipelineTimeSeries: { path: { pipeline_name: pipeline } },
  getPipelineLogs: { path: { pipeline_name: pipeline } },
  getPipelineMetrics: { path: { pipeline_name: pipeline } },
  getMetrics: {},
  listPipelineEvents: { path: { pipeline_name: pipeline } },
  getPipelineEvent: { path: { pipeline_name: pipeline, event_id: "latest" } },
  getInputConnectorStats: { path: input },
  getCompletionToken: { path: input },
  controlInputConnector: { path: { ...input, action: "pause" } },
  getCompletionStatus: { path: { pipeline_name: pipeline }, query: { token: "x" } },
  getOutputConnectorStats: { path: output },
  resetOutputConnector: { path: output },
  getResetStatus: { path: { pipeline_name: pipeline }, query: { token: "x" } },
  ingestRecords: { path: { pipeline_name: pipeline, table_name: "t" }, query: { format: "json" }, body: "" },
  subscribeToChanges: { path: { pipeline_name: pipeline, table_name: "t" }, query: { format: "json" } },
  runQuery: { path: { pipeline_name: pipeline }, query: { sql: "SELECT 1" } },
  validateProgram: { body: { program_code: "" } },
  listConnectv1Connectors: { path: cluster },
  createConnectv1Connector: { path: cluster, body: { name: "never-created", config: {} } },
  readConnectv1Connector: { path: connector },
  deleteConnectv1Connector: { path: connector },
  getConnectv1ConnectorConfig: { path: connector },
  createOrUpdateConnectv1ConnectorConfig: { path: connector, body: {} },
  pauseConnectv1Connector: { path: connector },
  resumeConnectv1Connector: { path: connector },
  restartConnectv1Connector: { path: connector },
  readConnectv1ConnectorStatus: { path: connector },
  listConnectv1ConnectorTasks: { path: connector },
  listConnectv1ConnectorPlugins: { path: cluster },
  validateConnectv1ConnectorPlugin: { path: { ...cluster, plugin_name: "no-such-plugin" }, body: {} },
  getConnectv1ConnectorOffsets: { path: connector },
  alterConnectv1ConnectorOffsetsRequest: { path: connector, body: { type: "DELETE" } },
  getConnectv1ConnectorOffsetsRequestStatus: { path: connector },
  exchangeStsV1OauthToken: { form: tokenRequest("apikey:no-such-key") },
};
