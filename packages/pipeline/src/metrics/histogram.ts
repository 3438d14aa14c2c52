import type { MetricValue } from "../socket/protocol.ts";

const bounds = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 30_000, 60_000].map((ms) => ms / 1000);

/** Durations in seconds, counted in fixed buckets. */
export class DurationHistogram {
  readonly #counts = new Array<number>(bounds.length + 1).fill(0);
  #sum = 0;
  #count = 0;

  add(seconds: number): void {
    const index = bounds.findIndex((bound) => seconds <= bound);
    const bucket = index < 0 ? bounds.length : index;
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#sum += seconds;
    this.#count += 1;
  }

  value(): MetricValue["value"] {
    const buckets = this.#counts.map((count, i) => {
      const gt = bounds[i - 1];
      const le = bounds[i];
      return { ...(gt === undefined ? {} : { gt }), ...(le === undefined ? {} : { le }), count };
    });
    return { buckets, sum: this.#sum, count: this.#count };
  }
}
