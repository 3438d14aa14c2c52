import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { createManager, type Manager } from "@headgate/manager";
import { eventually } from "./support/eventually.ts";
import { errorsIn, json, startServer, type RunningServer } from "./support/running-server.ts";
import type { MemoryManager } from "./double/memory-manager.ts";

const file = "/v0/pipelines/real/views/totals/connectors/file";
let directory: string;
let manager: Manager;
let server: RunningServer;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "headgate-server-"));
  manager = await createManager({ dataDirectory: join(directory, "data"), platformVersion: "0.1.0" });
  server = await startServer({ memory: manager as MemoryManager, validation: "test" });
});
afterAll(async () => {
  await server.headgate.close();
  await manager.close({ deadlineMs: 2000 });
  rmSync(directory, { recursive: true, force: true });
});
const ask = async (target: string, init?: RequestInit): Promise<{ status: number; body: Record<string, unknown> }> => {
  const response = await server.call(target, init);
  const text = await response.text();
  expect(errorsIn(server.log)).toEqual([]);
  return { status: response.status, body: text === "" ? {} : (JSON.parse(text) as Record<string, unknown>) };
};

test("a real pipeline is created, started, fed, read, reset and deleted, and every reply is as the contract says", async () => {
  const program = `
    CREATE TABLE numbers (n BIGINT NOT NULL PRIMARY KEY) WITH ('connectors' = '[{
      "name": "c1", "transport": { "name": "datagen", "config": { "plan": [{ "limit": 5 }] } } }]');
    CREATE MATERIALIZED VIEW totals WITH ('connectors' = '[{
      "name": "file", "send_snapshot": true, "format": { "name": "json" },
      "transport": { "name": "file_output", "config": { "path": "${join(directory, "totals.json")}" } } }]')
      AS SELECT COUNT(*) AS c FROM numbers;`;
  expect((await ask("POST /v0/pipelines", json({ name: "real", program_code: program }))).status).toBe(201);
  expect((await ask(`${file}/stats`)).status).toBe(503);
  expect((await ask("POST /v0/pipelines/real/start")).status).toBe(202);
  await eventually(async () => (await ask("/v0/pipelines/real?selector=status")).body["deployment_status"] === "Running", 25_000);
  await eventually(async () => {
    const { body } = await ask("/v0/pipelines/real/stats?include_connector_errors=true");
    return (body["global_metrics"] as { pipeline_complete: boolean }).pipeline_complete;
  });
  expect((await ask("/v0/pipelines/real")).body).toMatchObject({ program_status: "Success", storage_status: "InUse" });
  expect((await ask("/v0/pipelines/real/tables/NUMBERS/connectors/c1/stats")).body).toMatchObject({
    endpoint_name: "numbers.c1",
    metrics: { total_records: 5, end_of_input: true },
  });
  const { body: fed } = await ask("POST /v0/pipelines/real/ingress/numbers?format=json", { body: '{"insert": {"n": 100}}\n' });
  await eventually(async () => {
    const token = encodeURIComponent(String(fed["token"]));
    return (await ask(`/v0/pipelines/real/completion_status?token=${token}`)).body["status"] === "complete";
  });
  const queried = await server.call("/v0/pipelines/real/query?format=json&sql=SELECT+c+FROM+totals");
  expect([queried.headers.get("content-type"), await queried.json()]).toEqual(["application/json", { c: 6 }]);
  const { status, body: reset } = await ask(`POST ${file}/reset`);
  expect(status).toBe(200);
  await eventually(
    async () => (await ask(`/v0/pipelines/real/reset_status?token=${String(reset["token"])}`)).body["status"] === "complete",
  );
  expect((await ask(`${file}/stats`)).body).toMatchObject({ endpoint_name: "totals.file", fatal_error: null });
  expect((await ask("/v0/pipelines/real/reset_status?token=x")).status).toBe(400);
  expect((await ask("/v0/pipelines/real/time_series")).status).toBe(200);
  for (const path of ["/v0/pipelines/real/metrics", "/v0/metrics"])
    expect((await server.call(path)).headers.get("content-type")).toBe("text/plain");
  expect((await ask("/v0/pipelines/real/events?selector=all")).status).toBe(200);
  expect((await ask("DELETE /v0/pipelines/real")).body).toMatchObject({ error_code: "DeleteRestrictedToFullyStopped" });
  expect((await ask("POST /v0/pipelines/real/stop?force=true")).status).toBe(202);
  await eventually(async () => (await ask("/v0/pipelines/real?selector=status")).body["deployment_status"] === "Stopped");
  expect((await ask(`/v0/pipelines/real/reset_status?token=${String(reset["token"])}`)).status).toBe(503);
  expect((await ask("POST /v0/pipelines/real/clear")).status).toBe(202);
  await eventually(async () => (await ask("/v0/pipelines/real?selector=status")).body["storage_status"] === "Cleared");
  expect((await ask("DELETE /v0/pipelines/real")).status).toBe(200);
  expect((await ask("/v0/pipelines/real")).status).toBe(404);
}, 60_000);
