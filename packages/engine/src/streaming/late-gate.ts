import { ChangeOp, type Row, type Table, type Value } from "../types.ts";
import { createRowJson, createValueText } from "./row-json.ts";
import type { Watermark } from "./watermarks.ts";

type Cells = readonly (Value | undefined)[];

/** Turns away the changes of a table that touch rows behind a watermark, whole changes at a time, and remembers them. */
export interface LateGate {
  /** Whether a change is too late. `before` is the row that it would replace, change or remove, if the table knows it. */
  refuses(op: number, cells: Cells, before: Row | undefined): boolean;
  /** Takes note of a row that the table has taken. */
  took(row: Row): void;
  /**
   * Whether no change can reach a row any more: its key, or without a key anything in it, is behind a watermark. Undefined: of no row
   * this can be said.
   */
  readonly isClosed: ((row: Row) => boolean) | undefined;
  /** What was refused since the last call, as rows of the error view; none when nobody wants them. */
  takeErrors(wanted: boolean): Row[];
}

interface Refused {
  readonly op: number;
  readonly cells: Cells;
  readonly late: Watermark;
  readonly value: Value;
}

const verbs = { [ChangeOp.insert]: "An insert", [ChangeOp.delete]: "A delete", [ChangeOp.update]: "An update" };

/** The gate of a table with LATENESS; undefined for one without. */
export function createLateGate(table: Table, watermarks: readonly Watermark[]): LateGate | undefined {
  if (watermarks.length === 0) return undefined;
  // Of a delete by key the other cells mean nothing.
  const ofKey = watermarks.filter(({ column }) => table.primaryKey?.includes(table.fields[column]!.name) === true);
  const onlyKey = (cells: Cells): Cells =>
    table.primaryKey === undefined ? cells : cells.map((cell, i) => (table.primaryKey!.includes(table.fields[i]!.name) ? cell : undefined));
  const ofDelete = table.primaryKey === undefined ? watermarks : ofKey;
  const describe = createDescription(table);
  let refused: Refused[] = [];
  return {
    refuses(op, cells, before) {
      for (const late of op === ChangeOp.delete ? ofDelete : watermarks)
        if (late.isLate(cells[late.column])) {
          // The row itself may have been let go of: whether it was must not show.
          refused.push({ op, cells: op === ChangeOp.delete ? onlyKey(cells) : cells, late, value: cells[late.column]! });
          return true;
        }
      if (before === undefined) return false;
      for (const late of watermarks)
        if (late.isLate(before[late.column])) {
          refused.push({ op, cells: op === ChangeOp.delete ? before : cells, late, value: before[late.column]! });
          return true;
        }
      return false;
    },
    took(row) {
      for (const watermark of watermarks) watermark.observe(row[watermark.column]);
    },
    isClosed: ofDelete.length === 0 ? undefined : (row) => ofDelete.some((watermark) => watermark.isLate(row[watermark.column])),
    takeErrors(wanted) {
      const errors = wanted ? refused.map(describe) : [];
      refused = [];
      return errors;
    },
  };
}

function createDescription(table: Table): (refused: Refused) => Row {
  const json = createRowJson(table.fields);
  const texts = table.fields.map(({ columnType }) => createValueText(columnType));
  return ({ op, cells, late, value }) => {
    const text = texts[late.column]!;
    const message =
      `${verbs[op as keyof typeof verbs]} was dropped: it touches a row whose '${table.fields[late.column]!.name}' is ${text(value)}, ` +
      `and rows before ${text(late.value!)} are late`;
    return [table.name, message, json(cells)];
  };
}
