const capacity = 1000;

/** The last thousand samples, and their 99th percentile. */
export class LatencyWindow {
  readonly #samples = new Float64Array(capacity);
  #count = 0;
  #cached: number | undefined;

  add(sample: number): void {
    this.#samples[this.#count % capacity] = sample;
    this.#count += 1;
    this.#cached = undefined;
  }

  /** Undefined before the first sample. */
  p99(): number | undefined {
    if (this.#count === 0) return undefined;
    if (this.#cached === undefined) {
      const sorted = this.#samples.slice(0, Math.min(this.#count, capacity)).sort();
      this.#cached = sorted[Math.ceil(sorted.length * 0.99) - 1];
    }
    return this.#cached;
  }
}
