import { parseCluster, parseConnector, parseExpand, toConnector, toExpansion } from "../wire/connect-connectors.ts";
import { toOffsets } from "../wire/connect-offsets.ts";
import type { HandlersOf, Services } from "./services.ts";

export function connectConnectorHandlers({ manager: { connect } }: Services) {
  return {
    listConnectv1Connectors: async ({ params, query }) => {
      const parts = parseExpand(query.expand);
      if (parts === undefined) return { status: 200, body: [...(await connect.list(parseCluster(params)))] };
      const connectors = await connect.expand(parseCluster(params), parts);
      return { status: 200, body: Object.fromEntries([...connectors].map(([name, expansion]) => [name, toExpansion(expansion)])) };
    },
    createConnectv1Connector: async ({ params, body: { name, config, offsets } }) => {
      const created = await connect.create(parseCluster(params), { name, config, ...(offsets === undefined ? {} : { offsets }) });
      return { status: 201, body: { ...toConnector(created), offsets: toOffsets(created.offsets) } };
    },
    readConnectv1Connector: async ({ params }) => ({ status: 200, body: toConnector(await connect.read(parseConnector(params))) }),
    // Published clients look whether the error is null.
    deleteConnectv1Connector: async ({ params }) => {
      await connect.delete(parseConnector(params));
      return { status: 200, body: { error: null } };
    },
    getConnectv1ConnectorConfig: async ({ params }) => ({
      status: 200,
      body: { ...(await connect.read(parseConnector(params))).config },
    }),
    createOrUpdateConnectv1ConnectorConfig: async ({ params, body }) => ({
      status: 200,
      body: toConnector(await connect.putConfig(parseConnector(params), body)),
    }),
  } satisfies HandlersOf<"connect-connectors">;
}
