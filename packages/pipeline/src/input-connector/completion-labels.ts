/**
 * Which step consumed the n-th record of an input connector, for the counts that a completion token was issued for.
 *
 * Counts are asked for in rising order; steps label them in rising order too. At most a million labels are kept: when there
 * are more, the oldest is forgotten and resolves to the next larger one, which is later, so never falsely complete (Law 5).
 */
export class CompletionLabels {
  readonly #capacity: number;
  #counts: number[] = [];
  #steps: number[] = [];
  #head = 0;
  #consumed = 0;
  #lastStep = 0;

  constructor(capacity = 1_000_000) {
    this.#capacity = capacity;
  }

  /** A token was issued for `count` records. */
  request(count: number): void {
    if (this.#counts.length > this.#head && (this.#counts.at(-1) ?? -1) >= count) return;
    this.#counts.push(count);
    if (count <= this.#consumed) this.#steps[this.#counts.length - 1] = this.#lastStep;
    if (this.#counts.length - this.#head > this.#capacity) this.#head += 1;
    if (this.#head > 4096 && this.#head * 2 > this.#counts.length) {
      this.#counts = this.#counts.slice(this.#head);
      this.#steps = this.#steps.slice(this.#head);
      this.#head = 0;
    }
  }

  /** `step` consumes the connector's records up to the `total`-th. */
  consumed(total: number, step: number): void {
    this.#consumed = total;
    this.#lastStep = step;
    for (let i = Math.max(this.#head, this.#steps.length); i < this.#counts.length; i += 1) {
      if ((this.#counts[i] ?? Infinity) > total) break;
      this.#steps[i] = step;
    }
  }

  /** The step that the first `count` records need; null while unknown. */
  stepOf(count: number): number | null {
    let low = this.#head;
    let high = this.#counts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#counts[middle] ?? 0) < count) low = middle + 1;
      else high = middle;
    }
    return low < this.#counts.length ? (this.#steps[low] ?? null) : null;
  }
}
