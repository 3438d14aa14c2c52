import type { Row } from "../types.ts";

/** Rows of a chunk before it is split: moving this many pointers costs less than following as many. */
const chunkSize = 128;

interface Chunk {
  readonly rows: Row[];
  /** Undefined: each is there once. */
  weights: number[] | undefined;
}

/**
 * A multiset of rows in a total order: rows that compare equal are one. Insert and delete take O(log n) comparisons and move at
 * most a chunk; rows are read from the first on.
 */
export class SortedRows {
  /** Distinct rows held. */
  size = 0;
  private readonly chunks: Chunk[] = [];
  private readonly compare: (a: Row, b: Row) => number;

  constructor(compare: (a: Row, b: Row) => number) {
    this.compare = compare;
  }

  add(row: Row, weight: number): void {
    const at = this.chunkFor(row);
    const chunk = this.chunks[at];
    if (chunk === undefined) {
      this.chunks.push({ rows: [row], weights: weight === 1 ? undefined : [weight] });
      this.size++;
      return;
    }
    const index = find(chunk.rows, row, this.compare);
    if (index >= 0) this.change(at, chunk, index, weight);
    else this.insert(at, chunk, ~index, row, weight);
  }

  /** The first row in order. */
  first(): Row | undefined {
    return this.chunks[0]?.rows[0];
  }

  /** The last row in order. */
  last(): Row | undefined {
    return this.chunks.at(-1)?.rows.at(-1);
  }

  /** The row at a place from 0 on, each counted as often as it is there. */
  at(place: number): Row | undefined {
    let left = place;
    for (const { rows, weights } of this.chunks) {
      if (weights === undefined) {
        if (left < rows.length) return rows[left];
        left -= rows.length;
        continue;
      }
      for (let i = 0; i < rows.length; i++) {
        left -= weights[i] as number;
        if (left < 0) return rows[i];
      }
    }
    return undefined;
  }

  /** Takes the first row away; gives its weight, 0 when there is none. */
  removeFirst(): number {
    const chunk = this.chunks[0];
    if (chunk === undefined) return 0;
    chunk.rows.shift();
    return this.removed(0, chunk, chunk.weights?.shift());
  }

  /** Takes the last row away; gives its weight, 0 when there is none. */
  removeLast(): number {
    const chunk = this.chunks.at(-1);
    if (chunk === undefined) return 0;
    chunk.rows.pop();
    return this.removed(this.chunks.length - 1, chunk, chunk.weights?.pop());
  }

  /** Visits rows in order until `visit` gives false. */
  forEach(visit: (row: Row, weight: number) => boolean): void {
    for (const { rows, weights } of this.chunks) {
      for (let i = 0; i < rows.length; i++) if (!visit(rows[i] as Row, weights === undefined ? 1 : (weights[i] as number))) return;
    }
  }

  /** The same from the first row on that is not below `start`, which need not be there. */
  forEachFrom(start: Row, visit: (row: Row, weight: number) => boolean): void {
    let index = this.chunks.length === 0 ? 0 : lowerBound((this.chunks[this.chunkFor(start)] as Chunk).rows, start, this.compare);
    for (let at = this.chunkFor(start); at < this.chunks.length; at++) {
      const { rows, weights } = this.chunks[at] as Chunk;
      for (; index < rows.length; index++) if (!visit(rows[index] as Row, weights === undefined ? 1 : (weights[index] as number))) return;
      index = 0;
    }
  }

  /** The first chunk whose last row is not below `row`, or the last chunk. */
  private chunkFor(row: Row): number {
    let low = 0;
    let high = this.chunks.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      const { rows } = this.chunks[middle] as Chunk;
      if (this.compare(rows[rows.length - 1] as Row, row) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private insert(at: number, chunk: Chunk, index: number, row: Row, weight: number): void {
    const { rows } = chunk;
    if (weight !== 1) weightsOf(chunk);
    if (index === rows.length) rows.push(row);
    else rows.splice(index, 0, row);
    chunk.weights?.splice(index, 0, weight);
    this.size++;
    if (rows.length > chunkSize) this.split(at, chunk);
  }

  private change(at: number, chunk: Chunk, index: number, weight: number): void {
    const before = chunk.weights === undefined ? 1 : (chunk.weights[index] as number);
    if (before + weight !== 0) {
      weightsOf(chunk)[index] = before + weight;
      return;
    }
    chunk.rows.splice(index, 1);
    this.removed(at, chunk, chunk.weights?.splice(index, 1)[0]);
  }

  private removed(at: number, chunk: Chunk, weight: number | undefined): number {
    this.size--;
    if (chunk.rows.length === 0) this.chunks.splice(at, 1);
    return weight ?? 1;
  }

  private split(at: number, chunk: Chunk): void {
    // Rows that come in order fill the last chunk: leave it full then.
    const half = at === this.chunks.length - 1 ? chunkSize : chunkSize >> 1;
    this.chunks.splice(at + 1, 0, { rows: chunk.rows.splice(half), weights: chunk.weights?.splice(half) });
  }
}

function weightsOf(chunk: Chunk): number[] {
  return (chunk.weights ??= chunk.rows.map(() => 1));
}

/** Where `row` stands in sorted rows; where it would stand, inverted bit by bit, when it is not there. */
function find(rows: readonly Row[], row: Row, compare: (a: Row, b: Row) => number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const order = compare(rows[middle] as Row, row);
    if (order === 0) return middle;
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return ~low;
}

/** Where `row` stands, or would stand, in sorted rows. */
function lowerBound(rows: readonly Row[], row: Row, compare: (a: Row, b: Row) => number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compare(rows[middle] as Row, row) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
