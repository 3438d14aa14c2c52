import { parseCluster } from "../wire/connect-connectors.ts";
import { toConfigValidation, toPlugin } from "../wire/connect-plugins.ts";
import type { HandlersOf, Services } from "./services.ts";

export function connectPluginHandlers({ manager: { connect } }: Services) {
  return {
    listConnectv1ConnectorPlugins: async ({ params }) => ({
      status: 200,
      body: (await connect.plugins(parseCluster(params))).map(toPlugin),
    }),
    validateConnectv1ConnectorPlugin: async ({ params, body }) => ({
      status: 200,
      body: toConfigValidation(await connect.validate(parseCluster(params), params.plugin_name, body)),
    }),
  } satisfies HandlersOf<"connect-plugins">;
}
