import { join } from "node:path";
import type { NewPipeline } from "@headgate/client";

export const pipelineName = "chaos";
/** Rows that the generated table ends with. */
export const generatedRows = 200_000;

export interface Files {
  readonly source: string;
  readonly joined: string;
  readonly seen: string;
}
export const filesIn = (directory: string): Files => ({
  source: join(directory, "source.jsonl"),
  joined: join(directory, "joined.jsonl"),
  seen: join(directory, "seen.jsonl"),
});

/** Each view that is kept, with its query over tables alone. */
export const views = {
  joined:
    "SELECT account.grp, count(*) AS entries, sum(entry.amount) AS total, max(entry.n) AS newest FROM account JOIN entry ON entry.account = account.id GROUP BY account.grp",
  seen: "SELECT n, 'entry' AS origin FROM entry UNION ALL SELECT n, 'line' AS origin FROM line",
  best: "SELECT grp, id, balance FROM (SELECT grp, id, balance, row_number() OVER (PARTITION BY grp ORDER BY balance DESC, id) AS place FROM account) WHERE place <= 3",
  lonely: "SELECT id FROM account WHERE id NOT IN (SELECT account FROM entry WHERE account IS NOT NULL)",
  made: "SELECT kind, count(*) AS made, sum(n) AS total FROM generated GROUP BY kind",
  // Recursion is beyond the incremental engine: this one is recomputed.
  steps:
    "WITH RECURSIVE up(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM up WHERE i < (SELECT least(count(*), 20) FROM account)) SELECT i FROM up",
} as const;

const connectors = (list: readonly unknown[]): string => `'${JSON.stringify(list).replaceAll("'", "''")}'`;
const fileOutput = (name: string, path: string): string =>
  connectors([
    {
      name,
      transport: { name: "file_output", config: { path } },
      format: { name: "json", config: { update_format: "insert_delete" } },
    },
  ]);

/** Sources with a position (a file, a generator) and without (HTTP), and two sinks that must not repeat a step. */
export function chaosPipeline(files: Files): NewPipeline {
  const source = connectors([
    {
      name: "file",
      transport: { name: "file_input", config: { path: files.source, follow: true } },
      format: { name: "json", config: { update_format: "raw" } },
    },
  ]);
  const generator = connectors([
    {
      name: "datagen",
      transport: {
        name: "datagen",
        config: {
          seed: 7,
          plan: [{ limit: generatedRows, rate: 4000, fields: { kind: { strategy: "uniform", range: [0, 10] } } }],
        },
      },
    },
  ]);
  const view = (name: keyof typeof views, properties = ""): string => `CREATE MATERIALIZED VIEW ${name} ${properties} AS ${views[name]};`;
  return {
    name: pipelineName,
    program_code: [
      "CREATE TABLE account (id BIGINT NOT NULL PRIMARY KEY, grp INT NOT NULL, balance BIGINT);",
      "CREATE TABLE entry (n BIGINT NOT NULL, account BIGINT, amount DECIMAL(10, 2)) WITH ('materialized' = 'true');",
      `CREATE TABLE line (n BIGINT NOT NULL, body VARCHAR) WITH ('materialized' = 'true', 'connectors' = ${source});`,
      `CREATE TABLE generated (n BIGINT NOT NULL, kind INT) WITH ('materialized' = 'true', 'connectors' = ${generator});`,
      view("joined", `WITH ('connectors' = ${fileOutput("sink", files.joined)})`),
      view("seen", `WITH ('connectors' = ${fileOutput("sink", files.seen)})`),
      view("best"),
      view("lonely"),
      view("made"),
      view("steps"),
    ].join("\n"),
    runtime_config: { workers: 1, fault_tolerance: { checkpoint_interval_secs: 1 } },
  };
}
