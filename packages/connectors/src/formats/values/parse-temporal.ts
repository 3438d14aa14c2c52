import { ValueError } from "./value-error.ts";

const dateForm = /^\s*([+-]?\d{1,6})-(\d{1,2})-(\d{1,2})\s*$/;
const timeForm = /^\s*(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{0,9}))?)?\s*$/;
const timestampForm =
  /^\s*([+-]?\d{1,6}-\d{1,2}-\d{1,2})(?:[ tT]+(\d{1,2}:\d{1,2}(?::\d{1,2}(?:\.\d{0,9})?)?)\s*(?:([zZ]|UTC)|([+-])(\d{2}):?(\d{2})?)?)?\s*$/;
const monthLengths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Days since 1970-01-01 of a date in the proleptic Gregorian calendar. */
export function daysFromDate(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719468;
}

function isDate(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1 || day > (monthLengths[month - 1] ?? 0)) return false;
  return month !== 2 || day < 29 || (year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0));
}

function digits(text: string, from: number, count: number): number {
  let value = 0;
  for (let at = from; at < from + count; at++) {
    const digit = text.charCodeAt(at) - 48;
    // NaN past the end of the text also fails this test.
    if (!(digit >= 0 && digit <= 9)) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/** Days of "YYYY-MM-DD" at the start of the text; undefined when it is not in that form or not a date. */
function daysOfPlainDate(text: string): number | undefined {
  if (text.charCodeAt(4) !== 45 || text.charCodeAt(7) !== 45) return undefined;
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 2);
  const day = digits(text, 8, 2);
  return year >= 0 && isDate(year, month, day) ? daysFromDate(year, month, day) : undefined;
}

/** Reads a DATE ("2024-02-25"): days since 1970-01-01. */
export function parseDate(text: string): number {
  const plain = text.length === 10 ? daysOfPlainDate(text) : undefined;
  return plain ?? parseAnyDate(text, text);
}

function parseAnyDate(text: string, shown: string): number {
  const match = dateForm.exec(text);
  if (match !== null) {
    const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
    if (isDate(year, month, day)) return daysFromDate(year, month, day);
    throw new ValueError(`${quote(shown)} is not a date of the calendar`);
  }
  throw new ValueError(`expected a date in the form YYYY-MM-DD, found ${quote(shown)}`);
}

/** Microseconds since midnight; digits past microseconds are dropped. */
function microsOfTime(text: string, shown: string): number {
  const match = timeForm.exec(text);
  if (match === null) throw new ValueError(`expected a time in the form HH:MM:SS[.ffffff], found ${quote(shown)}`);
  const [hour, minute, second] = [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
  if (hour > 23 || minute > 59 || second > 59) throw new ValueError(`${quote(shown)} is not a time of day`);
  return (hour * 3600 + minute * 60 + second) * 1e6 + microsOfFraction(match[4] ?? "");
}

function microsOfFraction(fraction: string): number {
  return fraction === "" ? 0 : Number(fraction.slice(0, 6).padEnd(6, "0"));
}

/** Reads a TIME ("23:59:29.483"): microseconds since midnight. */
export function parseTime(text: string): bigint {
  return BigInt(microsOfTime(text, text));
}

/** Reads a TIMESTAMP ("2024-02-25 12:12:33.5", RFC 3339 too; a zone is converted to UTC): microseconds since the epoch. */
export function parseTimestamp(text: string): bigint {
  const length = text.length;
  if (length >= 19 && length <= 26 && text.charCodeAt(13) === 58 && text.charCodeAt(16) === 58) {
    const plain = parsePlainTimestamp(text, length);
    if (plain !== undefined) return plain;
  }
  const match = timestampForm.exec(text);
  if (match === null) {
    throw new ValueError(`expected a timestamp in the form YYYY-MM-DD HH:MM:SS[.ffffff], found ${quote(text)}`);
  }
  const days = parseAnyDate(match[1] ?? "", text);
  let micros = match[2] === undefined ? 0 : microsOfTime(match[2], text);
  if (match[4] !== undefined) {
    const offset = (Number(match[5]) * 60 + Number(match[6] ?? 0)) * 60e6;
    micros += match[4] === "-" ? offset : -offset;
  }
  return BigInt(days) * 86_400_000_000n + BigInt(micros);
}

/** "YYYY-MM-DD HH:MM:SS[.ffffff]" with a space or a T and no zone; undefined hands over to the general reader. */
function parsePlainTimestamp(text: string, length: number): bigint | undefined {
  const separator = text.charCodeAt(10);
  if (separator !== 32 && separator !== 84) return undefined;
  const days = daysOfPlainDate(text);
  const hour = digits(text, 11, 2);
  const minute = digits(text, 14, 2);
  const second = digits(text, 17, 2);
  if (days === undefined || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return undefined;
  let fraction = 0;
  if (length > 19) {
    if (text.charCodeAt(19) !== 46 || length === 20) return undefined;
    fraction = digits(text, 20, length - 20);
    if (fraction < 0) return undefined;
    for (let missing = 26 - length; missing > 0; missing--) fraction *= 10;
  }
  const seconds = days * 86400 + hour * 3600 + minute * 60 + second;
  // 9e9 seconds (years 1685 to 2255) times a million is still exact in a double.
  if (seconds > -9e9 && seconds < 9e9) return BigInt(seconds * 1e6 + fraction);
  return BigInt(seconds) * 1_000_000n + BigInt(fraction);
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 80));
}
