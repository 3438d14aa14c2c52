/** Capped exponential delays: 100 ms, 200 ms, … 10 s, each up to a tenth shorter so that retries of many connectors spread. */
export function backoffMilliseconds(attempt: number, random: () => number = Math.random): number {
  return Math.min(10_000, 100 * 2 ** Math.min(attempt, 10)) * (1 - random() / 10);
}
