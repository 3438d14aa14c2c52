import { EvaluationError } from "../../expression/evaluation-error.ts";
import { Unsupported } from "../../plan/unsupported.ts";
import type { Interval } from "../../types.ts";
import type { BoundCall, Overload, ScalarFunction } from "../types.ts";
import { bound, constantArgument, scalar } from "../overload.ts";
import { civilOf, daysOf, infiniteDate, isFiniteDate, isFiniteTimestamp, splitTimestamp } from "./calendar.ts";
import { asCalendar } from "./timestamp-tz.ts";
import { dateToTimestamp, joinTimestamp } from "./timestamp-range.ts";

/** Where windows begin when the call does not say: 2000-01-03, a Monday, and the month of 2000-01. */
const originMicros = 946_857_600_000_000n;
const originMonth = 2000 * 12;

/** time_bucket() of a constant width, either of months or of days and below. */
export const timeBucket: ScalarFunction = scalar(
  "time_bucket",
  overDate(),
  overTimestamp(),
  overTimestampTz(),
  overTimestampFrom(),
  overTimestampTzFrom(),
);

function overTimestamp(): Overload {
  return bound("time_bucket(INTERVAL, TIMESTAMP)", (call) => {
    const { months, width } = widthOf(call);
    const bucket =
      months > 0
        ? (timestamp: bigint) => joinTimestamp(firstOfMonths(months, splitTimestamp(timestamp).days), 0)
        : (timestamp: bigint) => bucketOfMicros(width, originMicros % width, timestamp);
    return (_: Interval, timestamp: bigint) => (isFiniteTimestamp(timestamp) ? bucket(timestamp) : timestamp);
  });
}

function overTimestampTz(): Overload {
  return bound("time_bucket(INTERVAL, TIMESTAMP_TZ)", (call) => {
    const { months, width, days } = widthOf(call);
    if (months !== 0 || days !== 0) throw new Unsupported("time_bucket of days or months with TIMESTAMP_TZ");
    return (_: Interval, timestamp: bigint) =>
      isFiniteTimestamp(timestamp) ? inRange(asCalendar(bucketOfMicros(width, originMicros, timestamp))) : timestamp;
  });
}

/** With an origin, as which TUMBLE and HOP are written out. */
function overTimestampFrom(): Overload {
  return bound("time_bucket(INTERVAL, TIMESTAMP, TIMESTAMP)", (call) => {
    const { months, width } = widthOf(call);
    if (months !== 0) throw new Unsupported("time_bucket of months with an origin");
    const origin = originOf(call) % width;
    return (_: Interval, timestamp: bigint) => (isFiniteTimestamp(timestamp) ? bucketOfMicros(width, origin, timestamp) : timestamp);
  });
}

function overTimestampTzFrom(): Overload {
  return bound("time_bucket(INTERVAL, TIMESTAMP_TZ, TIMESTAMP_TZ)", (call) => {
    const { months, width, days } = widthOf(call);
    if (months !== 0 || days !== 0) throw new Unsupported("time_bucket of days or months with TIMESTAMP_TZ");
    const origin = originOf(call);
    return (_: Interval, timestamp: bigint) =>
      isFiniteTimestamp(timestamp) ? inRange(asCalendar(bucketOfMicros(width, origin, timestamp))) : timestamp;
  });
}

function originOf(call: BoundCall): bigint {
  const origin = constantArgument(call, 2) as bigint;
  if (!isFiniteTimestamp(origin)) throw new Unsupported("time_bucket with an infinite origin");
  return origin;
}

function overDate(): Overload {
  return bound("time_bucket(INTERVAL, DATE)", (call) => {
    const { months, width } = widthOf(call);
    const bucket =
      months > 0
        ? (days: number) => dateInRange(firstOfMonths(months, days))
        : (days: number) => splitTimestamp(bucketOfMicros(width, originMicros % width, dateToTimestamp(days))).days;
    return (_: Interval, days: number) => (isFiniteDate(days) ? bucket(days) : days);
  });
}

function widthOf(call: BoundCall): { readonly months: number; readonly days: number; readonly width: bigint } {
  const { months, days, micros } = constantArgument(call, 0) as Interval;
  const width = BigInt(days) * 86_400_000_000n + micros;
  const parts = Number(months !== 0) + Number(days !== 0) + Number(micros !== 0n);
  if (months < 0 || (months === 0 ? width <= 0n : parts > 1)) throw new Unsupported("time_bucket of such a width");
  return { months, days, width };
}

function bucketOfMicros(width: bigint, origin: bigint, timestamp: bigint): bigint {
  const offset = inRange(timestamp - origin);
  return inRange(timestamp - (((offset % width) + width) % width));
}

function inRange(micros: bigint): bigint {
  if (BigInt.asIntN(64, micros) !== micros) throw new EvaluationError("Timestamp out of range in time_bucket");
  return micros;
}

function firstOfMonths(width: number, days: number): number {
  const { year, month } = civilOf(days);
  return daysOf(2000, Math.floor((year * 12 + month - 1 - originMonth) / width) * width + 1, 1);
}

function dateInRange(days: number): number {
  if (days <= -infiniteDate) throw new EvaluationError("Date out of range in time_bucket");
  return days;
}
