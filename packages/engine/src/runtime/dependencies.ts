import { DuckDBInstance } from "@duckdb/node-api";
import { inspectQuery } from "../query/inspect-query.ts";
import { parseSelect } from "../query/parse-select.ts";
import type { Program } from "../types.ts";

/** View → canonical names of the relations that its query reads itself. */
export type Dependencies = ReadonlyMap<string, ReadonlySet<string>>;

/** Reads each view's inputs from its query, with a parser of its own. */
export async function readDependencies(program: Program): Promise<Dependencies> {
  const canonical = new Map([...program.tables, ...program.views].map((r) => [r.name.toLowerCase(), r.name]));
  const dependencies = new Map<string, ReadonlySet<string>>();
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  try {
    for (const view of program.views) {
      const { relations } = inspectQuery(await parseSelect(connection, view.query), { volatile: true });
      dependencies.set(view.name, new Set([...relations.keys()].flatMap((name) => canonical.get(name) ?? [])));
    }
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
  return dependencies;
}

/** The given views and every view below them. */
export function withInputs(views: Iterable<string>, dependencies: Dependencies): Set<string> {
  const needed = new Set<string>();
  const visit = (name: string): void => {
    const inputs = dependencies.get(name);
    if (inputs === undefined || needed.has(name)) return;
    needed.add(name);
    for (const input of inputs) visit(input);
  };
  for (const view of views) visit(view);
  return needed;
}
