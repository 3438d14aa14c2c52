import { civilOf, daysOf, isFiniteTimestamp, splitTimestamp } from "./calendar.ts";
import { ofTimestamp } from "./date-parts.ts";
import { microsOf, truncateDay } from "./date-trunc-parts.ts";

/**
 * TIMESTAMP WITH TIME ZONE in the engine's only time zone, UTC. DuckDB asks ICU's calendar here, which counts milliseconds as
 * doubles and years before Christ from 1 upwards.
 */
export function asCalendar(timestamp: bigint): bigint {
  if (timestamp >= -9_000_000_000_000_000_000n && timestamp <= 9_000_000_000_000_000_000n) return timestamp;
  const millis = floorMillis(timestamp);
  return BigInt(Number(millis)) * 1000n + (timestamp - millis * 1000n);
}
const floorMillis = (timestamp: bigint): bigint => (timestamp - (((timestamp % 1000n) + 1000n) % 1000n)) / 1000n;

const eraYear = (timestamp: bigint): number => {
  const { year } = civilOf(splitTimestamp(timestamp).days);
  return year > 0 ? year : 1 - year;
};
const yearFields: Readonly<Record<string, (year: number) => number>> = { year: (year) => year, decade: (year) => Math.trunc(year / 10) };

/** A field of a TIMESTAMP WITH TIME ZONE. */
export function ofTimestampTz(part: string): ((timestamp: bigint) => bigint | null) | undefined {
  const yearField = yearFields[part];
  const field = yearField === undefined ? ofTimestamp(part) : (timestamp: bigint) => BigInt(yearField(eraYear(timestamp)));
  return field && ((timestamp) => (isFiniteTimestamp(timestamp) ? field(asCalendar(timestamp)) : null));
}

/** date_trunc() of a TIMESTAMP WITH TIME ZONE; what is out of range wraps around. */
export function truncateTz(part: string): ((timestamp: bigint) => bigint) | undefined {
  const truncate = truncateMicros(part);
  return truncate && ((timestamp) => (isFiniteTimestamp(timestamp) ? BigInt.asIntN(64, truncate(asCalendar(timestamp))) : timestamp));
}

function truncateMicros(part: string): ((timestamp: bigint) => bigint) | undefined {
  const unit = microsOf[part];
  if (unit !== undefined)
    return (timestamp) => {
      const { micros } = splitTimestamp(timestamp);
      return timestamp - BigInt(micros % unit);
    };
  const truncate = { ...truncateDay, ...longPeriods }[part];
  return truncate && ((timestamp) => BigInt(truncate(splitTimestamp(timestamp).days)) * 86_400_000_000n);
}

const firstOfYears = (length: number) => (days: number) => {
  const { year } = civilOf(days);
  const first = year > 0 ? Math.trunc(year / length) * length : 1 - Math.trunc((1 - year) / length) * length;
  return daysOf(first, 1, 1);
};
const longPeriods: Readonly<Record<string, (days: number) => number>> = {
  millennium: firstOfYears(1000),
  century: firstOfYears(100),
  decade: firstOfYears(10),
};

/** epoch() of a TIMESTAMP WITH TIME ZONE, as the sum of two quotients. */
export function epochTz(timestamp: bigint): number | null {
  if (!isFiniteTimestamp(timestamp)) return null;
  const millis = floorMillis(timestamp);
  return Number(millis) / 1000 + Number(timestamp - millis * 1000n) / 1e6;
}
