import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { expect, test } from "@jest/globals";
import { pipelineProcessPath } from "@headgate/pipeline";
import type { Manager } from "../src/api.ts";
import { createManager } from "../src/create-manager.ts";
import { eventually, freshDirectory, pipelineUntil } from "./fixtures/world.ts";

const program = `
  CREATE TABLE orders (id INT NOT NULL PRIMARY KEY, amount DECIMAL(10, 2));
  CREATE MATERIALIZED VIEW total WITH ('connectors' = '[{"name": "out", "transport": {"name": "null_output"}}]')
    AS SELECT SUM(amount) AS amount FROM orders;
`;
const never = new AbortController().signal;

test("the real compiler and the real pipeline process do what the control plane asks of them", async () => {
  const directory = freshDirectory();
  const manager = await createManager({ dataDirectory: directory, platformVersion: "0.1.0" });
  const { pipelines, interaction } = manager;
  try {
    await pipelines.create({ name: "orders", programCode: program });
    await pipelines.create({ name: "wrong", programCode: "CREATE VIEW v AS SELECT * FROM nothing" });
    await pipelines.start("orders", { initial: "paused" });
    const running = await pipelineUntil(manager, "orders", (p) => p.runtimeStatus === "Paused");
    expect(Object.keys(running.compiled?.outputConnectors ?? {})).toEqual(["total.out"]);
    await pipelines.resume("orders");
    await pipelineUntil(manager, "orders", (p) => p.runtimeStatus === "Running");
    const row = '{"insert": {"id": 1, "amount": "2.50"}}\n';
    const { token } = await interaction.ingress(
      "orders",
      "orders",
      new URLSearchParams({ format: "json" }),
      Readable.from([Buffer.from(row)]),
      never,
    );
    await eventually(async () => (await interaction.completionStatus("orders", token)).status === "complete");
    // The sum of no rows, one NULL, goes out first; then it is taken back, and the sum of the rows follows.
    expect((await interaction.outputStats("orders", "total", "out")).metrics.transmittedRecords).toBe(3);
    const { body } = await interaction.query("orders", "SELECT * FROM total", "json", never);
    expect(JSON.parse(await text(body))).toEqual({ amount: expect.anything() });
    await expect(interaction.outputStats("orders", "total", "none")).rejects.toMatchObject({ code: "UnknownOutputEndpoint" });
    const wrong = await pipelineUntil(manager, "wrong", (p) => p.programStatus === "SqlError");
    expect(wrong.programError.sqlCompilation?.messages[0]?.message).toMatch(/nothing/);
    await pipelines.stop("orders", { force: true });
    const stopped = await pipelineUntil(manager, "orders", (p) => p.resourcesStatus === "Stopped");
    expect(stopped.deploymentError).toBeNull();
  } finally {
    await manager.close();
    rmSync(directory, { recursive: true, force: true });
  }
});

async function ingest(manager: Manager, id: number): Promise<void> {
  const row = Readable.from([Buffer.from(`{"insert": {"id": ${String(id)}, "amount": "2.50"}}\n`)]);
  await manager.interaction.ingress("orders", "orders", new URLSearchParams({ format: "json" }), row, never);
}

async function total(manager: Manager): Promise<unknown> {
  const { body } = await manager.interaction.query("orders", "SELECT CAST(amount AS VARCHAR) AS amount FROM total", "json", never);
  return JSON.parse(await text(body));
}

/** Kills the pipeline processes that this process has started. */
function killPipelines(): void {
  const lines = execFileSync("ps", ["-A", "-o", "pid=,ppid=,args="], { encoding: "utf8" }).split("\n");
  for (const line of lines) {
    const [pid, parent] = line.trim().split(/\s+/).map(Number);
    if (parent === process.pid && pid !== undefined && line.includes(pipelineProcessPath)) process.kill(pid, "SIGKILL");
  }
}

test("what was answered outlives kill -9 of the pipeline's process, a suspension and a restart of the server", async () => {
  const directory = freshDirectory();
  const open = (): Promise<Manager> => createManager({ dataDirectory: directory, platformVersion: "0.1.0" });
  const running = (manager: Manager) => pipelineUntil(manager, "orders", (p) => p.runtimeStatus === "Running");
  const stopped = (manager: Manager) => pipelineUntil(manager, "orders", (p) => p.resourcesStatus === "Stopped");
  let manager = await open();
  try {
    await manager.pipelines.create({ name: "orders", programCode: program });
    await manager.pipelines.start("orders", {});
    await running(manager);
    await ingest(manager, 1);
    killPipelines();
    const dead = await stopped(manager);
    expect(dead).toMatchObject({ deploymentError: { code: "RuntimeError.ProcessDied" }, storageStatus: "InUse" });
    await manager.pipelines.start("orders", {});
    await running(manager);
    await ingest(manager, 2);
    await manager.close();
    manager = await open();
    await running(manager);
    await ingest(manager, 3);
    await manager.pipelines.stop("orders", { force: false });
    const suspended = await stopped(manager);
    expect(suspended).toMatchObject({ deploymentError: null, checkpoints: [{ processedRecords: 3 }] });
    await manager.pipelines.start("orders", { bootstrapPolicy: "reject" });
    await running(manager);
    expect(await total(manager)).toEqual({ amount: "7.50" });
  } finally {
    await manager.close();
    rmSync(directory, { recursive: true, force: true });
  }
}, 60_000);
