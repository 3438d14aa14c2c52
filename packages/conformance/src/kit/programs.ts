/** One element of a relation's `connectors` property. */
export type Connector = Readonly<Record<string, unknown>>;

/** The `connectors` property, as SQL writes it. */
export const connectors = (list: readonly Connector[]): string => `'connectors' = '${JSON.stringify(list).replaceAll("'", "''")}'`;

/** An input that makes rows `id` = 0, 1, 2 …; endless without a limit. */
export const datagen = (name: string, plan: Connector = {}, more: Connector = {}): Connector => ({
  name,
  transport: { name: "datagen", config: { plan: [{ fields: { id: { strategy: "increment" } }, ...plan }] } },
  ...more,
});

export const fileOutput = (name: string, path: string, more: Connector = {}): Connector => ({
  name,
  transport: { name: "file_output", config: { path } },
  format: { name: "json" },
  ...more,
});
export const nullOutput = (name: string, more: Connector = {}): Connector => ({ name, transport: { name: "null_output" }, ...more });

/** Table `t (id, name)` with a key, and materialized view `v` that equals it, with these connectors. */
export function copyProgram(inputs: readonly Connector[] = [], outputs: readonly Connector[] = []): string {
  return `
    CREATE TABLE t (id INT NOT NULL PRIMARY KEY, name VARCHAR) WITH ('materialized' = 'true', ${connectors(inputs)});
    CREATE MATERIALIZED VIEW v WITH (${connectors(outputs)}) AS SELECT id, name FROM t;`;
}

/** What a follower of changes holds after them: rows as JSON text, each as often as it is in the view. */
export function applyChanges(held: Map<string, number>, changes: readonly unknown[]): void {
  for (const change of changes) {
    const { insert, delete: gone } = change as { readonly insert?: unknown; readonly delete?: unknown };
    const row = JSON.stringify(insert ?? gone);
    const count = (held.get(row) ?? 0) + (insert === undefined ? -1 : 1);
    if (count === 0) held.delete(row);
    else held.set(row, count);
  }
}
