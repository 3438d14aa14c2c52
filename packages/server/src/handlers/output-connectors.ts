import { parseIdentifier } from "../wire/identifier.ts";
import { toOutputEndpointStatus, toResetStatus } from "../wire/output-connectors.ts";
import type { HandlersOf, Services } from "./services.ts";

export function outputConnectorHandlers({ manager: { interaction }, share }: Services) {
  const toStatus = share(toOutputEndpointStatus);
  return {
    getOutputConnectorStats: async ({ params: { pipeline_name, view_name, connector_name } }) => ({
      status: 200,
      body: toStatus(await interaction.outputStats(pipeline_name, parseIdentifier(view_name), connector_name)),
    }),
    resetOutputConnector: async ({ params: { pipeline_name, view_name, connector_name } }) => {
      const { token } = await interaction.resetOutput(pipeline_name, parseIdentifier(view_name), connector_name);
      return { status: 200, body: { token } };
    },
    getResetStatus: async ({ params, query }) => ({
      status: 200,
      body: toResetStatus(await interaction.resetStatus(params.pipeline_name, query.token)),
    }),
  } satisfies HandlersOf<"output-connectors">;
}
