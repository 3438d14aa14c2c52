import { ChangeOp, type ChangeBatch, type Program, type Row, type Table, type Value } from "@headgate/engine";
import { rowText } from "../runtime/model.ts";
import { createLateRule, type LateRule } from "./late-rule.ts";

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

/** The clock behind NOW() in a step: a change of its one row, which the engine gets as the step's time. */
export const clock = "feldera_clock";
export const timeOf = (step: Step): bigint | undefined => step.get(clock)?.at(-1)?.row[1] as bigint | undefined;

/** The step's changes of the program's own tables, as the engine takes them. */
export const toBatches = (step: Step): Map<string, readonly ChangeBatch[]> =>
  new Map(
    [...step]
      .filter(([name]) => name !== clock)
      .map(([name, changes]) => [
        name,
        [{ rows: changes.map(({ row }) => row), ops: Uint8Array.from(changes.map(({ op }) => ChangeOp[op])) }],
      ]),
  );

/** What the tables of a program hold, kept in plain JavaScript: the truth that views are computed from. */
export interface TableModel {
  /** Gives how many changes of each table came too late. */
  apply(step: Step): ReadonlyMap<string, number>;
  rows(table: string): Row[];
}

export function createTableModel(program: Program): TableModel {
  const contents = new Map(
    program.tables.map((table) => {
      const rule = createLateRule(table);
      return [table.name, { rule, content: table.primaryKey === undefined ? multiset(rule) : keyed(table, rule) }];
    }),
  );
  return {
    apply(step) {
      // A program without NOW() has no clock.
      const late = new Map([...step].map(([name, changes]) => [name, contents.get(name)?.content.apply(changes) ?? 0]));
      for (const { rule } of contents.values()) rule.endStep();
      return late;
    },
    rows: (table) => contents.get(table)!.content.rows(),
  };
}

interface Content {
  /** Gives how many of the changes came too late. */
  apply(changes: readonly TableChange[]): number;
  rows(): Row[];
}

/** An insert replaces the row of its key; deletes and updates of a missing key do nothing. */
function keyed(table: Table, rule: LateRule): Content {
  const places = table.primaryKey!.map((name) => table.fields.findIndex((field) => field.name === name));
  const held = new Map<string, Row>();
  const take = (key: string, row: Row): void => {
    held.set(key, row);
    rule.took(row);
  };
  return {
    rows: () => [...held.values()],
    apply(changes) {
      let late = 0;
      for (const { op, row } of changes) {
        const key = rowText(places.map((place) => row[place]!));
        const before = held.get(key);
        const own = op === "delete" ? row.map((value, i) => (places.includes(i) ? value : undefined)) : row;
        if (rule.isLate(own) || (before !== undefined && rule.isLate(before))) late++;
        else if (op === "insert") take(key, row as Row);
        else if (op === "delete") held.delete(key);
        else if (before !== undefined) take(key, before.map((value, i) => (row[i] === undefined ? value : row[i]))); // prettier-ignore
      }
      return late;
    },
  };
}

/** A step's changes are added up per row; more copies than there are cannot go. */
function multiset(rule: LateRule): Content {
  const held = new Map<string, { readonly row: Row; count: number }>();
  return {
    rows: () => [...held.values()].flatMap(({ row, count }) => Array.from({ length: count }, () => row)),
    apply(changes) {
      const net = new Map<string, { readonly row: Row; count: number }>();
      let late = 0;
      for (const { op, row } of changes) {
        if (rule.isLate(row)) {
          late++;
          continue;
        }
        if (op === "insert") rule.took(row);
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
      return late;
    },
  };
}
