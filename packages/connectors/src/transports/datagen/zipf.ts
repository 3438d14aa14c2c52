import type { Random } from "./random.ts";

/**
 * Draws ranks 1 to `count` with probability proportional to 1 / rank^exponent, in constant time and memory, by
 * rejection-inversion: a rank is read off the inverse of the integral of x^-exponent and accepted if it lies under the
 * histogram of the wanted probabilities.
 */
export function zipf(count: number, exponent: number, random: Random): () => number {
  if (exponent <= 0) return () => 1 + random.below(count);
  const integral = (x: number): number => (exponent === 1 ? Math.log(x) : (x ** (1 - exponent) - 1) / (1 - exponent));
  const inverse = (area: number): number =>
    exponent === 1 ? Math.exp(area) : Math.max(0, 1 + area * (1 - exponent)) ** (1 / (1 - exponent));
  const density = (x: number): number => x ** -exponent;
  const from = integral(1.5) - 1;
  const to = integral(count + 0.5);
  return () => {
    for (;;) {
      const area = to + random.unit() * (from - to);
      const x = inverse(area);
      const rank = Math.min(count, Math.max(1, Math.round(x)));
      if (area >= integral(rank + 0.5) - density(rank)) return rank;
    }
  };
}
