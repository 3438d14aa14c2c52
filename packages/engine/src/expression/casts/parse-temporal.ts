import { daysOf, infiniteDate, infiniteTimestamp, monthLength, splitTimestamp } from "../../functions/temporal/calendar.ts";
import { joinTimestamp } from "../../functions/temporal/timestamp-range.ts";
import { EvaluationError } from "../evaluation-error.ts";

/** White space is ASCII's. */
const space = String.raw`[ \t-\r]*`;
const calendarDate = new RegExp(String.raw`${space}(-?)(\d+)([-/\\ ])(\d{1,2})\3(\d{1,2})`, "y");
const special = new RegExp(String.raw`^${space}(-?)(?:(inf|infinity)|epoch)${space}$`, "i");
const beforeChrist = /[ \t-\r]\(bc\)/iy;
const digit = /\d/;
/** Minutes and seconds may end with the text. */
const clock = new RegExp(String.raw`${space}(\d{1,9}):(?:$|(\d{1,2})(?:$|:(?:$|(\d{1,2})(?:\.(\d*))?)))`, "y");
/** A TIMESTAMP has no zone: an offset is read and means nothing. */
const offset = String.raw`[+-]\d\d(?::?\d\d(?::(?:\d\d)?)?|:)?`;
const zone = new RegExp(String.raw`^(?:$|(?:Z|${offset}| (?:utc)?)${space}$)`, "i");

const microsPerDay = 86_400_000_000;

interface DateText {
  readonly days: number;
  /** Where it ends. */
  readonly end: number;
}

/** A DATE; what stands behind it is passed over, but for a digit. */
export function parseDate(text: string): number | undefined {
  return readDate(text)?.days;
}

/** Midnight when there is no time. */
export function parseTimestamp(text: string): bigint | undefined {
  const date = readDate(text);
  if (date === undefined) return undefined;
  const { days, end } = date;
  if (days === infiniteDate || days === -infiniteDate) return days > 0 ? infiniteTimestamp : -infiniteTimestamp;
  if (end === text.length) return inRange(days, 0);
  const time = readTime(text, text[end] === " " || text[end] === "T" ? end + 1 : end);
  if (time === undefined || time.micros > microsPerDay || !isZone(text.slice(time.end))) return undefined;
  return inRange(days, time.micros);
}

/** A TIME, whatever stands behind it, or that of a TIMESTAMP. */
export function parseTime(text: string): bigint | undefined {
  const time = readTime(text, 0);
  if (time !== undefined) return time.micros <= microsPerDay ? BigInt(time.micros) : undefined;
  const timestamp = parseTimestamp(text);
  if (timestamp === undefined || timestamp === infiniteTimestamp || timestamp === -infiniteTimestamp) return undefined;
  return BigInt(splitTimestamp(timestamp).micros);
}

function readDate(text: string): DateText | undefined {
  calendarDate.lastIndex = 0;
  const match = calendarDate.exec(text);
  if (match === null) return readSpecial(text);
  let end = calendarDate.lastIndex;
  let year = Number(match[2]);
  const month = Number(match[4]);
  const day = Number(match[5]);
  const negative = match[1] === "-";
  beforeChrist.lastIndex = end;
  if (beforeChrist.test(text)) {
    if (negative || year === 0) return undefined;
    // 1 BC is the year 0.
    year = 1 - year;
    end += " (BC)".length;
  } else if (negative) year = -year;
  if (digit.test(text[end] ?? "") || month < 1 || month > 12 || day < 1 || day > monthLength(year, month)) return undefined;
  const days = daysOf(year, month, day);
  return days < infiniteDate && days > -infiniteDate ? { days, end } : undefined;
}

function readSpecial(text: string): DateText | undefined {
  const match = special.exec(text);
  if (match === null) return undefined;
  return { days: match[2] === undefined ? 0 : match[1] === "-" ? -infiniteDate : infiniteDate, end: text.length };
}

function readTime(text: string, from: number): { readonly micros: number; readonly end: number } | undefined {
  clock.lastIndex = from;
  const match = clock.exec(text);
  if (match === null) return undefined;
  const [, hour, minute = "0", second = "0", fraction = ""] = match;
  if (Number(minute) >= 60 || Number(second) >= 60) return undefined;
  const seconds = Number(hour) * 3600 + Number(minute) * 60 + Number(second);
  return { micros: seconds * 1e6 + Number(fraction.slice(0, 6).padEnd(6, "0")), end: clock.lastIndex };
}

const isZone = (rest: string): boolean => zone.test(rest) && !rest.startsWith("z");

function inRange(days: number, micros: number): bigint | undefined {
  try {
    const timestamp = joinTimestamp(days, micros);
    return timestamp === -infiniteTimestamp ? undefined : timestamp;
  } catch (error) {
    if (error instanceof EvaluationError) return undefined;
    throw error;
  }
}
