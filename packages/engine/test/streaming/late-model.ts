import { ChangeOp, type ChangeBatch, type Value } from "@headgate/engine";
import type { SeededRandom } from "../oracle/random.ts";

export type Cells = readonly (Value | undefined)[];
export interface Change {
  readonly op: number;
  readonly cells: Cells;
}
type Ordered = number | bigint;

/** A table with LATENESS, told as plainly as can be: all rows in a list, all values that ever came in another. */
export class LateModel {
  rows: Value[][] = [];
  private readonly key: number | undefined;
  private readonly lateness: readonly (readonly [column: number, distance: Ordered])[];
  private accepted: Value[][] = [];
  private acceptedBefore: Value[][] = [];

  constructor(key: number | undefined, lateness: readonly (readonly [column: number, distance: Ordered])[]) {
    this.key = key;
    this.lateness = lateness;
  }

  /** Applies a step's changes; gives those that are too late. */
  step(changes: readonly Change[]): Change[] {
    const late = changes.filter((change) => !this.apply(change));
    this.acceptedBefore.push(...this.accepted);
    this.accepted = [];
    return late;
  }

  private apply({ op, cells }: Change): boolean {
    const { key } = this;
    const find = (): number =>
      this.rows.findIndex((row) => (key === undefined ? row.every((value, i) => value === cells[i]) : row[key] === cells[key]));
    const at = find();
    const before = key === undefined ? undefined : this.rows[at];
    const own = op === ChangeOp.delete && key !== undefined ? cells.map((cell, i) => (i === key ? cell : undefined)) : cells;
    if (this.isLate(own) || (before !== undefined && this.isLate(before))) return false;
    if (op === ChangeOp.delete) {
      if (at >= 0) this.rows.splice(at, 1);
      return true;
    }
    if (op === ChangeOp.update && before === undefined) return true;
    const row = cells.map((cell, i) => (cell === undefined ? before![i]! : cell));
    if (before === undefined) this.rows.push(row);
    else this.rows[at] = row;
    this.accepted.push(row);
    return true;
  }

  private isLate(cells: Cells): boolean {
    return this.lateness.some(([column, distance]) => {
      const seen = this.acceptedBefore.map((row) => row[column]!).filter((value) => value !== null) as Ordered[];
      const value = cells[column];
      if (seen.length === 0 || value === null || value === undefined) return false;
      const greatest = seen.reduce((a, b) => (a > b ? a : b));
      return (value as number) < (greatest as number) - (distance as number);
    });
  }
}

export function batchOf(changes: readonly Change[]): ChangeBatch[] {
  return changes.length === 0 ? [] : [{ rows: changes.map(({ cells }) => cells), ops: Uint8Array.from(changes, ({ op }) => op) }];
}

/** A value about `step`, mostly not far behind, sometimes far. */
export const around = (random: SeededRandom, step: number): number =>
  random.chance(0.1) ? random.between(0, step) : step + random.between(-4, 2);
