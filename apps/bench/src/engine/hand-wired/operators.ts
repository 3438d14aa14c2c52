import type { DeltaEntry, Row, Value } from "@headgate/engine";

/** Rows with weights, as operators pass them on. */
export type Entries = readonly DeltaEntry[];
type Key = number | string;

export const filter = (keep: (row: Row) => boolean) => (entries: Entries): Entries => entries.filter(([row]) => keep(row)); // prettier-ignore
export const project = (make: (row: Row) => Row) => (entries: Entries): Entries => entries.map(([row, weight]) => [make(row), weight]); // prettier-ignore

const sameRow = (a: Row, b: Row): boolean => a.every((value, i) => value === b[i]);

/** Rows by key. Appends blindly until rows go; then a key's rows are searched, and indexed by their text once they are many. */
class Arrangement {
  readonly #keyOf: (row: Row) => Key;
  readonly #rows = new Map<Key, [Row, number][] | Map<string, [Row, number]>>();
  constructor(keyOf: (row: Row) => Key) {
    this.#keyOf = keyOf;
  }
  at(key: Key): Iterable<readonly [Row, number]> {
    const held = this.#rows.get(key);
    return held === undefined ? [] : Array.isArray(held) ? held : held.values();
  }
  add(row: Row, weight: number): void {
    const key = this.#keyOf(row);
    const held = this.#rows.get(key);
    if (held === undefined) this.#rows.set(key, [[row, weight]]);
    else if (!Array.isArray(held)) addTo(held, row, weight);
    else if (weight > 0) held.push([row, weight]);
    else if (held.length <= 16) takeFrom(held, row, weight);
    else {
      const indexed = new Map<string, [Row, number]>();
      for (const [other, count] of held) addTo(indexed, other, count);
      addTo(indexed, row, weight);
      this.#rows.set(key, indexed);
    }
    if (held !== undefined && (Array.isArray(held) ? held.length : held.size) === 0) this.#rows.delete(key);
  }
}

function addTo(rows: Map<string, [Row, number]>, row: Row, weight: number): void {
  const text = row.join("\u0001");
  const entry = rows.get(text);
  if (entry === undefined) rows.set(text, [row, weight]);
  else if ((entry[1] += weight) === 0) rows.delete(text);
}

function takeFrom(rows: [Row, number][], row: Row, weight: number): void {
  const at = rows.findIndex(([other]) => sameRow(other, row));
  if (at < 0) return;
  const entry = rows[at]!;
  if ((entry[1] += weight) !== 0) return;
  rows[at] = rows.at(-1)!;
  rows.pop();
}

/** An inner join on one key. */
export function join(
  leftKey: (row: Row) => Key,
  rightKey: (row: Row) => Key,
  make: (left: Row, right: Row) => Row,
): (left: Entries, right: Entries) => Entries {
  const lefts = new Arrangement(leftKey);
  const rights = new Arrangement(rightKey);
  return (left, right) => {
    const out: DeltaEntry[] = [];
    for (const [row, weight] of left) for (const [other, count] of rights.at(leftKey(row))) out.push([make(row, other), weight * count]);
    for (const [row, weight] of left) lefts.add(row, weight);
    for (const [row, weight] of right) for (const [other, count] of lefts.at(rightKey(row))) out.push([make(other, row), weight * count]);
    for (const [row, weight] of right) rights.add(row, weight);
    return out;
  };
}

/** One aggregate of a group. */
interface Accumulator {
  add(row: Row, weight: number): void;
  readonly value: Value;
}

export const count = (): Accumulator => {
  let rows = 0;
  return { add: (_, weight) => void (rows += weight), get value() { return BigInt(rows); } }; // prettier-ignore
};
const summing = (column: number, result: (sum: number, rows: number) => Value) => (): Accumulator => {
  let sum = 0;
  let rows = 0;
  return {
    add(row, weight) {
      sum += (row[column] as number) * weight;
      rows += weight;
    },
    get value() {
      return result(sum, rows);
    },
  };
};
export const sum = (column: number) => summing(column, (total) => BigInt(total)); // prettier-ignore
export const avg = (column: number) => summing(column, (total, rows) => total / rows); // prettier-ignore

/** Counts of values, and a heap in which values that are gone wait until they come up. */
export const max = (column: number) => (): Accumulator => {
  const counts = new Map<number, number>();
  const heap: number[] = [];
  return {
    add(row, weight) {
      const value = row[column] as number;
      const held = counts.get(value) ?? 0;
      if (held + weight === 0) counts.delete(value);
      else {
        if (held === 0) push(heap, value);
        counts.set(value, held + weight);
      }
    },
    get value() {
      while (heap.length > 0 && !counts.has(heap[0]!)) pop(heap);
      return heap[0] ?? null;
    },
  };
};

function push(heap: number[], value: number): void {
  let at = heap.length;
  heap.push(value);
  for (let parent = (at - 1) >> 1; at > 0 && heap[parent]! < value; at = parent, parent = (at - 1) >> 1) heap[at] = heap[parent]!;
  heap[at] = value;
}

function pop(heap: number[]): void {
  const last = heap.pop()!;
  if (heap.length === 0) return;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && heap[child + 1]! > heap[child]!) child++;
    if (heap[child]! <= last) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = last;
}

/** GROUP BY: a row per group of its key's values and its aggregates. */
export function group(keyOf: (row: Row) => Key, keys: (row: Row) => Row, aggregates: readonly (() => Accumulator)[]) {
  const groups = new Map<Key, { readonly keys: Row; rows: number; readonly values: Accumulator[] }>();
  return (entries: Entries): Entries => {
    const before = new Map<Key, Row | undefined>();
    const rowOf = (key: Key): Row | undefined => {
      const held = groups.get(key);
      return held === undefined || held.rows === 0 ? undefined : [...held.keys, ...held.values.map(({ value }) => value)];
    };
    for (const [row, weight] of entries) {
      const key = keyOf(row);
      if (!before.has(key)) before.set(key, rowOf(key));
      let held = groups.get(key);
      if (held === undefined) groups.set(key, (held = { keys: keys(row), rows: 0, values: aggregates.map((make) => make()) }));
      held.rows += weight;
      for (const accumulator of held.values) accumulator.add(row, weight);
    }
    const out: DeltaEntry[] = [];
    for (const [key, old] of before) {
      const now = rowOf(key);
      if (now === undefined) groups.delete(key);
      if (old !== undefined && now !== undefined && sameRow(old, now)) continue;
      if (old !== undefined) out.push([old, -1]);
      if (now !== undefined) out.push([now, 1]);
    }
    return out;
  };
}

/** The first rows of each partition, kept as sorted lists. */
export function topRows(keyOf: (row: Row) => Key, compare: (a: Row, b: Row) => number, limit: number) {
  const partitions = new Map<Key, Row[]>();
  return (entries: Entries): Entries => {
    const before = new Map<Key, readonly Row[]>();
    for (const [row, weight] of entries) {
      const key = keyOf(row);
      let rows = partitions.get(key);
      if (rows === undefined) partitions.set(key, (rows = []));
      if (!before.has(key)) before.set(key, rows.slice(0, limit));
      let low = 0;
      let high = rows.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (compare(rows[middle]!, row) < 0) low = middle + 1;
        else high = middle;
      }
      if (weight > 0) rows.splice(low, 0, row);
      else if (low < rows.length && compare(rows[low]!, row) === 0) rows.splice(low, 1);
    }
    const out: DeltaEntry[] = [];
    for (const [key, old] of before) {
      const rows = partitions.get(key)!;
      const now = rows.slice(0, limit);
      if (rows.length === 0) partitions.delete(key);
      for (const row of old) if (!now.some((other) => sameRow(row, other))) out.push([row, -1]);
      for (const row of now) if (!old.some((other) => sameRow(row, other))) out.push([row, 1]);
    }
    return out;
  };
}
