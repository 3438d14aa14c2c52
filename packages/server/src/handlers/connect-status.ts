import { parseConnector } from "../wire/connect-connectors.ts";
import { observedAge, toConnectorStatus } from "../wire/connect-status.ts";
import type { HandlersOf, Services } from "./services.ts";

export function connectStatusHandlers({ manager: { connect }, share }: Services) {
  const toStatus = share(toConnectorStatus);
  return {
    readConnectv1ConnectorStatus: async ({ params }) => {
      const status = await connect.status(parseConnector(params));
      return { status: 200, headers: observedAge(status, Date.now()), body: toStatus(status) };
    },
    listConnectv1ConnectorTasks: async ({ params }) => {
      const tasks = await connect.tasks(parseConnector(params));
      return {
        status: 200,
        body: tasks.map(({ id: { connector, task }, config }) => ({ id: { connector, task }, config: { ...config } })),
      };
    },
  } satisfies HandlersOf<"connect-status">;
}
