import type { Handlers } from "@headgate/contract";
import { apiKeyHandlers } from "./api-keys.ts";
import { checkpointHandlers } from "./checkpoints.ts";
import { dataHandlers } from "./data.ts";
import { inputConnectorHandlers } from "./input-connectors.ts";
import { lifecycleHandlers } from "./lifecycle.ts";
import { observabilityHandlers } from "./observability.ts";
import { outputConnectorHandlers } from "./output-connectors.ts";
import { pipelineHandlers } from "./pipelines.ts";
import { programHandlers } from "./programs.ts";
import type { Services } from "./services.ts";
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
  } satisfies Handlers;
}
