import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { DuckDBInstance } from "@duckdb/node-api";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { type BuiltServer, startBuiltServer, until } from "./built-server.ts";

type Json = Record<string, unknown>;
const data = join(import.meta.dirname, "../../node_modules/vega-datasets/data");
let server: BuiltServer;
const pipeline = (): string => `${server.url}/v0/pipelines/flights`;
const getJson = async (url: string): Promise<Json> => (await fetch(url)).json() as Promise<Json>;
const post = async (url: string): Promise<Response> => {
  const response = await fetch(url, { method: "POST" });
  expect(response.ok).toBe(true);
  return response;
};
const lines = (text: string): string[] => text.split("\n").filter((line) => line !== "");
const query = async (sql: string): Promise<string[]> =>
  lines(await (await fetch(`${pipeline()}/query?format=json&sql=${encodeURIComponent(sql)}`)).text());
/** A row as text that does not depend on the order of its keys or on how a number is spelled. */
const canonical = (row: Json): string => JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)));
const canonicalRows = (rows: readonly string[]): string[] => rows.map((row) => canonical(JSON.parse(row) as Json)).sort();

/** What a reader of a JSON insert_delete file ends up with. */
async function fileContent(path: string): Promise<string[]> {
  const content = new Map<string, number>();
  for (const line of lines(await readFile(path, "utf8"))) {
    const { insert, delete: removed } = JSON.parse(line) as { insert?: Json; delete?: Json };
    const row = canonical((insert ?? removed) as Json);
    const weight = (content.get(row) ?? 0) + (insert ? 1 : -1);
    if (weight === 0) content.delete(row);
    else content.set(row, weight);
  }
  expect([...content.values()].every((weight) => weight === 1)).toBe(true);
  return [...content.keys()].sort();
}

async function directly(sql: string): Promise<string[]> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run(`CREATE VIEW flights AS SELECT * FROM '${join(data, "flights-3m.parquet")}'`);
  await connection.run(`CREATE VIEW airports AS SELECT * FROM '${join(data, "airports.csv")}'`);
  const rows = (await connection.runAndReadAll(`SELECT to_json(q) FROM (${sql}) q`)).getRows();
  connection.closeSync();
  return rows.map((row) => row[0] as string);
}

beforeAll(async () => {
  server = await startBuiltServer([]);
  await server.printed("Try next", 120_000);
}, 150_000);
afterAll(async () => {
  expect(await server.stop()).toBe(0);
}, 30_000);

describe("the flights demo", () => {
  const views = {
    delays_by_airport: `SELECT a.iata, a.name, a.city, a.state, count(*) AS flights, avg(f.delay) AS mean_delay, max(f.delay) AS max_delay
      FROM flights f JOIN airports a ON f.origin = a.iata GROUP BY ALL`,
    worst_routes: `SELECT origin, destination, count(*) AS flights, avg(delay) AS mean_delay FROM flights
      GROUP BY ALL HAVING count(*) >= 500 ORDER BY mean_delay DESC, origin, destination LIMIT 10`,
    flights_per_day: "SELECT CAST(date AS DATE) AS day, count(*) AS flights, avg(delay) AS mean_delay FROM flights GROUP BY 1",
  };

  test.each(Object.entries(views))("%s equals a direct query over the same files, row by row", async (view, sql) => {
    const expected = canonicalRows(await directly(sql));
    expect(expected.length).toBeGreaterThan(0);
    expect(canonicalRows(await query(`SELECT * FROM ${view}`))).toEqual(expected);
  });

  test("what it prints to try next works when pasted into a shell", async () => {
    const commands = server
      .stdout()
      .split("\n")
      .filter((line) => /^ +(curl|TOKEN=)/.test(line));
    expect(commands.length).toBeGreaterThan(8);
    // The subscription lasts until its reader leaves, here after its first line; every other command must end well by itself.
    const script = commands.map((line) =>
      line.includes("/egress/")
        ? `(${line.replace("curl", "curl --max-time 20")} || true) | head -n 1`
        : line.replace("curl", "curl --fail"),
    );
    const { stdout } = await promisify(execFile)("bash", ["-euo", "pipefail", "-c", script.join("\necho\n")], { timeout: 40_000 });
    expect(stdout).toContain("Chicago O'Hare International");
    expect(stdout).toMatch(/"status":"(inprogress|complete)"/);
    expect(stdout).toContain('"snapshot":true');
  }, 60_000);

  test("a reset of the file output, issued while the second input is flowing, leaves a file equal to the view", async () => {
    const more = `${pipeline()}/tables/flights/connectors/more`;
    const file = `${pipeline()}/views/delays_by_airport/connectors/file`;
    await post(`${more}/start`);
    await until(
      "the second input flowing",
      async () => (((await getJson(`${more}/stats`)).metrics as Json).total_records as number) > 2000 || undefined,
    );
    const { token } = (await (await post(`${file}/reset`)).json()) as { token: string };
    await until(
      "the reset's end",
      async () => (await getJson(`${pipeline()}/reset_status?token=${token}`)).status === "complete" || undefined,
    );
    await post(`${more}/pause`);
    const settled = (await (await fetch(`${more}/completion_token`)).json()) as { token: string };
    await until(
      "every output having what was taken in",
      async () => (await getJson(`${pipeline()}/completion_status?token=${settled.token}`)).status === "complete" || undefined,
    );
    expect(await fileContent(join(server.dataDir, "demo", "delays_by_airport.jsonl"))).toEqual(
      canonicalRows(await query("SELECT * FROM delays_by_airport")),
    );
  }, 60_000);
});
