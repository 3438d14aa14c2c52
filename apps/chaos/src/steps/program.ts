import { join } from "node:path";
import type { NewPipeline } from "@headgate/client";

export const pipelineName = "chaos";
/** Rows of the generator that ends, and of the content behind the URL. */
export const fewRows = 4000;
export const pageRows = 40_000;

/** Where the files of an epoch are. */
export interface Files {
  readonly source: string;
  readonly joined: string;
  readonly seen: string;
  readonly best: string;
  readonly pages: string;
  readonly lonely: string;
  /** On a disk that is full now and then; undefined where this process may not make one. */
  readonly tight: string | undefined;
}
export const filesIn = (directory: string, smallDisk: string | undefined): Files => ({
  source: join(directory, "source.jsonl"),
  joined: join(directory, "joined.jsonl"),
  seen: join(directory, "seen.jsonl"),
  best: join(directory, "best.jsonl"),
  pages: join(directory, "pages.jsonl"),
  lonely: join(directory, "lonely.jsonl"),
  tight: smallDisk === undefined ? undefined : join(smallDisk, "seen.jsonl"),
});

/** Each view that is kept, with its query over tables alone. */
export const views = {
  joined:
    "SELECT account.grp, count(*) AS entries, sum(entry.amount) AS total, max(entry.n) AS newest FROM account JOIN entry ON entry.account = account.id GROUP BY account.grp",
  seen: "SELECT n, 'entry' AS origin FROM entry UNION ALL SELECT n, 'line' AS origin FROM line",
  best: "SELECT grp, id, balance FROM (SELECT grp, id, balance, row_number() OVER (PARTITION BY grp ORDER BY balance DESC, id) AS place FROM account) WHERE place <= 3",
  lonely: "SELECT id FROM account WHERE id NOT IN (SELECT account FROM entry WHERE account IS NOT NULL)",
  pages: "SELECT n, body FROM page",
  made: "SELECT kind, count(*) AS made, sum(n) AS total FROM generated GROUP BY kind",
  // Recursion is beyond the incremental engine: this one is recomputed.
  steps:
    "WITH RECURSIVE up(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM up WHERE i < (SELECT least(count(*), 20) FROM account)) SELECT i FROM up",
} as const;

const connectors = (list: readonly unknown[]): string => `'${JSON.stringify(list).replaceAll("'", "''")}'`;
const fileOutput = (name: string, path: string, attributes: object = {}): object => ({
  name,
  transport: { name: "file_output", config: { path } },
  format: { name: "json", config: { update_format: "insert_delete" } },
  ...attributes,
});
const rawInput = (name: string, transport: object): object => ({
  name,
  transport,
  format: { name: "json", config: { update_format: "raw" } },
});

/** The generator whose rows do not end; `limit` for a reference that makes as many at once. */
export const endlessPlan = (limit?: number): object => ({
  seed: 7,
  plan: [{ ...(limit === undefined ? { rate: 2000 } : { limit }), fields: { kind: { strategy: "uniform", range: [0, 10] } } }],
});
const generatedTable = (config: object): string =>
  `CREATE TABLE generated (n BIGINT NOT NULL, kind INT) WITH ('materialized' = 'true', 'connectors' = ${connectors([
    { name: "datagen", transport: { name: "datagen", config } },
  ])});`;

/**
 * Sources with a position (a followed file, a URL, generators with and without an end) and without (HTTP, ad-hoc INSERT). Sinks that must not
 * repeat a step: at once, behind buffers that hold changes over several commits, with snapshots, and on a disk that is full at times.
 */
export function chaosPipeline(files: Files, pagesUrl: string): NewPipeline {
  const source = connectors([rawInput("file", { name: "file_input", config: { path: files.source, follow: true } })]);
  const pages = connectors([rawInput("url", { name: "url_input", config: { path: pagesUrl } })]);
  const few = connectors([
    { name: "datagen", transport: { name: "datagen", config: { seed: 3, plan: [{ limit: fewRows, rate: 1000 }] } } },
  ]);
  const view = (name: keyof typeof views, ...outputs: readonly object[]): string =>
    `CREATE MATERIALIZED VIEW ${name} ${outputs.length === 0 ? "" : `WITH ('connectors' = ${connectors(outputs)})`} AS ${views[name]};`;
  const tight = files.tight === undefined ? [] : [fileOutput("tight", files.tight)];
  const buffer = (time: number, records: number): object => ({
    enable_output_buffer: true,
    max_output_buffer_time_millis: time,
    max_output_buffer_size_records: records,
  });
  return {
    name: pipelineName,
    program_code: [
      "CREATE TABLE account (id BIGINT NOT NULL PRIMARY KEY, grp INT NOT NULL, balance BIGINT);",
      "CREATE TABLE entry (n BIGINT NOT NULL, account BIGINT, amount DECIMAL(10, 2)) WITH ('materialized' = 'true');",
      `CREATE TABLE line (n BIGINT NOT NULL, body VARCHAR) WITH ('materialized' = 'true', 'connectors' = ${source});`,
      `CREATE TABLE page (n BIGINT NOT NULL, body VARCHAR) WITH ('materialized' = 'true', 'connectors' = ${pages});`,
      generatedTable(endlessPlan()),
      `CREATE TABLE few (n BIGINT NOT NULL) WITH ('materialized' = 'true', 'connectors' = ${few});`,
      view("joined", fileOutput("sink", files.joined)),
      view("seen", fileOutput("sink", files.seen), ...tight),
      view("best", fileOutput("buffered", files.best, buffer(300, 500))),
      view("lonely", fileOutput("snapshot", files.lonely, { send_snapshot: true })),
      view("pages", fileOutput("late", files.pages, buffer(1500, 5000))),
      view("made"),
      view("steps"),
    ].join("\n"),
    runtime_config: { workers: 1, fault_tolerance: { checkpoint_interval_secs: 1 } },
  };
}

export const referenceName = "reference";
/** Makes the first `rows` rows of the endless generator in one go. */
export const referencePipeline = (rows: number): NewPipeline => ({
  name: referenceName,
  program_code: generatedTable(endlessPlan(rows)),
  runtime_config: { workers: 1, storage: null },
});
