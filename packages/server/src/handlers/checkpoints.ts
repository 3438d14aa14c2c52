import { toCheckpointMetadata, toCheckpointStatus } from "../wire/checkpoints.ts";
import type { HandlersOf, Services } from "./services.ts";

export function checkpointHandlers({ manager: { interaction } }: Services) {
  return {
    requestCheckpoint: async ({ params }) => {
      const { sequenceNumber, incarnation } = await interaction.checkpoint(params.pipeline_name);
      return { status: 200, body: { checkpoint_sequence_number: sequenceNumber, incarnation_uuid: incarnation } };
    },
    getCheckpointStatus: async ({ params, query }) => ({
      status: 200,
      body: toCheckpointStatus(await interaction.checkpointStatus(params.pipeline_name, query.incarnation_uuid)),
    }),
    listCheckpoints: async ({ params }) => ({
      status: 200,
      body: (await interaction.checkpoints(params.pipeline_name)).map(toCheckpointMetadata),
    }),
  } satisfies HandlersOf<"checkpoints">;
}
