import { Unsupported } from "../../plan/unsupported.ts";
import type { BoundCall, Overload, ScalarFunction } from "../types.ts";
import { bound, constantText, scalar } from "../overload.ts";
import { civilOf, daysOf, isFiniteDate, isFiniteTimestamp, isoDayOfWeek, isoWeek, splitTimestamp } from "./calendar.ts";
import { asCalendar } from "./timestamp-tz.ts";
import { dayName, monthName } from "./make.ts";

const two = (value: number): string => (value < 10 ? `0${value}` : String(value));
const yearText = (year: number): string => (year < 0 || year > 9999 ? String(year) : String(year).padStart(4, "0"));
const dayOfYear = (days: number): number => days - daysOf(civilOf(days).year, 1, 1) + 1;
const hour = (micros: number): number => Math.floor(micros / 3_600_000_000);
const minute = (micros: number): number => Math.floor(micros / 60_000_000) % 60;
const second = (micros: number): number => Math.floor(micros / 1_000_000) % 60;
const clock = (micros: number): number => hour(micros) % 12 || 12;

/** A letter's text for a day and the microseconds of that day. */
type Letter = (days: number, micros: number) => string;
const letters: Readonly<Record<string, Letter>> = {
  "%": () => "%",
  Y: (days) => yearText(civilOf(days).year),
  m: (days) => two(civilOf(days).month),
  "-m": (days) => String(civilOf(days).month),
  d: (days) => two(civilOf(days).day),
  "-d": (days) => String(civilOf(days).day),
  H: (_, micros) => two(hour(micros)),
  "-H": (_, micros) => String(hour(micros)),
  I: (_, micros) => two(clock(micros)),
  "-I": (_, micros) => String(clock(micros)),
  p: (_, micros) => (hour(micros) < 12 ? "AM" : "PM"),
  M: (_, micros) => two(minute(micros)),
  "-M": (_, micros) => String(minute(micros)),
  S: (_, micros) => two(second(micros)),
  "-S": (_, micros) => String(second(micros)),
  f: (_, micros) => String(micros % 1_000_000).padStart(6, "0"),
  g: (_, micros) => String(Math.floor(micros / 1000) % 1000).padStart(3, "0"),
  j: (days) => String(dayOfYear(days)).padStart(3, "0"),
  "-j": (days) => String(dayOfYear(days)),
  a: (days) => dayName(days).slice(0, 3),
  A: dayName,
  b: (days) => monthName(days).slice(0, 3),
  B: monthName,
  w: (days) => String(isoDayOfWeek(days) % 7),
  u: (days) => String(isoDayOfWeek(days)),
  V: (days) => two(isoWeek(days).week),
};

/** strftime() with a constant format of proven letters. */
export const strftime: ScalarFunction = scalar(
  "strftime",
  overloads("DATE", (format) => (days: number) => (isFiniteDate(days) ? format(days, 0) : infinity(days > 0))),
  overloads("TIMESTAMP", (format) => (timestamp: bigint) => ofTimestamp(format, timestamp)),
  overloads(
    "TIMESTAMP_TZ",
    (format) => (timestamp: bigint) => ofTimestamp(format, isFiniteTimestamp(timestamp) ? asCalendar(timestamp) : timestamp),
  ),
);

/** The format may stand on either side. */
function overloads(type: string, make: (format: Letter) => (value: never) => string): readonly Overload[] {
  return [
    bound(`strftime(${type}, VARCHAR)`, (call) => make(createFormat(call, 1))),
    bound(`strftime(VARCHAR, ${type})`, (call) => {
      const evaluate = make(createFormat(call, 0));
      return (_: string, value: never) => evaluate(value);
    }),
  ];
}

function ofTimestamp(format: Letter, timestamp: bigint): string {
  if (!isFiniteTimestamp(timestamp)) return infinity(timestamp > 0n);
  const { days, micros } = splitTimestamp(timestamp);
  return format(days, micros);
}
const infinity = (positive: boolean): string => (positive ? "infinity" : "-infinity");

function createFormat(call: BoundCall, index: number): Letter {
  const format = constantText(call, index);
  if (format === "") throw new Unsupported("strftime with an empty format");
  const pieces = format.split(/(%-?.?)/su).map((piece): string | Letter => {
    if (!piece.startsWith("%")) return piece;
    const letter = letters[piece.slice(1)];
    if (letter === undefined) throw new Unsupported(`strftime with ${piece}`);
    return letter;
  });
  return (days, micros) => {
    let text = "";
    for (const piece of pieces) text += typeof piece === "string" ? piece : piece(days, micros);
    return text;
  };
}
