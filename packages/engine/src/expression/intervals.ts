import type { Interval } from "../types.ts";
import {
  civilOf,
  daysOf,
  infiniteDate,
  infiniteTimestamp,
  isFiniteDate,
  isFiniteTimestamp,
  monthLength,
} from "../functions/temporal/calendar.ts";
import { EvaluationError } from "./evaluation-error.ts";

const microsPerDay = 86_400_000_000n;
const minTimestamp = -9223372022400000000n;
const minDate = -(2 ** 31);
const int32 = 2 ** 31;

export const isInfiniteTimestamp = (timestamp: bigint): boolean => !isFiniteTimestamp(timestamp);
export const isInfiniteDate = (date: number): boolean => !isFiniteDate(date);

export function dateToTimestamp(date: number): bigint {
  if (isInfiniteDate(date)) return date > 0 ? infiniteTimestamp : -infiniteTimestamp;
  return checkTimestamp(BigInt(date) * microsPerDay);
}

/** @throws EvaluationError when the sum of a date and days is out of range; an infinite date stays. */
export function checkDate(date: number, sum: number): number {
  if (isInfiniteDate(date)) return date;
  if (sum > infiniteDate || sum < minDate || isInfiniteDate(sum)) throw new EvaluationError("Date out of range");
  return sum;
}

export function checkTimestamp(timestamp: bigint): bigint {
  if (timestamp >= infiniteTimestamp || timestamp < minTimestamp) throw new EvaluationError("Timestamp out of range");
  return timestamp;
}

/** Months first, on the calendar, with the day cut to the month's last; then days; then the time. */
export function addInterval(timestamp: bigint, { months, days, micros }: Interval): bigint {
  let day = timestamp / microsPerDay;
  let time = timestamp % microsPerDay;
  if (time < 0n) {
    time += microsPerDay;
    day -= 1n;
  }
  const date = months === 0 ? Number(day) : addMonths(Number(day), months);
  return checkTimestamp(BigInt(date + days) * microsPerDay + time + micros);
}

/**
 * The same for TIMESTAMP WITH TIME ZONE, in UTC: DuckDB takes the time first when any part of the interval is negative.
 */
export function addIntervalZoned(timestamp: bigint, interval: Interval): bigint {
  const { months, days, micros } = interval;
  if (months >= 0 && days >= 0 && micros >= 0n) return addInterval(timestamp, interval);
  return addInterval(addInterval(timestamp, { months: 0, days: 0, micros }), { months, days, micros: 0n });
}

/** Days since 1970 some months later. */
export function addMonths(date: number, months: number): number {
  const { year, month, day } = civilOf(date);
  const index = year * 12 + (month - 1) + months;
  const newYear = Math.floor(index / 12);
  const newMonth = index - newYear * 12 + 1;
  return daysOf(newYear, newMonth, Math.min(day, monthLength(newYear, newMonth)));
}

export function addIntervals(a: Interval, b: Interval): Interval {
  return checkInterval({ months: a.months + b.months, days: a.days + b.days, micros: a.micros + b.micros });
}

export function negateInterval({ months, days, micros }: Interval): Interval {
  return checkInterval({ months: 0 - months, days: 0 - days, micros: -micros });
}

function checkInterval(interval: Interval): Interval {
  const { months, days, micros } = interval;
  const fits = (value: number): boolean => value >= -int32 && value < int32;
  if (!fits(months) || !fits(days) || BigInt.asIntN(64, micros) !== micros) throw new EvaluationError("Interval value is out of range");
  return interval;
}

/** As days and the rest, whose sign is that of the difference. */
export function timestampDifference(a: bigint, b: bigint): Interval {
  if (isInfiniteTimestamp(a) || isInfiniteTimestamp(b)) throw new EvaluationError("Cannot subtract infinite timestamps");
  const difference = a - b;
  if (BigInt.asIntN(64, difference) !== difference) throw new EvaluationError("Timestamp difference is out of bounds");
  return { months: 0, days: Number(difference / microsPerDay), micros: difference % microsPerDay };
}
