import type { Table, Value } from "@headgate/engine";

type Cells = readonly (Value | undefined)[];
type Ordered = number | bigint;

/** LATENESS of a table's columns, told as plainly as can be: every value that was ever taken is kept in a list. */
export interface LateRule {
  /** Whether a row with these cells is behind one of the watermarks; cells that are undefined say nothing. */
  isLate(cells: Cells): boolean;
  /** Takes note of a row that the table has taken. */
  took(row: Cells): void;
  /** What this step took counts from now on. */
  endStep(): void;
}

export function createLateRule(table: Table): LateRule {
  const columns = (table.lateness ?? []).map(({ column, distance }) => ({ column, distance, taken: [] as Ordered[], earlier: [] as Ordered[] }));
  return {
    isLate: (cells) =>
      columns.some(({ column, distance, earlier }) => {
        const value = cells[column];
        if (earlier.length === 0 || value === null || value === undefined) return false;
        const greatest = earlier.reduce((a, b) => (a > b ? a : b));
        const behind = typeof greatest === "bigint" ? greatest - BigInt(distance) : greatest - Number(distance);
        return (value as Ordered) < behind;
      }),
    took(row) {
      for (const { column, taken } of columns) {
        const value = row[column];
        // Rows that the fuzzer makes have no infinite dates; NaN and infinite doubles leave nothing behind.
        if (value === null || value === undefined || (typeof value === "number" && !Number.isFinite(value))) continue;
        taken.push(value as Ordered);
      }
    },
    endStep() {
      for (const column of columns) column.earlier.push(...column.taken.splice(0));
    },
  };
} // prettier-ignore
