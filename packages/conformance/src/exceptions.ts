import type { ErrorCode, OperationId } from "@headgate/contract";
import { operationList } from "./kit/operations.ts";

/** What the suites can do with a target. */
export type Capability = "faults" | "keys" | "kafka-connect";

/** Documented answers that the suites do not provoke. */
export interface Exception {
  /** Excused only where the target lacks this. Undefined: always. */
  readonly without?: Capability;
  readonly statuses?: readonly number[];
  /** Undefined: of all operations. */
  readonly operations?: readonly OperationId[];
  readonly codes?: readonly ErrorCode[];
  readonly reason: string;
}

const connectOperations = operationList.filter(({ path }) => path.startsWith("/connect/")).map(({ id }) => id);

/** Successes that a cluster of pipelines cannot give: its connectors are declared in programs, and live with their pipeline. */
function needingKafkaConnect(replies: readonly (readonly [OperationId, number])[]): readonly Exception[] {
  return replies.map(([id, status]) => ({
    without: "kafka-connect",
    statuses: [status],
    operations: [id],
    reason: "Only a Kafka Connect cluster does this.",
  }));
}

/** The whole list. A row that is provoked after all fails the coverage test, so that it cannot outlive its reason. */
export const exceptions: readonly Exception[] = [
  {
    statuses: [500],
    operations: ["getHealth", "getAuthenticationConfig", "getConfig", "listDemos", "getSession"],
    reason: "These answer from constants: nothing behind them can be made to fail.",
  },
  {
    codes: ["RuntimeError.ProcessDied", "RuntimeError.OutOfMemory", "RunnerError.ProvisioningTimeout", "InitializationError"],
    reason: "Deaths and time limits of a process, which only the machine that it runs on can cause; tested in packages/manager.",
  },
  {
    codes: ["OutputTransportError"],
    reason: "Opening an output has to fail without its configuration being wrong; tested in packages/pipeline.",
  },
  {
    codes: ["ConfigError.UnknownInputTransport", "ConfigError.UnknownOutputTransport"],
    reason: "A program with such a connector does not compile, so it never starts.",
  },
  {
    statuses: [400],
    operations: ["getConnectv1ConnectorOffsetsRequestStatus"],
    reason: "Published for it; the clusters that are built answer for what is not running too.",
  },
  ...needingKafkaConnect([
    ["createConnectv1Connector", 201],
    ["createOrUpdateConnectv1ConnectorConfig", 200],
    ["deleteConnectv1Connector", 200],
    ["restartConnectv1Connector", 202],
  ]),
  { without: "faults", statuses: [429], reason: "The server has to have a low limit, and callers wait for its end." },
  {
    without: "faults",
    statuses: [409],
    operations: ["alterConnectv1ConnectorOffsetsRequest"],
    reason: "A request has to meet another one.",
  },
  { without: "keys", statuses: [401, 403], reason: "The server runs without authentication." },
  { without: "keys", codes: ["InvalidApiKey", "InsufficientPermissions"], reason: "The server runs without authentication." },
  {
    without: "faults",
    statuses: [500, 503, 504],
    operations: ["validateProgram"],
    reason: "The compiler has to fail.",
  },
  { without: "faults", statuses: [503], operations: ["getHealth"], reason: "The server has to shut down." },
  { without: "faults", statuses: [500], reason: "The server has to fail." },
  { without: "faults", statuses: [503], operations: connectOperations, reason: "The engine behind the cluster has to fail." },
  {
    without: "faults",
    statuses: [400],
    operations: ["pausePipeline", "resumePipeline"],
    reason: "The pipeline has to be met while it is being suspended.",
  },
  {
    without: "faults",
    statuses: [503],
    operations: ["stopPipeline"],
    reason: "The pipeline has to be met while it builds views anew or replays its journal.",
  },
  { without: "faults", statuses: [410], reason: "A stop has to come while the request is on its way." },
  {
    without: "faults",
    codes: [
      "BootstrapInProgress",
      "CannotStartWhileClearingStorage",
      "CompilerTimeout",
      "CompilerUnavailable",
      "Initializing",
      "InternalError",
      "NoPipelineMonitorEventsAvailable",
      "PipelineInteractionInvalidResponse",
      "PipelineInteractionUnreachable",
      "ProgramInfoMissesDataflow",
      "RestoreInProgress",
      "ShuttingDown",
      "StorageError",
      "Suspended",
      "Terminating",
    ],
    reason: "The server has to fail, or a state that passes in milliseconds has to be met.",
  },
];
