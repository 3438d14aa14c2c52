import type { Value } from "../types.ts";
import type { Accumulator } from "./accumulator.ts";

/** Distinct values up to which they are searched one by one. */
const few = 8;

/**
 * Keeps how often each value is in a multiset, and gives the first one in order. Values identify themselves, as keys of a Map.
 *
 * A few values are two arrays. More are a Map and a heap, from which values that are gone are taken when they come up.
 */
export class ValueCounts implements Accumulator {
  private readonly compare: (a: Value, b: Value) => number;
  private values: Value[] = [];
  private counts: number[] = [];
  /** Set when there are many: `values` is then a heap of this map's keys. */
  private many: Map<Value, number> | undefined;
  private gone = 0;

  constructor(compare: (a: Value, b: Value) => number) {
    this.compare = compare;
  }

  add(value: Value, weight: number): void {
    // 0 and -0 are one value; which of them is shown must not depend on the order of rows.
    const canonical = value === 0 ? 0 : value;
    if (this.many === undefined) this.addToFew(canonical, weight);
    else this.addToMany(this.many, canonical, weight);
  }

  /** The first value in order; NULL when there is none. */
  result(): Value {
    return (this.many === undefined ? this.firstOfFew() : this.firstOfMany(this.many)) ?? null;
  }

  private addToFew(value: Value, weight: number): void {
    const { values, counts } = this;
    for (let i = 0; i < values.length; i++) {
      const other = values[i];
      if (other !== value && (other === other || value === value)) continue;
      counts[i] = (counts[i] as number) + weight;
      if (counts[i] === 0) this.dropFromFew(i);
      return;
    }
    values.push(value);
    counts.push(weight);
    if (values.length > few) this.becomeMany();
  }

  private dropFromFew(index: number): void {
    const value = this.values.pop() as Value;
    const count = this.counts.pop() as number;
    if (index === this.values.length) return;
    this.values[index] = value;
    this.counts[index] = count;
  }

  private firstOfFew(): Value | undefined {
    const { values } = this;
    let best = values[0];
    for (let i = 1; i < values.length; i++) {
      const value = values[i] as Value;
      if (this.compare(value, best as Value) < 0) best = value;
    }
    return best;
  }

  private becomeMany(): void {
    const { values, counts } = this;
    this.many = new Map();
    this.values = [];
    this.counts = [];
    values.forEach((value, i) => this.addToMany(this.many as Map<Value, number>, value, counts[i] as number));
  }

  private addToMany(many: Map<Value, number>, value: Value, weight: number): void {
    const before = many.get(value);
    if (before === undefined) {
      push(this.values, value, this.compare);
      many.set(value, weight);
      return;
    }
    const after = before + weight;
    many.set(value, after);
    if (before === 0) this.gone--;
    if (after === 0 && ++this.gone > many.size >> 1) this.compact(many);
  }

  private firstOfMany(many: Map<Value, number>): Value | undefined {
    const heap = this.values;
    while (heap.length > 0 && many.get(heap[0] as Value) === 0) {
      many.delete(heap[0] as Value);
      this.gone--;
      pop(heap, this.compare);
    }
    return heap[0];
  }

  /** Forgets the values that are gone, and the Map when few are left. */
  private compact(many: Map<Value, number>): void {
    this.many = undefined;
    this.values = [];
    this.counts = [];
    this.gone = 0;
    for (const [value, count] of many) if (count !== 0) this.add(value, count);
  }
}

function push(heap: Value[], value: Value, compare: (a: Value, b: Value) => number): void {
  let i = heap.length;
  heap.push(value);
  while (i > 0) {
    const parent = (i - 1) >> 1;
    const above = heap[parent] as Value;
    if (compare(above, value) <= 0) break;
    heap[i] = above;
    i = parent;
  }
  heap[i] = value;
}

function pop(heap: Value[], compare: (a: Value, b: Value) => number): void {
  const value = heap.pop() as Value;
  const length = heap.length;
  if (length === 0) return;
  let i = 0;
  for (;;) {
    let child = 2 * i + 1;
    if (child >= length) break;
    if (child + 1 < length && compare(heap[child + 1] as Value, heap[child] as Value) < 0) child++;
    const below = heap[child] as Value;
    if (compare(value, below) <= 0) break;
    heap[i] = below;
    i = child;
  }
  heap[i] = value;
}
