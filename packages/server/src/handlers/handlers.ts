import type { Handlers } from "@headgate/contract";
import { apiKeyHandlers } from "./api-keys.ts";
import { checkpointHandlers } from "./checkpoints.ts";
import { connectConnectorHandlers } from "./connect-connectors.ts";
import { connectLifecycleHandlers } from "./connect-lifecycle.ts";
import { connectOffsetHandlers } from "./connect-offsets.ts";
import { connectPluginHandlers } from "./connect-plugins.ts";
import { connectStatusHandlers } from "./connect-status.ts";
import { dataHandlers } from "./data.ts";
import { inputConnectorHandlers } from "./input-connectors.ts";
import { lifecycleHandlers } from "./lifecycle.ts";
import { observabilityHandlers } from "./observability.ts";
import { outputConnectorHandlers } from "./output-connectors.ts";
import { pipelineHandlers } from "./pipelines.ts";
import { programHandlers } from "./programs.ts";
import type { Services } from "./services.ts";
import { stsHandlers } from "./sts.ts";
import { systemHandlers } from "./system.ts";

/** One handler for each operation of the contract. */
export function createHandlers(services: Services) {
  return {
    ...systemHandlers(services),
    ...apiKeyHandlers(services),
    ...pipelineHandlers(services),
    ...lifecycleHandlers(services),
    ...checkpointHandlers(services),
    ...observabilityHandlers(services),
    ...inputConnectorHandlers(services),
    ...outputConnectorHandlers(services),
    ...dataHandlers(services),
    ...programHandlers(services),
    ...connectConnectorHandlers(services),
    ...connectLifecycleHandlers(services),
    ...connectStatusHandlers(services),
    ...connectPluginHandlers(services),
    ...connectOffsetHandlers(services),
    ...stsHandlers(services),
  } satisfies Handlers;
}
