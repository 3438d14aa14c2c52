import { compileProgram, createEngine, type Maintenance } from "@headgate/engine";
import { nexmarkQueries, nexmarkTables } from "../../../apps/bench/src/engine/nexmark.ts";
import { aggregateFunctions } from "../src/aggregates/bind-aggregate.ts";
import { provenCasts } from "../src/expression/casts/proven-casts.ts";
import { functionTable } from "../src/functions/function-table.ts";
import { tpchQueries } from "../test/oracle/tpch/queries.ts";
import { tpchTables } from "../test/oracle/tpch/schema.ts";
import { examples, exampleTables, refusals, streams, streamTables } from "./sql-page-examples.ts";

/** The text of docs/sql.md, from what the engine does with each query. */
export async function renderSqlPage(): Promise<string> {
  const parts = [
    "# SQL: what is incremental, recomputed, refused",
    "<!-- written by packages/engine/scripts/write-sql-page.ts (npm run docs:sql): do not edit -->",
    introduction,
    "## Queries",
  ];
  const all = Object.assign({}, ...Object.values(examples)) as Readonly<Record<string, string>>;
  const kept = await maintenance(exampleTables, all);
  for (const [title, queries] of Object.entries(examples)) parts.push(`### ${title}`, queryTable(queries, kept));
  parts.push("## Behind a LATENESS", streamsText, streamTable(await maintenance(streamTables, streams)));
  parts.push("## What a step costs", costText);
  parts.push("## Refused", refusedText, await refusedTable());
  parts.push("## Aggregates", aggregatesText, names(aggregateFunctions.flatMap((each) => each.names)));
  parts.push("## Functions", functionsText, names(functionTable.flatMap((each) => each.names)));
  parts.push("## Casts", castsText, castTable());
  parts.push("## TPC-H", tpchText, summary(await maintenance(tpchTables, tpchQueries)));
  parts.push("## Nexmark", nexmarkText, summary(await maintenance(nexmarkTables, nexmarkQueries)));
  return `${parts.join("\n\n")}\n`;
}

const introduction = `Queries are DuckDB's, and every query that DuckDB binds can be a view. How a view is kept is decided for each one alone:

- **incremental**: its change is computed from the changes of what it reads, by operators that are proven to give what DuckDB gives.
- **recomputed**: DuckDB runs the query again in each step in which something below it changed, and the change is the difference. Slower,
  never wrong. A view goes back to this whole when one thing in it is not proven; the reason names that thing. \`dataflow_graph\` shows it.
- **refused**: the program does not compile.

A fuzzer (\`npm run fuzz -- engine\`) compares random programs with DuckDB after every step.`;
const streamsText = `A view whose columns follow a column with \`LATENESS\` (here \`ts\`, of tables \`e\` and \`f\`) forgets what stands behind the watermark, and so
do views above it. Each such column can be its \`emit_final\`. A view without one is right all the same and keeps what it needs.`;
const costText = `An incremental view costs by what changed, with these exceptions:

- **Windows** compute a partition that a change touches as a whole, so a step costs by the size of those partitions: \`OVER (ORDER BY …)\`
  without \`PARTITION BY\` looks at every row in each step. The first rows of each partition (\`QUALIFY row_number() … <= n\`) do not.
- **Joins on an inequality alone** (\`t.a < u.a\`) and \`CROSS JOIN\` compare each changed row with all rows of the other side.
- **median and quantiles** walk the values of a changed group in blocks; **array_agg and string_agg** write the whole list of a changed group.
- **IN of several columns** follows DuckDB where one of them is NULL: the answer is NULL when the subquery has rows.
- **FILTER** of an aggregate does not keep its argument from being computed, as in DuckDB: a cast that fails there fails the step.`;
const refusedText = "A view whose content would not follow from its tables is refused:";
const aggregatesText =
  "Incremental with any arguments that their tests prove; each also with `DISTINCT` and `FILTER`. Others are recomputed.";
const functionsText = "Incremental, for the argument types that their tests prove. Others are recomputed.";
const castsText = "Incremental, between these types and from one `DECIMAL` to another; also as `TRY_CAST`. Others are recomputed.";
const tpchText =
  "The 22 queries, maintained over a stream with updates and deletes and compared with DuckDB after every step (`packages/engine/test/oracle`):";
const nexmarkText = "The queries that fit, in our wording (`apps/bench/src/engine/nexmark.ts`), compared in the same way:";

/** How the engine keeps each query as a view, by name. */
async function maintenance(tables: string, queries: Readonly<Record<string, string>>): Promise<ReadonlyMap<string, Maintenance>> {
  const entries = Object.entries(queries);
  const views = entries.map(([, query], i) => `CREATE VIEW example_${i} AS ${query};`);
  const compiled = await compileProgram(tables + views.join("\n"));
  if (!compiled.ok) throw new Error(compiled.messages.map(({ message, snippet }) => `${message}\n${snippet ?? ""}`).join("\n"));
  const engine = await createEngine({ program: compiled.program, storage: { kind: "memory" }, threads: 1 });
  const found = new Map(entries.map(([name], i) => [name, engine.dataflow.views.get(`example_${i}`)!]));
  await engine.close();
  return found;
}

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");
const modeOf = (kept: Maintenance): string => (kept.mode === "incremental" ? "incremental" : `recomputed: ${kept.reason}`);

function queryTable(queries: Readonly<Record<string, string>>, kept: ReadonlyMap<string, Maintenance>): string {
  return table(["", "for example", "kept"], Object.entries(queries).map(([name, query]) => [name, `\`${query}\``, modeOf(kept.get(name)!)])); // prettier-ignore
}

function streamTable(kept: ReadonlyMap<string, Maintenance>): string {
  const follows = (maintenance: Maintenance): string =>
    "bounds" in maintenance ? maintenance.bounds!.map((name) => `\`${name}\``).join(", ") : "—";
  return table(["", "for example", "follows"], Object.entries(streams).map(([name, query]) => [name, `\`${query}\``, follows(kept.get(name)!)])); // prettier-ignore
}

async function refusedTable(): Promise<string> {
  const rows: string[][] = [];
  for (const [name, query] of Object.entries(refusals)) {
    const compiled = await compileProgram(`${exampleTables}CREATE VIEW refused AS ${query};`);
    if (compiled.ok) throw new Error(`'${query}' is not refused`);
    rows.push([name, `\`${query}\``, compiled.messages[0]!.message]);
  }
  return table(["", "for example", "says"], rows);
}

function summary(kept: ReadonlyMap<string, Maintenance>): string {
  return table(["query", "kept"], [...kept].map(([name, mode]) => [name, modeOf(mode)])); // prettier-ignore
}

const names = (all: readonly string[]): string => [...new Set(all)].sort().map((name) => `\`${name}\``).join(", "); // prettier-ignore

function castTable(): string {
  const sources = [...new Set(provenCasts.map(({ from }) => from))];
  const targets = (source: string): string => names(provenCasts.filter(({ from }) => from === source).map(({ to }) => to));
  return table(["from", "to"], sources.map((source) => [`\`${source}\``, targets(source)])); // prettier-ignore
}

/** A Markdown table, padded as Prettier does it. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [head, ...rows].map((row) => row.map(cell));
  const widths = head.map((_, column) => Math.max(3, ...cells.map((row) => [...row[column]!].length)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((text, i) => text + " ".repeat(widths[i]! - [...text].length)).join(" | ")} |`;
  return [line(cells[0]!), `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...cells.slice(1).map(line)].join("\n");
}
