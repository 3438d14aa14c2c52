import { EvaluationError } from "../../expression/evaluation-error.ts";

/** The proleptic Gregorian calendar on DuckDB's DATE (days) and TIMESTAMP (microseconds), with a year 0 before year 1. */

export interface Civil {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
}

/** DATE 'infinity'; '-infinity' is its negative. */
export const infiniteDate = 2147483647;
/** TIMESTAMP 'infinity'; '-infinity' is its negative. */
export const infiniteTimestamp = 2n ** 63n - 1n;
export const isFiniteDate = (days: number): boolean => days !== infiniteDate && days !== -infiniteDate;
export const isFiniteTimestamp = (micros: bigint): boolean => micros !== infiniteTimestamp && micros !== -infiniteTimestamp;

export const microsPerDay = 86_400_000_000;

/** The date of a day. */
export function civilOf(days: number): Civil {
  // Counted from 0000-03-01, so that leap days end a year.
  const shifted = days + 719468;
  const era = Math.floor(shifted / 146097);
  const dayOfEra = shifted - era * 146097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1,
  };
}

/** The day of a date; the month may be any number, counted on from January of the year. */
export function daysOf(year: number, month: number, day: number): number {
  const months = year * 12 + month - 1 - 2;
  const marchYear = Math.floor(months / 12);
  const monthFromMarch = months - marchYear * 12;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const dayOfYear = Math.floor((153 * monthFromMarch + 2) / 5) + day - 1;
  return era * 146097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719468;
}

const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
/** Number of days of a month. */
export function monthLength(year: number, month: number): number {
  return month === 2 ? (isLeap(year) ? 29 : 28) : month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Monday is 1, Sunday 7. */
export const isoDayOfWeek = (days: number): number => ((((days + 3) % 7) + 7) % 7) + 1;

/** The ISO year and week of a day: the week belongs to the year of its Thursday. @throws EvaluationError in the first year of all. */
export function isoWeek(days: number): { readonly year: number; readonly week: number } {
  const thursday = days - isoDayOfWeek(days) + 4;
  const { year } = civilOf(thursday);
  // DuckDB looks for the year's first day, which is no DATE.
  if (year <= -5877641) throw new EvaluationError("Date out of range");
  return { year, week: Math.floor((thursday - daysOf(year, 1, 1)) / 7) + 1 };
}

/** Day and microseconds of the day of a TIMESTAMP. */
export function splitTimestamp(timestamp: bigint): { readonly days: number; readonly micros: number } {
  if (timestamp < -9007199254740991n || timestamp > 9007199254740991n) {
    const rest = ((timestamp % 86_400_000_000n) + 86_400_000_000n) % 86_400_000_000n;
    return { days: Number((timestamp - rest) / 86_400_000_000n), micros: Number(rest) };
  }
  const value = Number(timestamp);
  // The quotient is rounded: just before midnight it can be the next day.
  let days = Math.floor(value / microsPerDay);
  if (days * microsPerDay > value) days--;
  return { days, micros: value - days * microsPerDay };
}

/** The day of a TIMESTAMP. */
export const dayOfTimestamp = (timestamp: bigint): number => splitTimestamp(timestamp).days;
