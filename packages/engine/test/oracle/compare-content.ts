import type { Engine, Row, Value } from "@headgate/engine";
import { rowText, snapshotOf, type Bag } from "../runtime/model.ts";

/** What the engine gave and what DuckDB gives. */
export class Mismatch extends Error {
  constructor(message: string) {
    super(message);
    this.name = "Mismatch";
  }
}

export interface Comparison {
  /** `view.column` whose values are right up to rounding only. */
  readonly approximate: ReadonlySet<string>;
  /** Whether to look at snapshots too, for which the engine commits. */
  readonly snapshots: boolean;
}

/** Compares the deltas added up and the snapshot of every relation with its true rows. @throws Mismatch */
export async function compareContent(
  engine: Engine,
  followed: ReadonlyMap<string, Bag>,
  truthOf: (relation: string) => readonly Row[],
  where: string,
  { approximate, snapshots }: Comparison,
): Promise<void> {
  for (const relation of [...engine.program.tables, ...engine.program.views]) {
    const { name } = relation;
    const loose = relation.fields.map((field) => approximate.has(`${name}.${field.name}`));
    const truth = bagOf(truthOf(name), loose);
    const deltas = loose.includes(true) ? loosen(followed.get(name)!, loose) : followed.get(name)!;
    assertSame(deltas, truth, `${where}, ${name}: deltas added up against DuckDB`);
    if (!relation.materialized || !snapshots) continue;
    const { bag } = await snapshotOf(engine, name);
    assertSame(loose.includes(true) ? loosen(bag, loose) : bag, truth, `${where}, ${name}: snapshot against DuckDB`);
  }
}

function bagOf(rows: readonly Row[], loose: readonly boolean[]): Bag {
  const bag: Bag = new Map();
  for (const row of rows) count(bag, rowText(row.map((value, i) => (loose[i] === true ? rounded(value) : value))), 1);
  return bag;
}

const count = (bag: Bag, text: string, weight: number): void => void bag.set(text, (bag.get(text) ?? 0) + weight);

/** The same rows with approximate columns rounded; the text of a number has no separator in it. */
function loosen(bag: Bag, loose: readonly boolean[]): Bag {
  const rounder: Bag = new Map();
  for (const [text, weight] of bag) {
    const cells = text.split(" | ");
    const cell = (value: string, i: number): string =>
      loose[i] === true && value.startsWith("number:") ? rowText([rounded(Number(value.slice(7)))]) : value;
    count(rounder, cells.map(cell).join(" | "), weight);
  }
  return rounder;
}

function rounded(value: Value): Value {
  if (typeof value !== "number" || !Number.isFinite(value)) return value;
  return Math.abs(value) < 1e-7 ? 0 : Number(value.toPrecision(7));
}

/** @throws Mismatch that lists rows which are there more or less often than they should be */
export function assertSame(got: Bag, truth: Bag, where: string): void {
  const wrong: string[] = [];
  for (const text of new Set([...got.keys(), ...truth.keys()])) {
    const [have, want] = [got.get(text) ?? 0, truth.get(text) ?? 0];
    if (have !== want) wrong.push(`  (${text}) is there ${have} times, should be ${want}`);
  }
  if (wrong.length > 0) throw new Mismatch([where, ...wrong.slice(0, 8)].join("\n"));
}
