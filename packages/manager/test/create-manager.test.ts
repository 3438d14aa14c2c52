import { expect, test } from "@jest/globals";
import { createWorld } from "./fixtures/world.ts";

test("a pipeline compiles, starts, pauses, resumes, stops, is cleared and deleted", async () => {
  await using world = await createWorld();
  const { pipelines, interaction } = world.manager;
  const created = await world.create("orders");
  expect(created).toMatchObject({ version: 1, programVersion: 1, refreshVersion: 1, programStatus: "Pending", storageStatus: "Cleared" });
  await pipelines.start("orders", {});
  expect(await pipelines.get("orders")).toMatchObject({ resourcesStatus: "Stopped", resourcesDesiredStatus: "Provisioned" });
  const running = await world.until("orders", (p) => p.runtimeStatus === "Running");
  expect(running).toMatchObject({ programStatus: "Success", refreshVersion: 3, storageStatus: "InUse", deploymentInitial: "Running" });
  expect(running.deploymentId).toMatch(/^[0-9a-f-]{36}$/);
  await pipelines.pause("orders");
  expect((await pipelines.get("orders")).runtimeDesiredStatus).toBe("Paused");
  await world.until("orders", (p) => p.runtimeStatus === "Paused");
  await pipelines.resume("orders");
  await world.until("orders", (p) => p.runtimeStatus === "Running");
  expect(await interaction.stats("orders", { errors: false })).toMatchObject({ inputs: [{}] });
  await pipelines.stop("orders", { force: true });
  const stopped = await world.until("orders", (p) => p.resourcesStatus === "Stopped");
  expect(stopped).toMatchObject({ deploymentError: null, deploymentId: null, runtimeStatus: null, storageStatus: "InUse" });
  await pipelines.clear("orders");
  await world.until("orders", (p) => p.storageStatus === "Cleared");
  await pipelines.delete("orders");
  await expect(pipelines.get("orders")).rejects.toMatchObject({ code: "UnknownPipelineName", details: { pipeline_name: "orders" } });
});
