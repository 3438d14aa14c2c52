import { parseConnector } from "../wire/connect-connectors.ts";
import type { HandlersOf, Services } from "./services.ts";

export function connectLifecycleHandlers({ manager: { connect } }: Services) {
  return {
    pauseConnectv1Connector: async ({ params }) => {
      await connect.pause(parseConnector(params));
      return { status: 202 };
    },
    resumeConnectv1Connector: async ({ params }) => {
      await connect.resume(parseConnector(params));
      return { status: 202 };
    },
    restartConnectv1Connector: async ({ params }) => {
      await connect.restart(parseConnector(params));
      return { status: 202 };
    },
  } satisfies HandlersOf<"connect-lifecycle">;
}
