import type { Interval } from "../../types.ts";
import { civilOf, daysOf, isoDayOfWeek, isoWeek, splitTimestamp, isFiniteDate, isFiniteTimestamp } from "./calendar.ts";

/** Fields that a day has. */
export const dateParts: Readonly<Record<string, (days: number) => number>> = {
  year: (days) => civilOf(days).year,
  month: (days) => civilOf(days).month,
  day: (days) => civilOf(days).day,
  decade: (days) => Math.trunc(civilOf(days).year / 10),
  century: (days) => periods(civilOf(days).year, 100),
  millennium: (days) => periods(civilOf(days).year, 1000),
  quarter: (days) => Math.ceil(civilOf(days).month / 3),
  dayofweek: (days) => isoDayOfWeek(days) % 7,
  isodow: isoDayOfWeek,
  dayofyear: (days) => days - daysOf(civilOf(days).year, 1, 1) + 1,
  week: (days) => isoWeek(days).week,
  isoyear: (days) => isoWeek(days).year,
  yearweek: (days) => {
    const { year, week } = isoWeek(days);
    return year * 100 + (year > 0 ? week : -week);
  },
  era: (days) => (civilOf(days).year > 0 ? 1 : 0),
};

/** Centuries and millennia: the first is that of year 1, before it is the one of -1. */
const periods = (year: number, length: number): number => (year > 0 ? Math.floor((year - 1) / length) + 1 : Math.trunc(year / length) - 1);

const minute = 60_000_000;
const hour = 60 * minute;

/** Fields of the time of day; seconds and below count from the minute's start. */
export const timeParts: Readonly<Record<string, (micros: number) => number>> = {
  hour: (micros) => Math.floor(micros / hour),
  minute: (micros) => Math.floor((micros % hour) / minute),
  second: (micros) => Math.floor((micros % minute) / 1_000_000),
  millisecond: (micros) => Math.floor((micros % minute) / 1000),
  microsecond: (micros) => micros % minute,
};

/** Fields of an INTERVAL: its months, days and microseconds do not flow into each other. */
export const intervalParts: Readonly<Record<string, (interval: Interval) => bigint>> = {
  year: ({ months }) => whole(months / 12),
  month: ({ months }) => whole(months % 12),
  day: ({ days }) => BigInt(days),
  decade: ({ months }) => whole(months / 120),
  century: ({ months }) => whole(months / 1200),
  millennium: ({ months }) => whole(months / 12000),
  quarter: ({ months }) => whole((months % 12) / 3) + 1n,
  hour: ({ micros }) => micros / BigInt(hour),
  minute: ({ micros }) => (micros % BigInt(hour)) / BigInt(minute),
  second: ({ micros }) => (micros % BigInt(minute)) / 1_000_000n,
  millisecond: ({ micros }) => (micros % BigInt(minute)) / 1000n,
  microsecond: ({ micros }) => micros % BigInt(minute),
};
const whole = (value: number): bigint => BigInt(Math.trunc(value));

/** A field of a DATE as DuckDB gives it: NULL for an infinite one. */
export function ofDate(part: string): ((days: number) => bigint | null) | undefined {
  const field = dateParts[part] ?? (part in timeParts ? () => 0 : undefined);
  return field && ((days) => (isFiniteDate(days) ? BigInt(field(days)) : null));
}

/** A field of a TIMESTAMP. */
export function ofTimestamp(part: string): ((timestamp: bigint) => bigint | null) | undefined {
  const dateField = dateParts[part];
  if (dateField !== undefined)
    return (timestamp) => (isFiniteTimestamp(timestamp) ? BigInt(dateField(splitTimestamp(timestamp).days)) : null);
  const timeField = timeParts[part];
  return timeField && ((timestamp) => (isFiniteTimestamp(timestamp) ? BigInt(timeField(splitTimestamp(timestamp).micros)) : null));
}

/** A field of a TIME. */
export function ofTime(part: string): ((micros: bigint) => bigint) | undefined {
  const field = timeParts[part];
  return field && ((micros) => BigInt(field(Number(micros))));
}
