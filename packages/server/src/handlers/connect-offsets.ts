import { parseConnector } from "../wire/connect-connectors.ts";
import { parseOffsetsChange, toConnectorOffsets, toOffsetsRequest, toOffsetsRequestStatus } from "../wire/connect-offsets.ts";
import type { HandlersOf, Services } from "./services.ts";

export function connectOffsetHandlers({ manager: { connect } }: Services) {
  return {
    getConnectv1ConnectorOffsets: async ({ params }) => ({
      status: 200,
      body: toConnectorOffsets(await connect.offsets(parseConnector(params))),
    }),
    alterConnectv1ConnectorOffsetsRequest: async ({ params, body }) => ({
      status: 202,
      body: toOffsetsRequest(await connect.alterOffsets(parseConnector(params), parseOffsetsChange(body))),
    }),
    getConnectv1ConnectorOffsetsRequestStatus: async ({ params }) => ({
      status: 200,
      body: toOffsetsRequestStatus(await connect.offsetsRequestStatus(parseConnector(params))),
    }),
  } satisfies HandlersOf<"connect-offsets">;
}
