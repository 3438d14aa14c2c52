/** A part of a distribution: values above `gt`, up to `le`, in seconds. */
export interface Bucket {
  readonly gt?: number | undefined;
  readonly le?: number | undefined;
  readonly count: number;
}

/** The value below which a share of the values lies, as well as buckets can tell; undefined when there are none. */
export function bucketQuantile(buckets: readonly Bucket[], share: number): number | undefined {
  const total = buckets.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return undefined;
  const wanted = total * share;
  let below = 0;
  for (const { count, gt = 0, le = gt } of buckets) {
    if (count > 0 && below + count >= wanted) return gt + ((le - gt) * (wanted - below)) / count;
    below += count;
  }
  return undefined;
}

/** Median and p99 of the time of a step as a line; undefined when no step was done. */
export function stepTimesLine(buckets: readonly Bucket[]): string | undefined {
  const median = bucketQuantile(buckets, 0.5);
  const p99 = bucketQuantile(buckets, 0.99);
  if (median === undefined || p99 === undefined) return undefined;
  const steps = buckets.reduce((sum, { count }) => sum + count, 0);
  return `${steps.toLocaleString("en-US")} steps, each about ${milliseconds(median)} (median), ${milliseconds(p99)} (p99)`;
}

const milliseconds = (seconds: number): string => {
  const value = seconds * 1000;
  return `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ms`;
};
