import { ChangeOp, type ChangeBatch, type Value } from "../types.ts";

type Cells = readonly (Value | undefined)[];

/** What a step does to each key of a table with a primary key, after its changes are folded in order. */
export interface FoldedChanges {
  /** Whole rows that replace what has their key. */
  readonly puts: readonly Cells[];
  /** Rows of which only the key counts: what has it is removed. */
  readonly deletes: readonly Cells[];
  /** Rows whose undefined cells keep what the table has; nothing happens when the key is not there. */
  readonly patches: readonly Cells[];
}

type Folded = { kind: "put" | "delete" | "patch"; cells: Cells };

/** Folds changes key by key in order of arrival, so that one key has one outcome. */
export function foldChanges(batches: readonly ChangeBatch[], keyColumns: readonly number[]): FoldedChanges {
  const keyOf = keyFunction(keyColumns);
  const outcome = new Map<unknown, Folded>();
  for (const { rows, ops } of batches) {
    for (let i = 0; i < rows.length; i++) {
      const cells = rows[i]!;
      const key = keyOf(cells);
      const op = ops?.[i] ?? ChangeOp.insert;
      if (op === ChangeOp.insert) outcome.set(key, { kind: "put", cells });
      else if (op === ChangeOp.delete) outcome.set(key, { kind: "delete", cells });
      else update(outcome, key, cells);
    }
  }
  const folded = { puts: [] as Cells[], deletes: [] as Cells[], patches: [] as Cells[] };
  for (const { kind, cells } of outcome.values())
    (kind === "put" ? folded.puts : kind === "delete" ? folded.deletes : folded.patches).push(cells);
  return folded;
}

function update(outcome: Map<unknown, Folded>, key: unknown, cells: Cells): void {
  const before = outcome.get(key);
  if (before === undefined) outcome.set(key, { kind: "patch", cells });
  // After a delete the key is missing, and an update of a missing key does nothing.
  else if (before.kind !== "delete") before.cells = mergeRow(before.cells, cells);
}

/** `cells` over `base`, cell by cell; undefined keeps the base's. */
export function mergeRow(base: Cells, cells: Cells): Cells {
  return base.map((value, i) => (cells[i] === undefined ? value : cells[i]));
}

/** A key as something a Map compares by value. */
function keyFunction(columns: readonly number[]): (cells: Cells) => unknown {
  const only = columns[0]!;
  // One column has one JavaScript type; Map compares numbers, bigints, strings and booleans by value (0 and -0 alike).
  if (columns.length === 1)
    return (cells) => {
      const value = cells[only];
      return value instanceof Uint8Array ? keyText(value) : value;
    };
  return (cells) => {
    let key = "";
    for (const column of columns) {
      const text = keyText(cells[column]);
      key += `${text.length}:${text}`;
    }
    return key;
  };
}

const keyText = (value: Value | undefined): string =>
  value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("latin1") : String(value);
