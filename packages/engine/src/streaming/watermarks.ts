import { isInfiniteDate, isInfiniteTimestamp } from "../expression/intervals.ts";
import type { ColumnType, Program, Table, Value } from "../types.ts";
import type { Ordered } from "./bound.ts";

/**
 * The watermark of a column with LATENESS: the greatest value that the table had taken by the end of the last step, less the lateness.
 * It is a function of all that came, not of the rows that are left, and never falls.
 */
export interface Watermark {
  /** Position of the column. */
  readonly column: number;
  /** Undefined until a step has brought a value. */
  readonly value: Ordered | undefined;
  /** Takes in a value that the table has taken in this step. */
  observe(value: Value | undefined): void;
  /** Whether a value is behind the watermark; NULL never is. */
  isLate(value: Value | undefined): boolean;
}

/** The watermarks of a program's tables. */
export interface Watermarks {
  /** By column, in order; empty for a table without LATENESS. */
  of(table: string): readonly Watermark[];
  /** Ends a step: what was observed in it counts from now on. */
  advance(): void;
  /** What `restore` needs, as of the last `advance`. */
  save(): string;
  /** Continues from a saved state, leaving out what it has of these tables. */
  restore(saved: string, emptied: ReadonlySet<string>): void;
}

interface State extends Watermark {
  value: Ordered | undefined;
  seen: Ordered | undefined;
  advance(): void;
  set(seen: string): void;
}

/** Watermarks before the first step. */
export function createWatermarks(program: Pick<Program, "tables">): Watermarks {
  const all = new Map<string, readonly State[]>();
  for (const table of program.tables)
    if (table.lateness !== undefined)
      all.set(
        table.name,
        table.lateness.map(({ column, distance }) => createWatermark(column, table.fields[column]!.columnType, distance)),
      );
  const nameOf = new Map<string, Table>(program.tables.map((table) => [table.name, table]));
  const fieldName = (table: string, { column }: State): string => nameOf.get(table)!.fields[column]!.name;
  return {
    of: (table) => all.get(table) ?? [],
    advance() {
      for (const columns of all.values()) for (const column of columns) column.advance();
    },
    save() {
      if (all.size === 0) return "";
      const saved: Saved = {};
      for (const [table, columns] of all)
        for (const column of columns) if (column.seen !== undefined) (saved[table] ??= {})[fieldName(table, column)] = String(column.seen);
      return JSON.stringify(saved);
    },
    restore(text, emptied) {
      const saved = (text === "" ? {} : JSON.parse(text)) as Saved;
      for (const [table, columns] of all)
        for (const column of columns) {
          const seen = emptied.has(table) ? undefined : saved[table]?.[fieldName(table, column)];
          if (seen !== undefined) column.set(seen);
        }
    },
  };
}

/** Table → column → the greatest value seen. */
type Saved = Record<string, Record<string, string>>;

function createWatermark(column: number, type: ColumnType, distanceText: string): State {
  const parse = kindOf(type);
  const distance = parse(distanceText);
  const isFinite = finiteness(type);
  const state: State = {
    column,
    value: undefined,
    seen: undefined,
    observe(value) {
      if (value === null || value === undefined) return;
      // An infinite value would leave everything after it behind.
      if ((state.seen === undefined || (value as Ordered) > state.seen) && isFinite(value as Ordered)) state.seen = value as Ordered;
    },
    isLate: (value) => value !== null && value !== undefined && state.value !== undefined && (value as Ordered) < state.value,
    advance() {
      if (state.seen !== undefined) state.value = ((state.seen as number) - (distance as number)) as Ordered;
    },
    set(seen) {
      state.seen = parse(seen);
      state.advance();
    },
  };
  return state;
}

/** Reads the digits of a value; the types whose values are numbers, not bigints, are the small ones. */
function kindOf({ type }: ColumnType): (text: string) => Ordered {
  switch (type) {
    case "BIGINT":
    case "UBIGINT":
    case "DECIMAL":
    case "TIME":
    case "TIMESTAMP":
    case "TIMESTAMP_TZ":
      return BigInt;
    default:
      return Number;
  }
}

function finiteness({ type }: ColumnType): (value: Ordered) => boolean {
  switch (type) {
    case "REAL":
    case "DOUBLE":
      return (value) => Number.isFinite(value);
    case "DATE":
      return (value) => !isInfiniteDate(value as number);
    case "TIMESTAMP":
    case "TIMESTAMP_TZ":
      return (value) => !isInfiniteTimestamp(value as bigint);
    default:
      return () => true;
  }
}
