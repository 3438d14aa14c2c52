import { createManager, type Manager } from "@headgate/manager";

const program = `
CREATE TABLE numbers (n BIGINT) WITH ('connectors' = '[{
  "name": "c1", "transport": { "name": "datagen", "config": { "plan": [{ "limit": 1000 }] } }
}]');
CREATE MATERIALIZED VIEW totals WITH ('connectors' = '[{
  "name": "out", "transport": { "name": "null_output" }
}]') AS SELECT COUNT(*) AS c FROM numbers;
`;
const deadlineMs = 30_000;

/** Where the status of the bench pipeline's output connector is read. */
export const statusPath = "/v0/pipelines/bench/views/totals/connectors/out/stats";

/** A real manager whose pipeline `bench` runs in its own process, with all its input worked off. */
export async function openBenchManager(dataDirectory: string): Promise<Manager> {
  const manager = await createManager({ dataDirectory, platformVersion: "bench" });
  await manager.pipelines.create({ name: "bench", programCode: program });
  await manager.pipelines.start("bench", {});
  const deadline = Date.now() + deadlineMs;
  for (;;) {
    const { runtimeStatus, deploymentError, programStatus } = await manager.pipelines.get("bench");
    if (runtimeStatus === "Running" && (await manager.interaction.stats("bench", { errors: false })).global.pipelineComplete)
      return manager;
    if (deploymentError !== null || Date.now() > deadline) {
      await manager.close({ deadlineMs: 1000 });
      throw new Error(`The bench pipeline did not run: program ${programStatus}, ${JSON.stringify(deploymentError)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
