import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Manager } from "../../../src/api.ts";
import { createManager } from "../../../src/create-manager.ts";
import { eventually, pipelineUntil } from "../../fixtures/world.ts";

let directory = "";
let manager: Manager;
const at = { environment: "default", cluster: "shop" } as const;
const on = (connector: string) => ({ ...at, connector });
const state = async (connector: string) => (await manager.connect.status(on(connector))).state;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "headgate-connect-"));
  const file = join(directory, "orders.json");
  writeFileSync(file, '{"insert": {"id": 1, "amount": 2}}\n');
  const input = (name: string, path: string): string =>
    `{"name": "${name}", "transport": {"name": "file_input", "config": {"path": "${path}", "follow": true}}, "format": {"name": "json"}}`;
  const output = `{"name": "out", "transport": {"name": "file_output", "config": {"path": "${join(directory, "totals.json")}"}}, "format": {"name": "json"}, "send_snapshot": true}`;
  const slow = `{"name": "gen", "transport": {"name": "datagen", "config": {"plan": [{"rate": 1, "limit": 2}]}}}`;
  const program = `
    CREATE TABLE orders (id INT NOT NULL PRIMARY KEY, amount INT) WITH ('connectors' = '[${input("in", file)}, ${slow}]');
    CREATE MATERIALIZED VIEW totals WITH ('connectors' = '[${output}]') AS SELECT COUNT(*) AS n, SUM(amount) AS amount FROM orders;`;
  manager = await createManager({ dataDirectory: join(directory, "data"), platformVersion: "0.1.0" });
  await manager.pipelines.create({ name: "shop", programCode: program });
  await pipelineUntil(manager, "shop", (p) => p.programStatus === "Success");
});
afterAll(async () => {
  await manager.close();
  rmSync(directory, { recursive: true, force: true });
});

async function start(): Promise<void> {
  await manager.pipelines.start("shop", {});
  await pipelineUntil(manager, "shop", (p) => p.runtimeStatus === "Running");
}

test("a pipeline that is not deployed has its connectors, which stand still", async () => {
  expect(await manager.connect.list(at)).toEqual(["orders.in", "orders.gen", "totals.out"]);
  expect(await manager.connect.status(on("totals.out"))).toMatchObject({ type: "sink", state: "PAUSED", rawState: "Stopped" });
  await expect(manager.connect.pause(on("orders.in"))).rejects.toMatchObject({ code: "ClusterNotRunning" });
  await expect(manager.connect.offsets(on("orders.in"))).rejects.toMatchObject({ code: "ClusterNotRunning" });
});

test("a connector that is paused in one dialect is paused in the other", async () => {
  await start();
  const { connect, interaction } = manager;
  expect(await state("orders.in")).toBe("RUNNING");
  await connect.pause(on("orders.in"));
  expect(await state("orders.in")).toBe("PAUSED");
  expect((await interaction.inputStats("shop", "orders", "in")).paused).toBe(true);
  await connect.pause(on("orders.in"));
  await interaction.controlInput("shop", "orders", "in", "start");
  expect(await state("orders.in")).toBe("RUNNING");
  await interaction.controlInput("shop", "orders", "in", "pause");
  expect(await connect.status(on("orders.in"))).toMatchObject({ state: "PAUSED", tasks: [{ id: 0, state: "STOPPED" }] });
  await connect.resume(on("orders.in"));
  expect((await interaction.inputStats("shop", "orders", "in")).paused).toBe(false);
});

test("a pipeline that is paused as a whole shows all its connectors so, and is what has to be resumed", async () => {
  await manager.pipelines.pause("shop");
  await pipelineUntil(manager, "shop", (p) => p.runtimeStatus === "Paused");
  expect([await state("orders.in"), await state("totals.out")]).toEqual(["PAUSED", "PAUSED"]);
  await expect(manager.connect.resume(on("orders.in"))).rejects.toMatchObject({
    code: "ClusterNotRunning",
    message: expect.stringContaining("/v0/pipelines/shop/resume"),
  });
  await manager.pipelines.resume("shop");
  await pipelineUntil(manager, "shop", (p) => p.runtimeStatus === "Running");
});

test("a source tells where it has come to, a sink how far it follows", async () => {
  const { connect } = manager;
  await eventually(async () => {
    const { offsets } = await connect.offsets(on("orders.in"));
    return offsets[0]?.offset?.["records"] === 1;
  });
  expect((await connect.offsets(on("orders.in"))).offsets).toEqual([
    {
      partition: { table: "orders" },
      offset: { records: 1, position: expect.objectContaining({ offset: expect.any(Number) }), skip_records: 0 },
    },
  ]);
  expect(await connect.offsets(on("totals.out"))).toMatchObject({
    id: expect.stringMatching(/^lcc-/),
    offsets: [{ partition: { view: "totals" }, offset: { steps: expect.any(Number) } }],
  });
});

test("a sink whose offsets are deleted is emptied and filled anew, as a request that ends", async () => {
  const { connect } = manager;
  await eventually(() => readFileSync(join(directory, "totals.json"), "utf8").length > 0);
  await expect(connect.offsetsRequestStatus(on("totals.out"))).rejects.toMatchObject({ code: "NoOffsetsRequest" });
  const request = await connect.alterOffsets(on("totals.out"), { type: "DELETE" });
  expect(request).toMatchObject({ name: "totals.out", change: { type: "DELETE" } });
  await eventually(async () => (await connect.offsetsRequestStatus(on("totals.out"))).phase !== "PENDING");
  expect(await connect.offsetsRequestStatus(on("totals.out"))).toMatchObject({
    phase: "APPLIED",
    request,
    previousOffsets: [{ partition: { view: "totals" } }],
    appliedAt: expect.any(Number),
  });
  const lines = readFileSync(join(directory, "totals.json"), "utf8").trim().split("\n");
  expect(lines.filter((line) => line.includes("insert"))).toHaveLength(1);
});

test("a request to delete a sink's offsets outlives its pipeline, which has storage, and then goes by what the pipeline says", async () => {
  const { connect, pipelines } = manager;
  const request = await connect.alterOffsets(on("totals.out"), { type: "DELETE" });
  await pipelines.stop("shop", { force: true });
  await pipelineUntil(manager, "shop", (p) => p.resourcesStatus === "Stopped");
  expect(await connect.offsetsRequestStatus(on("totals.out"))).toMatchObject({ phase: "PENDING", request, appliedAt: null });
  await start();
  await eventually(async () => (await connect.offsetsRequestStatus(on("totals.out"))).phase !== "PENDING");
  expect(await connect.offsetsRequestStatus(on("totals.out"))).toMatchObject({ phase: "APPLIED", request });
});

test("a sink that cannot be reset says so, and no request is left behind", async () => {
  const program = `CREATE TABLE t (x INT); CREATE MATERIALIZED VIEW v WITH ('connectors' = '[{"name": "o", "transport": {"name": "null_output"}}]') AS SELECT x FROM t;`;
  await manager.pipelines.create({ name: "plain", programCode: program });
  await manager.pipelines.start("plain", {});
  await pipelineUntil(manager, "plain", (p) => p.runtimeStatus === "Running");
  const sink = { ...at, cluster: "plain", connector: "v.o" };
  await expect(manager.connect.alterOffsets(sink, { type: "DELETE" })).rejects.toMatchObject({
    code: "NotSupportedHere",
    message: expect.stringContaining("does not support reset"),
  });
  await expect(manager.connect.offsetsRequestStatus(sink)).rejects.toMatchObject({ code: "NoOffsetsRequest" });
  await manager.pipelines.stop("plain", { force: true });
});

test("a connector that stopped for good is FAILED with its reason, which holds no secret", async () => {
  const url = "http://me:hunter2@127.0.0.1:1/rows.json";
  const program = `CREATE TABLE t (x INT) WITH ('connectors' = '[{"name": "i", "transport": {"name": "url_input", "config": {"path": "${url}"}}, "format": {"name": "json"}}]');`;
  await manager.pipelines.create({ name: "broken", programCode: program });
  // Nobody should take the connectors of a program that is being compiled for deleted.
  await expect(manager.connect.list({ ...at, cluster: "broken" })).rejects.toMatchObject({ code: "EngineUnavailable" });
  await pipelineUntil(manager, "broken", (p) => p.programStatus === "Success");
  await manager.pipelines.start("broken", {});
  const connector = { ...at, cluster: "broken", connector: "t.i" };
  await eventually(async () => ["FAILED", "DEGRADED"].includes((await manager.connect.status(connector)).state));
  const status = await manager.connect.status(connector);
  expect(status.trace).not.toBe("");
  expect(JSON.stringify([status, await manager.connect.read(connector)])).not.toContain("hunter2");
  await manager.pipelines.stop("broken", { force: true });
});

test("other offsets cannot be altered, which says what can be done instead", async () => {
  const offsets = [{ partition: { table: "orders" }, offset: { records: 0 } }];
  for (const [name, change] of [
    ["orders.in", { type: "DELETE" }],
    ["orders.in", { type: "PATCH", offsets }],
    ["totals.out", { type: "PATCH", offsets }],
  ] as const) {
    await expect(manager.connect.alterOffsets(on(name), change)).rejects.toMatchObject({ code: "NotSupportedHere" });
  }
});

test("expansion gives what was asked for, of all connectors", async () => {
  const all = await manager.connect.expand(at, new Set(["info", "status", "id"]));
  expect([...all.keys()]).toEqual(await manager.connect.list(at));
  expect(all.get("orders.in")).toMatchObject({
    id: expect.stringMatching(/^lcc-[a-z2-7]{6}$/),
    info: { type: "source", config: { "connector.class": "file_input", "transport.config.follow": "true", name: "orders.in" } },
    status: { state: "RUNNING" },
  });
  expect(Object.keys((await manager.connect.expand(at, new Set(["id"]))).get("orders.in") ?? {})).toEqual(["id"]);
});

test("a configuration that was read passes for one, as clients read, change and check it", async () => {
  const { connect } = manager;
  for (const name of ["orders.in", "orders.gen", "totals.out"]) {
    const { config } = await connect.read(on(name));
    const checked = await connect.validate(at, config["connector.class"] ?? "", config);
    expect(checked.configs.flatMap(({ value }) => value.errors)).toEqual([]);
    expect("max_output_buffer_size_records" in config).toBe(name === "totals.out");
    expect("labels" in config).toBe(name !== "totals.out");
  }
});

test("what belongs to the program is refused with where to do it", async () => {
  const { connect } = manager;
  const config = { name: "orders.new", "connector.class": "file_input" };
  const refusal = { code: "NotSupportedHere", message: expect.stringContaining("PATCH /v0/pipelines/shop") };
  await expect(connect.create(at, { name: "orders.new", config })).rejects.toMatchObject(refusal);
  await expect(connect.create(at, { name: "orders.in", config })).rejects.toMatchObject({ code: "ConnectorExists" });
  await expect(connect.putConfig(on("orders.in"), config)).rejects.toMatchObject(refusal);
  await expect(connect.delete(on("orders.in"))).rejects.toMatchObject(refusal);
  await expect(connect.restart(on("orders.in"))).rejects.toMatchObject({
    code: "NotSupportedHere",
    message: expect.stringContaining("/start"),
  });
  await expect(connect.pause(on("totals.out"))).rejects.toMatchObject({
    code: "NotSupportedHere",
    message: expect.stringContaining("/v0/pipelines/shop/pause"),
  });
});

test("an unknown cluster is told before an unknown connector", async () => {
  const { connect } = manager;
  await expect(connect.status({ ...at, cluster: "none", connector: "x" })).rejects.toMatchObject({ code: "UnknownCluster" });
  await expect(connect.list({ environment: "env-1", cluster: "shop" })).rejects.toMatchObject({ code: "UnknownCluster" });
  for (const call of [connect.status, connect.read, connect.delete, connect.pause, connect.restart, connect.offsets]) {
    await expect(call(on("orders.none"))).rejects.toMatchObject({ code: "UnknownConnector" });
  }
});

test("plugins are the transports, and a configuration is checked by what the compiler says of it", async () => {
  const { connect } = manager;
  const plugins = await connect.plugins(at);
  expect(plugins).toEqual(
    expect.arrayContaining([
      { class: "file_input", type: "source" },
      { class: "file_output", type: "sink" },
    ]),
  );
  const good = { "transport.config.path": "/tmp/x", "format.name": "json" };
  expect(await connect.validate(at, "file_input", good)).toMatchObject({ name: "file_input", errorCount: 0 });
  const bad = await connect.validate(at, "file_input", { ...good, "transport.config.follow": "often" });
  expect(bad.errorCount).toBe(1);
  expect(bad.configs.find(({ value }) => value.errors.length > 0)?.value).toMatchObject({
    name: "transport.config.follow",
    value: "often",
    errors: [expect.stringContaining("true or false")],
  });
  expect((await connect.validate(at, "file_output", { "format.name": "json" })).errorCount).toBe(1);
  const formless = await connect.validate(at, "file_input", { "transport.config.path": "/tmp/x" });
  expect(formless.configs.find(({ value }) => value.errors.length > 0)?.value).toMatchObject({
    name: "format.name",
    errors: [expect.stringMatching(/^'file_input' needs a format/)],
  });
  await expect(connect.validate(at, "steam", {})).rejects.toMatchObject({ code: "UnknownPlugin" });
});

test("ids last as long as the pipeline, and the next pipeline of the name has others", async () => {
  const idOf = async (): Promise<string | undefined> => (await manager.connect.expand(at, new Set(["id"]))).get("orders.in")?.id;
  const first = await idOf();
  await manager.pipelines.stop("shop", { force: true });
  const { programCode } = await pipelineUntil(manager, "shop", (p) => p.resourcesStatus === "Stopped");
  expect(await idOf()).toBe(first);
  await manager.pipelines.clear("shop");
  await pipelineUntil(manager, "shop", (p) => p.storageStatus === "Cleared");
  await manager.pipelines.delete("shop");
  await manager.pipelines.create({ name: "shop", programCode });
  await pipelineUntil(manager, "shop", (p) => p.programStatus === "Success");
  expect(await idOf()).not.toBe(first);
});
