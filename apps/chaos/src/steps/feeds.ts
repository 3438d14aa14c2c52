import { appendFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "@headgate/client";
import { pipelineName } from "./program.ts";
import type { Random } from "./random.ts";
import type { SmallDisk } from "./small-disk.ts";

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

/** What feeds work on. */
export interface FeedContext {
  readonly client: Client;
  readonly sourceFile: string;
  readonly disk: SmallDisk | undefined;
  readonly sent: Sent;
  readonly random: Random;
}

const pauseMs = 5;
/** After a failure, most often because the pipeline is gone. */
const restMs = 40;

/** Feeds all sources until told to stop; a request that fails leaves its rows unknown, and the feed goes on with the next. */
export async function feed(context: FeedContext, stopped: AbortSignal): Promise<void> {
  const { client, disk, random } = context;
  await Promise.all([
    repeat(stopped, pauseMs, () => feedAccounts(context)),
    repeat(stopped, pauseMs, () => feedEntries(context)),
    repeat(stopped, 4 * pauseMs, () => feedFile(context)),
    repeat(stopped, 150, () => client.outputs.reset(pipelineName, "lonely", "snapshot", { timeoutMs: 5000 })),
    repeat(stopped, 250, () => client.checkpoints.request(pipelineName, { timeoutMs: 5000 })),
    repeat(stopped, 200, () => {
      if (random.below(2) === 0) disk?.fill();
      else disk?.free();
    }),
  ]);
}

async function repeat(stopped: AbortSignal, restOf: number, once: () => unknown): Promise<void> {
  while (!stopped.aborted) {
    const failed = await Promise.resolve()
      .then(once)
      .then(
        () => false,
        () => true,
      );
    await sleep(failed ? Math.max(restOf, restMs) : restOf, undefined, { signal: stopped }).catch(() => undefined);
  }
}

const accountCount = 2000;

async function feedAccounts({ client, random, sent }: FeedContext): Promise<void> {
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

/** By ingress, and sometimes by an ad-hoc INSERT. */
async function feedEntries({ client, random, sent }: FeedContext): Promise<void> {
  const first = sent.entries.size;
  const rows = Array.from({ length: 1 + random.below(40) }, (_, i) => ({
    n: first + i,
    account: random.below(20) === 0 ? null : random.below(accountCount),
    amount: `${String(random.below(1000))}.${String(10 + random.below(90))}`,
  }));
  for (const { n } of rows) sent.entries.set(n, false);
  if (random.below(8) > 0) await client.ingress(pipelineName, "entry", rows, { timeoutMs: 20_000 });
  else {
    const values = rows.map(({ account, amount, n }) => `(${String(n)}, ${String(account ?? "NULL")}, ${amount})`);
    await client.queryText(pipelineName, `INSERT INTO entry VALUES ${values.join(", ")}`, { timeoutMs: 20_000 });
  }
  for (const { n } of rows) sent.entries.set(n, true);
}

/** Appends lines, sometimes half a line that the next call completes: readers must wait for its end. */
function feedFile({ random, sent, sourceFile }: FeedContext): void {
  const count = 1 + random.below(30);
  let text = "";
  for (let i = 0; i < count; i++) text += `${JSON.stringify({ n: sent.lines + i, body: "x".repeat(random.below(40)) })}\n`;
  const cut = random.below(text.length);
  appendFileSync(sourceFile, text.slice(0, cut));
  appendFileSync(sourceFile, text.slice(cut));
  sent.lines += count;
}
