import type { Key } from "../dataflow/operator.ts";
import type { Value } from "../types.ts";
import type { Accumulator } from "./accumulator.ts";

/** Hands each value to another accumulator once, however often it is there: `sum(DISTINCT x)`. */
export class Distinct implements Accumulator {
  private readonly counts = new Map<Key, number>();
  private readonly keyOf: (value: Value) => Key;
  private readonly inner: Accumulator;

  constructor(keyOf: (value: Value) => Key, inner: Accumulator) {
    this.keyOf = keyOf;
    this.inner = inner;
  }

  add(value: Value, weight: number): void {
    const key = this.keyOf(value);
    const before = this.counts.get(key) ?? 0;
    const after = before + weight;
    if (after === 0) this.counts.delete(key);
    else this.counts.set(key, after);
    if (before <= 0 && after > 0) this.inner.add(value, 1);
    else if (before > 0 && after <= 0) this.inner.add(value, -1);
  }

  result(): Value {
    return this.inner.result();
  }
}
