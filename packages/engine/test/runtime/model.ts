import {
  compileProgram,
  createEngine,
  type Delta,
  type Engine,
  type Program,
  type Row,
  type StorageLocation,
  type Value,
} from "@headgate/engine";

/** A multiset of rows by their text, for comparing contents whatever their order. */
export type Bag = Map<string, number>;

/** A row as text that tells values and their JavaScript types apart; 0 and -0, and all NaN, are alike as in SQL. */
export function rowText(row: Row): string {
  return row.map(valueText).join(" | ");
}
function valueText(value: Value): string {
  if (value === null) return "NULL";
  if (typeof value === "number") return `${typeof value}:${value === 0 ? 0 : value}`;
  if (value instanceof Uint8Array) return `bytes:${Buffer.from(value).toString("hex")}`;
  if (Array.isArray(value)) return `[${(value as readonly Value[]).map(valueText).join(",")}]`;
  if (typeof value === "object") return `interval:${Object.values(value).join("/")}`;
  return `${typeof value}:${String(value)}`;
}

export function addRows(bag: Bag, rows: readonly Row[]): Bag {
  for (const row of rows) add(bag, rowText(row), 1);
  return bag;
}
/** Adds a delta, and checks that it is consolidated and takes nothing that is not there. */
export function addDelta(bag: Bag, delta: Delta): Bag {
  const seen = new Set<string>();
  for (const [row, weight] of delta) {
    const text = rowText(row);
    if (weight === 0 || seen.has(text)) throw new Error(`Delta is not consolidated at ${text}`);
    seen.add(text);
    if (add(bag, text, weight) < 0) throw new Error(`Delta takes away a row that is not there: ${text}`);
  }
  return bag;
}
function add(bag: Bag, text: string, weight: number): number {
  const sum = (bag.get(text) ?? 0) + weight;
  if (sum === 0) bag.delete(text);
  else bag.set(text, sum);
  return sum;
}
export const sorted = (bag: Bag): [string, number][] => [...bag].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));

export async function compiled(sql: string): Promise<Program> {
  const result = await compileProgram(sql);
  if (!result.ok) throw new Error(result.messages.map((message) => message.message).join("\n"));
  return result.program;
}
export async function start(sql: string, storage: StorageLocation = { kind: "memory" }): Promise<Engine> {
  return await createEngine({ program: await compiled(sql), storage, threads: 1 });
}
export async function snapshotOf(engine: Engine, relation: string): Promise<{ step: number; records: number; bag: Bag }> {
  const snapshot = await engine.snapshot(relation);
  const bag: Bag = new Map();
  let rows = 0;
  for await (const chunk of snapshot.chunks()) {
    addRows(bag, chunk);
    rows += chunk.length;
  }
  if (rows !== snapshot.records) throw new Error(`Snapshot announced ${snapshot.records} rows and gave ${rows}`);
  return { step: snapshot.step, records: snapshot.records, bag };
}
export async function queryRows(engine: Engine, sql: string): Promise<Row[]> {
  const { result } = await engine.query(sql);
  const rows: Row[] = [];
  for await (const chunk of result?.rows() ?? []) rows.push(...chunk);
  return rows;
}
