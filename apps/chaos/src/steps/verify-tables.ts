import type { Client } from "@headgate/client";
import { accountText, type Sent } from "./feeds.ts";
import { fewRows, pageRows, referenceName, referencePipeline, views } from "./program.ts";
import { numberOf, rowsOf } from "./rows-of.ts";
import { until } from "./until.ts";

const settleMs = 60_000;

/**
 * Compares tables with what was acknowledged, and views with their recomputation. The feeds must have ended; generators may go on.
 *
 * @throws Error naming the first difference.
 */
export async function verifyTables(client: Client, sent: Sent): Promise<void> {
  await verifyAccounts(client, sent);
  await verifyEntries(client, sent);
  await verifyWhole(client, "line", sent.lines);
  for (const table of ["page", "generated", "few"]) await verifyBeginning(client, table);
  await verifyViews(client);
}

/** Sources that end have given everything, once; the endless generator has made what another run of it makes. */
export async function verifySources(client: Client): Promise<void> {
  await verifyWhole(client, "page", pageRows);
  await verifyWhole(client, "few", fewRows);
  const sum = "sum((n + 1) * (kind + 1))";
  const [made] = await rowsOf<{ count: number; sum: number }>(client, `SELECT count(*) AS count, ${sum} AS sum FROM generated`);
  const rows = made!.count;
  await client.pipelines.create(referencePipeline(rows));
  await client.pipelines.startAndWait(referenceName);
  const table = "SELECT count(*) AS x FROM generated";
  await until("the reference", async () => ((await numberOf(client, table, referenceName)) >= rows ? true : undefined), settleMs);
  const expected = await numberOf(client, `SELECT ${sum} AS x FROM generated`, referenceName);
  await client.pipelines.stop(referenceName);
  if (made!.sum !== expected) throw new Error(`generated: its ${String(rows)} rows are others than an undisturbed generator makes`);
}

async function verifyAccounts(client: Client, sent: Sent): Promise<void> {
  const found = new Map<number, string>();
  const stored = await rowsOf<{ id: number; grp: number; balance: number }>(client, "SELECT id, grp, balance FROM account");
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
  for (const { n } of await rowsOf<{ n: number }>(client, "SELECT n FROM entry")) {
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

/** The table comes to hold 0 … count − 1, each once. */
async function verifyWhole(client: Client, table: string, count: number): Promise<void> {
  const held = `SELECT count(*) AS x FROM ${table}`;
  await until(`${String(count)} rows in ${table}`, async () => ((await numberOf(client, held)) >= count ? true : undefined), settleMs);
  const [found] = await rowsOf<{ all: number; distinct: number; least: number; most: number }>(
    client,
    `SELECT count(*) AS "all", count(DISTINCT n) AS "distinct", coalesce(min(n), 0) AS least, coalesce(max(n), -1) AS most FROM ${table}`,
  );
  const expected = { all: count, distinct: count, least: 0, most: count - 1 };
  if (JSON.stringify(found) !== JSON.stringify(expected))
    throw new Error(`${table} holds ${JSON.stringify(found)}; expected ${JSON.stringify(expected)}`);
}

/** A source that counts up and is still at it: whatever is there is a gapless beginning. */
async function verifyBeginning(client: Client, table: string): Promise<void> {
  const gaps = await numberOf(client, `SELECT (count(*) - count(DISTINCT n)) + abs(count(*) - coalesce(max(n) + 1, 0)) AS x FROM ${table}`);
  if (gaps !== 0) throw new Error(`${table}: ${String(gaps)} numbers are missing or there twice`);
}

/** Each view equals its query over the tables, within one ad-hoc query, which sees one state. */
async function verifyViews(client: Client): Promise<void> {
  for (const [name, query] of Object.entries(views)) {
    const kept = `SELECT * FROM ${name}`;
    const differing = await numberOf(
      client,
      `SELECT (SELECT count(*) FROM ((${query}) EXCEPT ALL (${kept}))) + (SELECT count(*) FROM ((${kept}) EXCEPT ALL (${query}))) AS x`,
    );
    if (differing !== 0) throw new Error(`view ${name}: ${String(differing)} rows differ from its recomputation`);
  }
}
