import { civilOf, daysOf, isoDayOfWeek, isoWeek } from "./calendar.ts";

const firstOfYears = (length: number) => (days: number) => daysOf(Math.trunc(civilOf(days).year / length) * length, 1, 1);

/** The first day of the part that a day is in. */
export const truncateDay: Readonly<Record<string, (days: number) => number>> = {
  millennium: firstOfYears(1000),
  century: firstOfYears(100),
  decade: firstOfYears(10),
  year: firstOfYears(1),
  quarter: (days) => {
    const { year, month } = civilOf(days);
    return daysOf(year, month - ((month - 1) % 3), 1);
  },
  month: (days) => days - civilOf(days).day + 1,
  week: (days) => days - isoDayOfWeek(days) + 1,
  isoyear: (days) => {
    const january4 = daysOf(isoWeek(days).year, 1, 4);
    return january4 - isoDayOfWeek(january4) + 1;
  },
  day: (days) => days,
};

/** Microseconds of the parts of a day. */
export const microsOf: Readonly<Record<string, number>> = {
  hour: 3_600_000_000,
  minute: 60_000_000,
  second: 1_000_000,
  millisecond: 1000,
  microsecond: 1,
};
