import { createColumnScan, createValueCheck } from "../duckdb/value-check.ts";
import { EngineError } from "../errors.ts";
import type { Row, Table, Value } from "../types.ts";

type Cells = readonly (Value | undefined)[];

/** Gives rows as a table keeps them; a row is copied only when a cell comes out different. @throws EngineError `runtime` */
export interface RowCheck {
  /** Whole rows: what is left out is NULL. */
  all(rows: readonly Cells[]): readonly Row[];
  whole(cells: Cells): Row;
  /** Only these columns; the others may be left out. */
  only(cells: Cells, columns: readonly number[]): Cells;
  /** These columns, and of the others what is given. */
  patch(cells: Cells, columns: readonly number[]): Cells;
}

export function createRowCheck(table: Table): RowCheck {
  const checks = table.fields.map((field) => createValueCheck(field.columnType));
  const scans = table.fields.map((field) => createColumnScan(field.columnType));
  const width = checks.length;
  const checked = (cells: Cells, column: number): Value => {
    try {
      return checks[column]!(cells[column]);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const name = table.fields[column]!.name;
      throw new EngineError("runtime", `Table '${table.name}', column '${name}': ${reason}`, { cause: error });
    }
  };
  const run = (cells: Cells, wanted: (column: number) => boolean): Cells => {
    let row: (Value | undefined)[] | undefined;
    for (let column = 0; column < width; column++) {
      if (!wanted(column)) continue;
      const value = checked(cells, column);
      if (value !== cells[column]) (row ??= widened(cells, width))[column] = value;
    }
    return row ?? cells;
  };
  const all = (): boolean => true;
  return {
    all(rows) {
      let result = rows;
      const copied = new Set<number>();
      const replace = (i: number, column: number, value: Value): void => {
        if (result === rows) result = [...rows];
        if (!copied.has(i)) (result as Cells[])[i] = widened(rows[i]!, width);
        copied.add(i);
        (result[i] as (Value | undefined)[])[column] = value;
      };
      for (let column = 0; column < width; column++) {
        const scan = scans[column]!;
        for (let i = scan(rows, column, 0); i < rows.length; i = scan(rows, column, i + 1)) {
          const value = checked(rows[i]!, column);
          if (value !== rows[i]![column]) replace(i, column, value);
        }
      }
      return result as readonly Row[];
    },
    whole: (cells) => run(cells, all) as Row,
    only: (cells, columns) => run(cells, (column) => columns.includes(column)),
    patch: (cells, columns) => run(cells, (column) => cells[column] !== undefined || columns.includes(column)),
  };
}

const widened = (cells: Cells, width: number): (Value | undefined)[] => Array.from({ length: width }, (_, i) => cells[i]);
