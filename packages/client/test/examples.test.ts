import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { createManager, type Manager } from "@headgate/manager";
import { createServer, type HeadgateServer } from "@headgate/server";
import { pauseByConnect } from "../examples/connect-dialect.ts";
import { statusOf } from "../examples/errors.ts";
import { mirror } from "../examples/follow-changes.ts";
import { pauseWhile } from "../examples/pause-input.ts";
import { quickStart } from "../examples/quick-start.ts";
import { refill } from "../examples/reset-output.ts";
import { load } from "../examples/stream-rows.ts";
import { createClient } from "../src/index.ts";

let directory: string;
let manager: Manager;
let server: HeadgateServer;
let baseUrl: string;

const program = (file: string) => `
  CREATE TABLE flights (origin VARCHAR, delay INT) WITH ('connectors' = '[{
    "name": "live", "transport": {"name": "datagen", "config": {"plan": [{"limit": 3, "fields": {"origin": {"values": ["SFO"]}}}]}}}]');
  CREATE MATERIALIZED VIEW delays WITH ('connectors' = '[{
    "name": "file", "send_snapshot": true, "format": {"name": "json"},
    "transport": {"name": "file_output", "config": {"path": "${file}"}}}]')
  AS SELECT origin, COUNT(*) AS flights FROM flights GROUP BY origin;`;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "headgate-client-"));
  manager = await createManager({ dataDirectory: join(directory, "data"), platformVersion: "0.1.0" });
  server = createServer({
    manager,
    logger: { info: () => undefined, warn: () => undefined, error: () => undefined },
    authentication: { required: false },
    version: { version: "0.1.0" },
    validation: "test",
  });
  server.server.listen(0, "127.0.0.1");
  await once(server.server, "listening");
  baseUrl = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
  const client = createClient({ baseUrl });
  await client.pipelines.createOrReplace({ name: "flights", program_code: program(join(directory, "delays.json")) });
  await client.pipelines.startAndWait("flights");
});
afterAll(async () => {
  await server.close();
  await manager.close();
  await rm(directory, { recursive: true, force: true });
});

test("quick-start totals what it sent", async () => {
  expect(await quickStart(baseUrl)).toEqual([
    { customer: 1, amount: 12 },
    { customer: 2, amount: 3 },
  ]);
});

test("pause-input works while the connector is paused, and starts it again", async () => {
  const { connectors } = createClient({ baseUrl });
  const paused = async () => (await connectors.stats("flights", "flights", "live")).paused;
  let during: boolean | undefined;
  await pauseWhile(baseUrl, async () => {
    during = await paused();
  });
  expect([during, await paused()]).toEqual([true, false]);
});

test("connect-dialect pauses the same connector, seen as one of a cluster", async () => {
  const { connectors } = createClient({ baseUrl });
  expect(await pauseByConnect(baseUrl, "flights", "flights.live")).toMatchObject({ "flights.live": "PAUSED", "delays.file": "RUNNING" });
  expect((await connectors.stats("flights", "flights", "live")).paused).toBe(true);
  await connectors.start("flights", "flights", "live");
  expect(await pauseByConnect(baseUrl, "nowhere", "flights.live")).toEqual({});
});

test("stream-rows, follow-changes and reset-output: a file goes in, a mirror and a refilled file come out", async () => {
  const rows = Array.from({ length: 500 }, (_, i) => `A${i % 50},${i}\n`).join("");
  await writeFile(join(directory, "flights.csv"), rows);
  await load(baseUrl, join(directory, "flights.csv"));
  const copy = await mirror(baseUrl, 51);
  expect([...copy]).toContain('{"origin":"A7","flights":10}');
  expect(await refill(baseUrl, AbortSignal.timeout(20_000))).toBe(51);
  const lines = (await readFile(join(directory, "delays.json"), "utf8")).trim().split("\n");
  expect(lines.map((line) => JSON.stringify((JSON.parse(line) as { insert: unknown }).insert)).sort()).toEqual([...copy].sort());
});

test("errors tells a pipeline that runs from one that does not and one that is not there", async () => {
  expect(await statusOf(baseUrl, "flights")).toMatch(/^\d+ records sent$/);
  expect(await statusOf(baseUrl, "nowhere")).toBe("there is no such pipeline");
  await createClient({ baseUrl }).pipelines.stopAndWait("flights");
  expect(await statusOf(baseUrl, "flights")).toBe("it is not running");
});
