import { readFileSync } from "node:fs";
import type { Client } from "@headgate/client";
import { accountText, type Sent } from "./feeds.ts";
import { generatedRows, pipelineName, views, type Files } from "./program.ts";
import { until } from "./until.ts";

const settleMs = 60_000;

/**
 * Compares everything with what was acknowledged. The feeds must have ended; the generator may go on.
 *
 * @throws Error naming the first difference.
 */
export async function verify(client: Client, sent: Sent, files: Files): Promise<void> {
  await verifyAccounts(client, sent);
  await verifyEntries(client, sent);
  await until(
    `all ${String(sent.lines)} lines of the file in the table`,
    async () => ((await number(client, "SELECT count(*) AS x FROM line")) >= sent.lines ? true : undefined),
    settleMs,
  );
  await verifyNumbers(client, "line", sent.lines);
  await verifyViews(client);
  await verifyGenerated(client);
  await verifySeenFile(client, files.seen);
  await verifyJoinedFile(client, files.joined);
}

/** The generator has given all its rows, each once. */
export async function verifyEnd(client: Client): Promise<void> {
  await until(
    "the generator's last row",
    async () => ((await number(client, "SELECT count(*) AS x FROM generated")) >= generatedRows ? true : undefined),
    180_000,
  );
  await verifyNumbers(client, "generated", generatedRows);
}

async function rows<Row>(client: Client, sql: string): Promise<Row[]> {
  const found: Row[] = [];
  for await (const row of await client.query<Row>(pipelineName, sql)) found.push(row);
  return found;
}

async function number(client: Client, sql: string): Promise<number> {
  return (await rows<{ x: number }>(client, sql))[0]!.x;
}

async function verifyAccounts(client: Client, sent: Sent): Promise<void> {
  const found = new Map<number, string>();
  const stored = await rows<{ id: number; grp: number; balance: number }>(client, "SELECT id, grp, balance FROM account");
  for (const { id, grp, balance } of stored) found.set(id, accountText(grp, balance));
  if (found.size !== stored.length) throw new Error("account: a key is there twice");
  for (const [id, known] of sent.accounts) {
    const value = found.get(id) ?? null;
    if (value !== known.acknowledged && !known.unknown.includes(value))
      throw new Error(`account ${String(id)} is ${String(value)}; acknowledged was ${String(known.acknowledged)}`);
    sent.accounts.set(id, { acknowledged: value, unknown: [] });
    found.delete(id);
  }
  if (found.size > 0) throw new Error(`account: ${String(found.size)} rows that nobody sent`);
}

async function verifyEntries(client: Client, sent: Sent): Promise<void> {
  const found = new Set<number>();
  for (const { n } of await rows<{ n: number }>(client, "SELECT n FROM entry")) {
    if (found.has(n)) throw new Error(`entry ${String(n)} is there twice`);
    if (!sent.entries.has(n)) throw new Error(`entry ${String(n)} was never sent`);
    found.add(n);
  }
  for (const [n, acknowledged] of sent.entries) {
    if (acknowledged && !found.has(n)) throw new Error(`entry ${String(n)} was acknowledged and is lost`);
    // What is there now must stay; the number of a lost one is not sent again.
    if (found.has(n)) sent.entries.set(n, true);
  }
}

/** The table holds 0 … count − 1, each once. */
async function verifyNumbers(client: Client, table: string, count: number): Promise<void> {
  const [found] = await rows<{ all: number; distinct: number; least: number; most: number }>(
    client,
    `SELECT count(*) AS "all", count(DISTINCT n) AS "distinct", coalesce(min(n), 0) AS least, coalesce(max(n), -1) AS most FROM ${table}`,
  );
  const expected = { all: count, distinct: count, least: 0, most: count - 1 };
  if (JSON.stringify(found) !== JSON.stringify(expected))
    throw new Error(`${table} holds ${JSON.stringify(found)}; expected ${JSON.stringify(expected)}`);
}

/** Each view equals its query over the tables, within one ad-hoc query, which sees one state. */
async function verifyViews(client: Client): Promise<void> {
  for (const [name, query] of Object.entries(views)) {
    const kept = `SELECT * FROM ${name}`;
    const differing = await number(
      client,
      `SELECT (SELECT count(*) FROM ((${query}) EXCEPT ALL (${kept}))) + (SELECT count(*) FROM ((${kept}) EXCEPT ALL (${query}))) AS x`,
    );
    if (differing !== 0) throw new Error(`view ${name}: ${String(differing)} rows differ from its recomputation`);
  }
}

/** The generator counts up, so whatever is there is a gapless beginning. */
async function verifyGenerated(client: Client): Promise<void> {
  const gaps = await number(client, "SELECT (count(*) - count(DISTINCT n)) + abs(count(*) - coalesce(max(n) + 1, 0)) AS x FROM generated");
  if (gaps !== 0) throw new Error(`generated: ${String(gaps)} numbers are missing or there twice`);
}

type FileLine = { readonly insert: Record<string, unknown> } | { readonly delete: Record<string, unknown> };

function fileLines(path: string): FileLine[] {
  const text = readFileSync(path, "utf8");
  if (text !== "" && !text.endsWith("\n")) throw new Error(`${path} ends in the middle of a line`);
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as FileLine);
}

/** A view that only grows: its file has each row exactly once. */
async function verifySeenFile(client: Client, path: string): Promise<void> {
  const expected = new Set(
    (await rows<{ n: number; origin: string }>(client, views.seen)).map(({ n, origin }) => `${origin} ${String(n)}`),
  );
  const found = await until(
    `the ${String(expected.size)} rows of the view in ${path}`,
    () => {
      const lines = fileLines(path);
      return Promise.resolve(lines.length >= expected.size ? lines : undefined);
    },
    settleMs,
  );
  const seen = new Set<string>();
  for (const line of found) {
    if (!("insert" in line)) throw new Error(`${path}: a deletion of a row that never went: ${JSON.stringify(line)}`);
    const row = `${String(line.insert["origin"])} ${String(line.insert["n"])}`;
    if (seen.has(row)) throw new Error(`${path}: ${row} is there twice`);
    if (!expected.has(row)) throw new Error(`${path}: ${row} is not in the view`);
    seen.add(row);
  }
  if (seen.size !== expected.size) throw new Error(`${path}: ${String(expected.size - seen.size)} rows are missing`);
}

/** A view that changes: its file, replayed, never removes what is not there or adds what is, and ends as the view. */
async function verifyJoinedFile(client: Client, path: string): Promise<void> {
  const text = (row: Record<string, unknown>): string => JSON.stringify(Object.entries(row).sort());
  const expected = (await rows<Record<string, unknown>>(client, "SELECT * FROM joined")).map(text).sort().join("\n");
  await until(
    `${path} equal to the view`,
    () => Promise.resolve(replay(path, text).sort().join("\n") === expected ? true : undefined),
    settleMs,
  );
}

function replay(path: string, text: (row: Record<string, unknown>) => string): string[] {
  const weights = new Map<string, number>();
  for (const line of fileLines(path)) {
    const [row, weight] = "insert" in line ? [text(line.insert), 1] : [text(line.delete), -1];
    weights.set(row, (weights.get(row) ?? 0) + weight);
  }
  const held: string[] = [];
  for (const [row, weight] of weights) {
    if (weight !== 0 && weight !== 1) throw new Error(`${path}: ${row} comes ${String(weight)} times`);
    if (weight === 1) held.push(row);
  }
  return held;
}
