import { ChangeOp, type ChangeBatch, type Program, type Row, type Table, type Value } from "@headgate/engine";
import { rowText } from "../runtime/model.ts";

/** One change of a table, as a test writes it. */
export interface TableChange {
  readonly op: keyof typeof ChangeOp;
  readonly row: readonly (Value | undefined)[];
}
/** The changes of one step by table, in their order. */
export type Step = ReadonlyMap<string, readonly TableChange[]>;

export const insert = (...row: Row): TableChange => ({ op: "insert", row });
export const remove = (...row: readonly (Value | undefined)[]): TableChange => ({ op: "delete", row });
export const update = (...row: readonly (Value | undefined)[]): TableChange => ({ op: "update", row });

/** The step as the engine takes it. */
export const toBatches = (step: Step): Map<string, readonly ChangeBatch[]> =>
  new Map(
    [...step].map(([name, changes]) => [
      name,
      [{ rows: changes.map(({ row }) => row), ops: Uint8Array.from(changes.map(({ op }) => ChangeOp[op])) }],
    ]),
  );

/** What the tables of a program hold, kept in plain JavaScript: the truth that views are computed from. */
export interface TableModel {
  apply(step: Step): void;
  rows(table: string): Row[];
}

export function createTableModel(program: Program): TableModel {
  const contents = new Map(program.tables.map((table) => [table.name, table.primaryKey === undefined ? multiset() : keyed(table)]));
  return {
    apply(step) {
      for (const [name, changes] of step) contents.get(name)!.apply(changes);
    },
    rows: (table) => contents.get(table)!.rows(),
  };
}

interface Content {
  apply(changes: readonly TableChange[]): void;
  rows(): Row[];
}

/** An insert replaces the row of its key; deletes and updates of a missing key do nothing. */
function keyed(table: Table): Content {
  const places = table.primaryKey!.map((name) => table.fields.findIndex((field) => field.name === name));
  const held = new Map<string, Row>();
  return {
    rows: () => [...held.values()],
    apply(changes) {
      for (const { op, row } of changes) {
        const key = rowText(places.map((place) => row[place]!));
        const before = held.get(key);
        if (op === "insert") held.set(key, row as Row);
        else if (op === "delete") held.delete(key);
        else if (before !== undefined)
          held.set(
            key,
            before.map((value, i) => (row[i] === undefined ? value : row[i])),
          );
      }
    },
  };
}

/** A step's changes are added up per row; more copies than there are cannot go. */
function multiset(): Content {
  const held = new Map<string, { readonly row: Row; count: number }>();
  return {
    rows: () => [...held.values()].flatMap(({ row, count }) => Array.from({ length: count }, () => row)),
    apply(changes) {
      const net = new Map<string, { readonly row: Row; count: number }>();
      for (const { op, row } of changes) {
        const text = rowText(row as Row);
        const entry = net.get(text) ?? { row: row as Row, count: 0 };
        entry.count += op === "insert" ? 1 : -1;
        net.set(text, entry);
      }
      for (const [text, { row, count }] of net) {
        const left = (held.get(text)?.count ?? 0) + count;
        if (left > 0) held.set(text, { row, count: left });
        else held.delete(text);
      }
    },
  };
}
