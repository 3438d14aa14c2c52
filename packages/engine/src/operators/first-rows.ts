import { SortedRows } from "../aggregates/sorted-rows.ts";
import type { Row } from "../types.ts";
import { LaterRows } from "./later-rows.ts";
import type { RankedRow } from "./top-k-change.ts";

export type RankFunction = "row_number" | "rank" | "dense_rank";

/** Which rows of a partition are the first ones. */
export interface Ranking {
  readonly ranking: RankFunction;
  /** The greatest rank of interest, at least 1. */
  readonly last: number;
  /** A total order: 0 only for rows that are equal. */
  readonly compare: (a: Row, b: Row) => number;
  /** The order of what shares a rank: with row_number every row has its own. */
  readonly comparePlaces: (a: Row, b: Row) => number;
  /** Whether rows are told with their ranks, which are many changes when one comes in between. */
  readonly givesRank: boolean;
}

/** From so many rows before the cut on, they are cut within the step. */
const manyFirst = 256;

/**
 * A multiset of rows of which only those of small rank are looked at: these stand in order, all others wait unsorted behind them. Between two
 * calls of `settle` the first ones may be more, or fewer, than `list` is to give.
 */
export class FirstRows {
  private readonly ranking: Ranking;
  private readonly first: SortedRows;
  private later: LaterRows | undefined = undefined;
  /** Rows up to the place of this one are among the first; undefined: all rows are. */
  private cut: Row | undefined = undefined;

  constructor(ranking: Ranking) {
    this.ranking = ranking;
    this.first = new SortedRows(ranking.compare);
  }

  /** Rows held; equal ones may be held once or several times. */
  get size(): number {
    return this.first.size + (this.later === undefined ? 0 : this.later.size);
  }

  /** The first row in order, after `settle`. */
  top(): Row | undefined {
    return this.first.first();
  }

  /** Whether the row stands behind the first ones. */
  isLater(row: Row): boolean {
    return this.cut !== undefined && this.ranking.comparePlaces(row, this.cut) > 0;
  }

  /** Adds a row that `isLater`. */
  addLater(row: Row, weight: number): void {
    (this.later ??= new LaterRows(this.ranking.compare)).add(row, weight);
  }

  /** Adds a row that is not `isLater`. */
  addFirst(row: Row, weight: number): void {
    const { first } = this;
    first.add(row, weight);
    // A load of many rows does not keep them in order. Looking at powers of 2 only is cheap when all of them share a rank.
    if (first.size >= manyFirst && (first.size & (first.size - 1)) === 0 && this.cutOff() >= this.ranking.last) this.cut = first.last();
  }

  /** Brings the rows of small rank to the front, and only these. Weights must be positive again. */
  settle(): void {
    const { last, ranking } = this.ranking;
    let reached = this.cutOff();
    for (let row = this.nextLater(reached); row !== undefined; row = this.nextLater(reached)) {
      const weight = this.takePlace(row);
      reached += ranking === "dense_rank" ? 1 : weight;
    }
    this.cut = reached >= last ? this.first.last() : undefined;
  }

  /** The rows of small rank in order, after `settle`. */
  list(): RankedRow[] {
    const { ranking, last, givesRank } = this.ranking;
    const list: RankedRow[] = [];
    if (ranking !== "row_number") return this.ranked();
    let seen = 0;
    this.first.forEach((row, weight) => {
      if (givesRank) for (let copy = 0; copy < weight && seen < last; copy++) list.push({ row, count: 1, rank: ++seen });
      else {
        const count = Math.min(weight, last - seen);
        list.push({ row, count, rank: 0 });
        seen += count;
      }
      return seen < last;
    });
    return list;
  }

  private ranked(): RankedRow[] {
    const { ranking, comparePlaces, givesRank } = this.ranking;
    const list: RankedRow[] = [];
    let seen = 0;
    let rank = 0;
    let previous: Row | undefined;
    this.first.forEach((row, weight) => {
      if (previous === undefined || comparePlaces(previous, row) !== 0) rank = ranking === "rank" ? seen + 1 : rank + 1;
      list.push({ row, count: weight, rank: givesRank ? rank : 0 });
      previous = row;
      seen += weight;
      return true;
    });
    return list;
  }

  /** Puts what stands behind the rows of small rank to the later rows; gives how many rows (dense_rank: places) remain. */
  private cutOff(): number {
    const { ranking, last, comparePlaces } = this.ranking;
    const { first } = this;
    let kept = 0;
    let reached = 0;
    let previous: Row | undefined;
    first.forEach((row, weight) => {
      const isNew = ranking === "row_number" || previous === undefined || comparePlaces(previous, row) !== 0;
      if (isNew && reached >= last) return false;
      if (ranking !== "dense_rank") reached += weight;
      else if (isNew) reached++;
      previous = row;
      kept++;
      return true;
    });
    while (first.size > kept) {
      const row = first.last() as Row;
      this.addLater(row, first.removeLast());
    }
    return reached;
  }

  /** The first of the later rows when the first ones are too few. */
  private nextLater(reached: number): Row | undefined {
    return reached < this.ranking.last && this.later !== undefined ? this.later.first() : undefined;
  }

  /** Moves the later rows that share the place of `row`, the first of them, to the front; gives how many they are. */
  private takePlace(row: Row): number {
    const { comparePlaces } = this.ranking;
    const later = this.later as LaterRows;
    let weight = 0;
    for (let next: Row | undefined = row; next !== undefined && comparePlaces(next, row) === 0; next = later.first()) {
      const count = later.removeFirst();
      this.first.add(next, count);
      weight += count;
    }
    if (later.size === 0) this.later = undefined;
    return weight;
  }
}
