import { appendFileSync } from "node:fs";
import type { Client } from "@headgate/client";
import { pipelineName } from "./program.ts";
import type { Random } from "./random.ts";

/** What was sent, and what the server said of it: the truth that the tables are compared with. */
export interface Sent {
  /** Account → the value that was last acknowledged (null: deleted), and those sent later of which nothing is known. */
  readonly accounts: Map<number, { acknowledged: string | null; readonly unknown: (string | null)[] }>;
  /** Entries by number: acknowledged or not. */
  readonly entries: Map<number, boolean>;
  /** Lines written to the source file. */
  lines: number;
}

export const nothingSent = (): Sent => ({ accounts: new Map(), entries: new Map(), lines: 0 });

/** Rows of one account as the check reads them back. */
export const accountText = (grp: number, balance: number): string => `${String(grp)}/${String(balance)}`;

/** Feeds all sources until told to stop; a request that fails leaves its rows unknown, and the feed goes on with the next. */
export async function feed(client: Client, sourceFile: string, sent: Sent, random: Random, stopped: AbortSignal): Promise<void> {
  await Promise.all([
    repeat(stopped, () => feedAccounts(client, sent, random)),
    repeat(stopped, () => feedEntries(client, sent, random)),
    repeat(stopped, () => {
      feedFile(sourceFile, sent, random);
      return Promise.resolve();
    }),
  ]);
}

async function repeat(stopped: AbortSignal, once: () => Promise<void>): Promise<void> {
  while (!stopped.aborted) {
    await once().catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const accountCount = 2000;

async function feedAccounts(client: Client, sent: Sent, random: Random): Promise<void> {
  const changes = new Map<number, string | null>();
  const lines: string[] = [];
  for (let i = 0; i <= random.below(50); i++) {
    const id = random.below(accountCount);
    if (changes.has(id)) continue;
    const [grp, balance] = [random.below(20), random.below(1_000_000)];
    const gone = random.below(10) === 0;
    changes.set(id, gone ? null : accountText(grp, balance));
    lines.push(JSON.stringify(gone ? { delete: { id } } : { insert: { id, grp, balance } }));
  }
  for (const [id, value] of changes) {
    const known = sent.accounts.get(id) ?? { acknowledged: null, unknown: [] };
    known.unknown.push(value);
    sent.accounts.set(id, known);
  }
  await client.ingressRaw(pipelineName, "account", lines.join("\n"), {
    format: "json",
    updateFormat: "insert_delete",
    timeoutMs: 20_000,
  });
  for (const [id, value] of changes) sent.accounts.set(id, { acknowledged: value, unknown: [] });
}

async function feedEntries(client: Client, sent: Sent, random: Random): Promise<void> {
  const first = sent.entries.size;
  const rows = Array.from({ length: 1 + random.below(100) }, (_, i) => ({
    n: first + i,
    account: random.below(20) === 0 ? null : random.below(accountCount),
    amount: `${String(random.below(1000))}.${String(10 + random.below(90))}`,
  }));
  for (const { n } of rows) sent.entries.set(n, false);
  await client.ingress(pipelineName, "entry", rows, { timeoutMs: 20_000 });
  for (const { n } of rows) sent.entries.set(n, true);
}

/** Appends lines, sometimes half a line that the next call completes: readers must wait for its end. */
function feedFile(path: string, sent: Sent, random: Random): void {
  const count = 1 + random.below(60);
  let text = "";
  for (let i = 0; i < count; i++) text += `${JSON.stringify({ n: sent.lines + i, body: "x".repeat(random.below(40)) })}\n`;
  const cut = random.below(text.length);
  appendFileSync(path, text.slice(0, cut));
  appendFileSync(path, text.slice(cut));
  sent.lines += count;
}
