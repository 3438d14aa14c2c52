import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { createWorld, eventually, freshDirectory, processMark } from "../fixtures/world.ts";

describe("a process that fails", () => {
  test("while initializing leaves its own error and touches no other pipeline", async () => {
    await using world = await createWorld();
    const neighbour = await world.running("neighbour");
    await world.create("bad", "fail");
    await world.manager.pipelines.start("bad", {});
    const failed = await world.until("bad", (p) => p.deploymentError !== null && p.resourcesStatus === "Stopped");
    expect(failed).toMatchObject({
      resourcesDesiredStatus: "Stopped",
      deploymentError: { code: "ConfigError.UnknownInputTransport", message: "no transport 'steam'", details: { name: "steam" } },
    });
    expect(await world.manager.pipelines.get("neighbour")).toMatchObject({
      resourcesStatus: "Provisioned",
      deploymentId: neighbour.deploymentId,
    });
  });

  test("before it says anything is reported with its exit code and its last words, and can be dismissed and started again", async () => {
    await using world = await createWorld();
    await world.create("bad", "crash");
    await world.manager.pipelines.start("bad", {});
    const failed = await world.until("bad", (p) => p.deploymentError !== null && p.resourcesStatus === "Stopped");
    expect(failed.deploymentError).toMatchObject({
      code: "RuntimeError.ProcessDied",
      details: { pipeline_name: "bad", exit_code: 7, signal: null, last_error_line: "fixture: the pump has burst" },
    });
    await expect(world.manager.pipelines.start("bad", { dismissError: false })).rejects.toMatchObject({
      code: "CannotStartWithUndismissedError",
    });
    await world.manager.pipelines.dismissError("bad");
    expect((await world.manager.pipelines.get("bad")).deploymentError).toBeNull();
  });

  test("by kill -9 ends Stopped with an error, and calls under way are answered at once", async () => {
    await using world = await createWorld();
    await world.running("orders");
    await expect(world.manager.interaction.resetOutput("orders", "die", "now")).rejects.toMatchObject({
      code: "PipelineInteractionUnreachable",
      details: { pipeline_name: "orders", request: "POST /outputs/die.now/reset" },
    });
    const dead = await world.until("orders", (p) => p.resourcesStatus === "Stopped");
    expect(dead).toMatchObject({
      resourcesDesiredStatus: "Stopped",
      deploymentError: { code: "RuntimeError.ProcessDied", details: { signal: "SIGKILL" } },
    });
    await expect(world.manager.interaction.stats("orders", { errors: false })).rejects.toMatchObject({
      code: "PipelineInteractionNotDeployed",
      details: { pipeline_name: "orders", status: "Stopped", desired_status: "Stopped" },
    });
    const events = await world.manager.pipelines.events("orders");
    expect(events.slice(0, 2).map((e) => e.resourcesStatus)).toEqual(["Stopped", "Stopping"]);
    expect(await world.manager.pipelines.event("orders", "latest")).toEqual(events[0]);
  });

  test("to give a sign of life in time fails the deployment", async () => {
    await using world = await createWorld({ provisioningMs: 300 });
    await world.create("mute", "mute");
    await world.manager.pipelines.start("mute", {});
    const failed = await world.until("mute", (p) => p.resourcesStatus === "Stopped" && p.deploymentError !== null);
    expect(failed.deploymentError).toMatchObject({ code: "RunnerError.ProvisioningTimeout", details: { timeout_secs: 0.3 } });
  });
});

test("a process that takes too much memory dies alone, and its error says so", async () => {
  await using world = await createWorld();
  const runtimeConfig = { env: { BEHAVE: "bloat" }, resources: { memory_mb_max: 64 } };
  await world.manager.pipelines.create({ name: "fat", programCode: "x", runtimeConfig });
  await world.manager.pipelines.start("fat", {});
  const dead = await world.until("fat", (p) => p.resourcesStatus === "Stopped" && p.deploymentError !== null);
  expect(dead.deploymentError).toMatchObject({ code: "RuntimeError.OutOfMemory", message: expect.stringContaining("memory_mb_max") });
});

test("a process that was silent for a while is Unavailable, and then what it was", async () => {
  await using world = await createWorld();
  await world.running("sleepy", "nap");
  const answer = world.manager.interaction.timeSeries("sleepy");
  await world.until("sleepy", (p) => p.runtimeStatus === "Unavailable");
  await answer.catch(() => undefined);
  await world.until("sleepy", (p) => p.runtimeStatus === "Running");
});

describe("a force stop", () => {
  test.each(["mute", "slow-start", "no-stop", ""])("ends a pipeline that behaves '%s'", async (behave) => {
    await using world = await createWorld();
    await world.create("orders", behave);
    await world.manager.pipelines.start("orders", {});
    await world.until("orders", (p) =>
      behave === "mute" ? p.resourcesStatus === "Provisioning" : p.runtimeStatus === (behave === "slow-start" ? "Initializing" : "Running"),
    );
    await world.manager.pipelines.stop("orders", { force: true });
    await world.manager.pipelines.stop("orders", { force: true });
    const stopped = await world.until("orders", (p) => p.resourcesStatus === "Stopped");
    expect(stopped).toMatchObject({ resourcesDesiredStatus: "Stopped", deploymentError: null });
    await world.manager.pipelines.stop("orders", { force: true });
  });

  test("does not wait at the server's end for a process that has stopped answering long ago", async () => {
    await using world = await createWorld({ callMs: 100 });
    await world.running("deaf", "deaf");
    await world.manager.interaction.timeSeries("deaf").catch(() => undefined);
    await world.until("deaf", (p) => p.runtimeStatus === "Unavailable");
    const began = performance.now();
    await world.manager.close({ deadlineMs: 60_000 });
    expect(performance.now() - began).toBeLessThan(30_000);
  });

  test("ends a process that has stopped answering, which first shows as Unavailable and delays nobody", async () => {
    await using world = await createWorld();
    await world.running("deaf", "deaf");
    await world.running("neighbour");
    const hung = world.manager.interaction.timeSeries("deaf");
    await world.until("deaf", (p) => p.runtimeStatus === "Unavailable");
    const began = performance.now();
    await world.manager.interaction.stats("neighbour", { errors: false });
    expect(performance.now() - began).toBeLessThan(500);
    await expect(hung).rejects.toMatchObject({ code: "PipelineInteractionUnreachable", details: { error: "no answer within 1 s" } });
    await world.manager.pipelines.stop("deaf", { force: true });
    expect((await world.until("deaf", (p) => p.resourcesStatus === "Stopped")).deploymentError).toBeNull();
  });

  test("reaches what the process itself has started", async () => {
    await using world = await createWorld();
    await world.running("family", "grandchild no-stop");
    let pid = 0;
    const lines = await world.manager.pipelines.logs("family", AbortSignal.timeout(5000));
    for await (const line of lines) {
      pid = Number(/^grandchild (\d+)$/.exec(line)?.[1] ?? 0);
      if (pid !== 0) break;
    }
    expect(processMark(pid)).toBeDefined();
    await world.manager.pipelines.stop("family", { force: true });
    await eventually(() => processMark(pid) === undefined);
  });

  test("cancels a start that still waits for the compiler", async () => {
    await using world = await createWorld();
    await world.create("early", "", "wait 300");
    await world.manager.pipelines.start("early", {});
    await world.manager.pipelines.stop("early", { force: true });
    await world.until("early", (p) => p.programStatus === "Success");
    expect(await world.manager.pipelines.get("early")).toMatchObject({ resourcesStatus: "Stopped", resourcesDesiredStatus: "Stopped" });
  });
});

test("while it initializes, calls answer Initializing, and a pause is remembered", async () => {
  await using world = await createWorld();
  await world.create("slow", "slow-start");
  await world.manager.pipelines.start("slow", {});
  await world.until("slow", (p) => p.runtimeStatus === "Initializing");
  await expect(world.manager.interaction.metrics("slow")).rejects.toMatchObject({ code: "Initializing" });
  await world.manager.pipelines.pause("slow");
  expect((await world.manager.pipelines.get("slow")).runtimeDesiredStatus).toBe("Paused");
});

test("wishes that change faster than the process can follow end in the last one", async () => {
  await using world = await createWorld();
  await world.running("orders");
  for (let i = 0; i < 9; i++) await (i % 2 === 0 ? world.manager.pipelines.pause("orders") : world.manager.pipelines.resume("orders"));
  const settled = await world.until("orders", (p) => p.runtimeStatus === "Paused" && p.runtimeDesiredStatus === "Paused");
  expect(settled.runtimeDesiredStatus).toBe("Paused");
});

test("errors of connectors are counted", async () => {
  await using world = await createWorld();
  await world.running("orders");
  await world.until("orders", (p) => p.connectorErrors === 3);
});

test("a data directory with a long path still gets sockets that fit", async () => {
  const base = freshDirectory();
  try {
    await using world = await createWorld({}, join(base, "deep/".repeat(30)));
    expect(await world.running("orders")).toMatchObject({ runtimeStatus: "Running" });
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
});
