import { invalidConnectorAction } from "../refusals.ts";
import { parseIdentifier } from "../wire/identifier.ts";
import { toInputEndpointStatus } from "../wire/input-connectors.ts";
import type { HandlersOf, Services } from "./services.ts";

export function inputConnectorHandlers({ manager: { interaction }, share }: Services) {
  const toStatus = share(toInputEndpointStatus);
  return {
    // Facts 2.3: the action is looked at before the pipeline is looked up.
    controlInputConnector: async ({ params: { pipeline_name, table_name, connector_name, action } }) => {
      if (action !== "start" && action !== "pause") throw invalidConnectorAction(action);
      await interaction.controlInput(pipeline_name, parseIdentifier(table_name), connector_name, action);
      return { status: 200 };
    },
    getInputConnectorStats: async ({ params: { pipeline_name, table_name, connector_name } }) => ({
      status: 200,
      body: toStatus(await interaction.inputStats(pipeline_name, parseIdentifier(table_name), connector_name)),
    }),
    getCompletionToken: async ({ params: { pipeline_name, table_name, connector_name } }) => {
      const { token } = await interaction.completionToken(pipeline_name, parseIdentifier(table_name), connector_name);
      return { status: 200, body: { token } };
    },
    getCompletionStatus: async ({ params, query }) => {
      const { status, step } = await interaction.completionStatus(params.pipeline_name, query.token);
      return { status: 200, body: { status, step } };
    },
  } satisfies HandlersOf<"input-connectors">;
}
