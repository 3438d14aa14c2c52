import { describe, expect, test } from "@jest/globals";
import { createWorld, eventually, type World } from "../fixtures/world.ts";

const suspend = (world: World, name = "orders"): Promise<void> => world.manager.pipelines.stop(name, { force: false });
const stopped = (world: World, name = "orders") => world.until(name, (p) => p.resourcesStatus === "Stopped");

describe("a stop without force", () => {
  test("suspends, keeps the storage with its checkpoint in view, and the next start works in it again", async () => {
    await using world = await createWorld();
    const first = await world.running("orders");
    await suspend(world);
    const after = await stopped(world);
    expect(after).toMatchObject({ deploymentError: null, storageStatus: "InUse", runtimeDesiredStatus: null, deploymentInitial: null });
    const path = (await world.manager.pipelines.events("orders")).map((e) => e.runtimeStatus ?? e.resourcesStatus);
    expect(path.slice(0, 3)).toEqual(["Stopped", "Stopping", "Suspended"]);
    expect(after.checkpoints).toMatchObject([{ uuid: first.deploymentId }]);
    await world.manager.pipelines.start("orders", { initial: "paused" });
    const second = await world.until("orders", (p) => p.runtimeStatus === "Paused");
    expect(world.lives(second)).toEqual([first.deploymentId, second.deploymentId]);
  });

  test("is told as desired until it is over, and neither a pause nor a start comes in between", async () => {
    await using world = await createWorld();
    await world.running("orders", "slow-suspend");
    await suspend(world);
    await suspend(world);
    const { pipelines } = world.manager;
    expect(await pipelines.get("orders")).toMatchObject({ runtimeStatus: "Running", runtimeDesiredStatus: "Suspended" });
    for (const refused of [pipelines.pause("orders"), pipelines.resume("orders"), pipelines.start("orders", {})]) {
      await expect(refused).rejects.toMatchObject({ code: "IllegalPipelineAction" });
    }
    await pipelines.stop("orders", { force: true });
    expect(await stopped(world)).toMatchObject({ deploymentError: null, runtimeDesiredStatus: null });
  });

  test("that cannot write its checkpoint leaves the pipeline as it was, which says why", async () => {
    await using world = await createWorld();
    await world.running("orders", "full");
    await world.manager.pipelines.pause("orders");
    await world.until("orders", (p) => p.runtimeStatus === "Paused");
    await suspend(world);
    const goesOn = await world.until("orders", (p) => p.runtimeReason !== null);
    expect(goesOn).toMatchObject({ runtimeStatus: "Paused", runtimeDesiredStatus: "Paused", deploymentError: null });
    expect(goesOn.runtimeReason).toContain("the disk is full");
    await world.manager.pipelines.resume("orders");
    expect(await world.until("orders", (p) => p.runtimeStatus === "Running")).toMatchObject({ runtimeReason: null });
  });

  test("is given up past its deadline, and a stop by force still works", async () => {
    await using world = await createWorld({ suspendMs: 100 });
    await world.running("orders", "slow-suspend");
    await suspend(world);
    const goesOn = await world.until("orders", (p) => p.runtimeReason !== null);
    expect(goesOn).toMatchObject({ runtimeDesiredStatus: "Running" });
    expect(goesOn.runtimeReason).toContain("no answer within 0.1 s");
    await world.manager.pipelines.stop("orders", { force: true });
    await stopped(world);
  });

  test("in which the process dies is a failure like any death, and the storage is there for the next start", async () => {
    await using world = await createWorld();
    await world.running("orders", "die-suspend");
    await suspend(world);
    const dead = await stopped(world);
    expect(dead).toMatchObject({ deploymentError: { code: "RuntimeError.ProcessDied" }, storageStatus: "InUse" });
    await world.manager.pipelines.start("orders", {});
    expect(world.lives(await world.until("orders", (p) => p.runtimeStatus === "Running"))).toHaveLength(2);
  });

  test("is refused at once where no checkpoint can ever be written", async () => {
    await using world = await createWorld();
    await world.running("orders", "endless");
    await expect(suspend(world)).rejects.toMatchObject({
      code: "SuspendError",
      details: { reasons: [{ UnsupportedInputEndpoint: "numbers.c1" }] },
    });
    await world.manager.pipelines.create({ name: "memory", programCode: "x", runtimeConfig: { storage: null } });
    await world.manager.pipelines.start("memory", {});
    await world.until("memory", (p) => p.runtimeStatus === "Running");
    await expect(suspend(world, "memory")).rejects.toMatchObject({ code: "SuspendError", details: { reasons: ["StorageRequired"] } });
    expect(await world.manager.pipelines.get("memory")).toMatchObject({ runtimeDesiredStatus: "Running", storageStatus: "Cleared" });
  });

  test("of what has not begun to work stops it as by force", async () => {
    await using world = await createWorld();
    await world.create("early", "", "wait 300");
    await world.manager.pipelines.start("early", {});
    await suspend(world, "early");
    expect(await world.manager.pipelines.get("early")).toMatchObject({ resourcesStatus: "Stopped", resourcesDesiredStatus: "Stopped" });
    await world.create("slow", "slow-start");
    await world.manager.pipelines.start("slow", {});
    await world.until("slow", (p) => p.runtimeStatus === "Initializing");
    await suspend(world, "slow");
    await stopped(world, "slow");
  });
});

describe("a changed program", () => {
  test("waits for an approval that says how, with the difference in view, and runs after it", async () => {
    await using world = await createWorld();
    const { pipelines, interaction } = world.manager;
    await world.create("orders", "changed");
    await pipelines.start("orders", { silentBootstrap: false });
    const waiting = await world.until("orders", (p) => p.programChange !== null);
    expect(waiting).toMatchObject({ runtimeStatus: "AwaitingApproval", programChange: { tables: { modified: ["t"] } } });
    await expect(interaction.stats("orders", { errors: false })).rejects.toMatchObject({ code: "AwaitingApproval" });
    await expect(interaction.checkpoint("orders")).rejects.toMatchObject({ code: "AwaitingApproval" });
    for (const options of [{ concurrentBootstrap: true }, { concurrentBootstrap: true, silentBootstrap: true }]) {
      await expect(interaction.approve("orders", options)).rejects.toMatchObject({ code: "InvalidBootstrapConfig" });
    }
    await interaction.approve("orders", { silentBootstrap: true });
    const filling = await world.until("orders", (p) => p.runtimeStatus === "Bootstrapping");
    expect(filling.programChange).toBeNull();
    expect(await interaction.stats("orders", { errors: false })).toMatchObject({ suspendError: null });
    await expect(interaction.approve("orders", {})).rejects.toMatchObject({ code: "InvalidTransition" });
    const lines: string[] = [];
    for await (const line of await pipelines.logs("orders", AbortSignal.timeout(5000)))
      if (lines.push(line) && line.startsWith("approved")) break;
    expect(lines.at(-1)).toBe("approved ?silent=true");
  });

  test("is filled at once when that is allowed, and fails when it is to be rejected", async () => {
    await using world = await createWorld();
    await world.create("allowed", "changed");
    await world.manager.pipelines.start("allowed", { bootstrapPolicy: "allow" });
    await world.until("allowed", (p) => p.runtimeStatus === "Bootstrapping");
    await world.create("rejected", "changed");
    await world.manager.pipelines.start("rejected", { bootstrapPolicy: "reject" });
    expect(await stoppedWithError(world, "rejected")).toMatchObject({
      deploymentError: { code: "BootstrapRejected" },
      storageStatus: "InUse",
    });
  });

  test("that is not approved is stopped with or without force", async () => {
    await using world = await createWorld();
    await world.create("orders", "changed");
    for (const force of [false, true]) {
      await world.manager.pipelines.start("orders", {});
      await world.until("orders", (p) => p.runtimeStatus === "AwaitingApproval");
      await world.manager.pipelines.stop("orders", { force });
      expect(await stopped(world)).toMatchObject({ deploymentError: null, programChange: null });
    }
  });
});

const stoppedWithError = (world: World, name: string) =>
  world.until(name, (p) => p.deploymentError !== null && p.resourcesStatus === "Stopped");

test("a request for a checkpoint tells the incarnation that its number counts for", async () => {
  await using world = await createWorld();
  const { interaction, pipelines } = world.manager;
  const { deploymentId } = await world.running("orders");
  expect(await interaction.checkpoint("orders")).toEqual({ sequenceNumber: 1, incarnation: deploymentId });
  expect(await interaction.checkpointStatus("orders", deploymentId ?? "")).toEqual({ success: 1, failure: null });
  expect(await interaction.checkpointStatus("orders")).toEqual({ success: 1, failure: null });
  const other = "00000000-0000-4000-8000-000000000000";
  await expect(interaction.checkpointStatus("orders", other)).rejects.toMatchObject({
    code: "IncarnationUuidMismatch",
    details: { requested: other, expected: deploymentId },
  });
  expect(await interaction.checkpoints("orders")).toMatchObject([{ uuid: deploymentId }]);
  await eventually(async () => (await pipelines.get("orders")).checkpoints.length === 1);
  await pipelines.stop("orders", { force: true });
  await stopped(world);
  expect((await pipelines.get("orders")).checkpoints).toHaveLength(1);
  await pipelines.clear("orders");
  expect(await world.until("orders", (p) => p.storageStatus === "Cleared")).toMatchObject({ checkpoints: [] });
  expect(world.lives(await pipelines.get("orders"))).toEqual([]);
});

test("the graph of a program that another version compiled is missing, and one that does not compile has none", async () => {
  await using world = await createWorld();
  const { pipelines } = world.manager;
  await world.create("old");
  await world.until("old", (p) => p.programStatus === "Success");
  await expect(pipelines.dataflow("old")).rejects.toMatchObject({ code: "ProgramInfoMissesDataflow" });
  await world.create("bad", "", "error");
  await world.until("bad", (p) => p.programStatus === "SqlError");
  await expect(pipelines.dataflow("bad")).rejects.toMatchObject({ code: "ProgramNotCompiled", details: { program_status: "SqlError" } });
  await world.create("good", "", "dataflow");
  await world.until("good", (p) => p.programStatus === "Success");
  expect(await pipelines.dataflow("good")).toEqual({ views: [], nodes: [] });
});
