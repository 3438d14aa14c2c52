import { EvaluationError } from "../../expression/evaluation-error.ts";
import { Unsupported } from "../../plan/unsupported.ts";
import type { Interval } from "../../types.ts";
import type { Overload, ScalarFunction } from "../types.ts";
import { bound, constantText, pure, scalar } from "../overload.ts";
import {
  civilOf,
  daysOf,
  dayOfTimestamp,
  infiniteDate,
  infiniteTimestamp,
  isFiniteDate,
  isFiniteTimestamp,
  isoDayOfWeek,
  monthLength,
} from "./calendar.ts";
import { joinTimestamp } from "./timestamp-range.ts";
import { asCalendar } from "./timestamp-tz.ts";

const months = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
const weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
export const monthName = (days: number): string => months[civilOf(days).month - 1]!;
export const dayName = (days: number): string => weekdays[isoDayOfWeek(days) - 1]!;

/** Over DATE and TIMESTAMP alike: NULL for infinite ones. */
function ofDay(name: string, evaluate: (days: number) => string | number): readonly Overload[] {
  return [
    pure(`${name}(DATE)`, (days: number) => (isFiniteDate(days) ? evaluate(days) : null)),
    pure(`${name}(TIMESTAMP)`, (timestamp: bigint) => (isFiniteTimestamp(timestamp) ? evaluate(dayOfTimestamp(timestamp)) : null)),
  ];
}

function lastDay(days: number): number {
  const { year, month, day } = civilOf(days);
  const last = days + monthLength(year, month) - day;
  if (last >= infiniteDate) throw new EvaluationError(`Date out of range: ${year}-${month}-${monthLength(year, month)}`);
  return last;
}

function makeDate(year: bigint, month: bigint, day: bigint): number {
  const fail = (): never => {
    throw new EvaluationError(`Date out of range: ${year}-${month}-${day}`);
  };
  if (month < 1n || month > 12n || day < 1n || year < -5877641n || year > 5881580n) return fail();
  if (day > BigInt(monthLength(Number(year), Number(month)))) return fail();
  const days = daysOf(Number(year), Number(month), Number(day));
  return days < -2147483646 || days > 2147483646 ? fail() : days;
}

function fromMicros(micros: bigint): bigint {
  if (!isFiniteTimestamp(micros)) throw new EvaluationError(`Timestamp microseconds out of range: ${micros}`);
  return micros;
}

function fromParts(year: bigint, month: bigint, day: bigint, hour: bigint, minute: bigint, second: number): bigint {
  const days = makeDate(year, month, day);
  const seconds = Math.trunc(second);
  const fraction = (second - seconds) * 1e6;
  const micros = Math.sign(fraction) * Math.round(Math.abs(fraction));
  const whole = hour === 24n && minute === 0n && seconds === 0 && micros === 0;
  const valid = whole || (hour >= 0n && hour < 24n && minute >= 0n && minute < 60n && seconds >= 0 && seconds <= 60 && micros >= 0);
  if (!valid) throw new EvaluationError(`Time out of range: ${hour}:${minute}:${second}`);
  return joinTimestamp(days, (Number(hour) * 3600 + Number(minute) * 60 + seconds) * 1e6 + micros);
}

function fromMillis(millis: bigint): bigint {
  const micros = millis * 1000n;
  if (micros >= infiniteTimestamp || micros <= -infiniteTimestamp)
    throw new EvaluationError("Could not convert Timestamp(MS) to Timestamp(US)");
  return micros;
}

function roundHalfEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 !== 0) ? below + 1 : below;
}
const toTimestamp = (seconds: number): bigint => {
  const micros = roundHalfEven(seconds * 1e6);
  if (!Number.isFinite(seconds) || Math.abs(micros) >= 2 ** 63)
    throw new EvaluationError("Epoch seconds out of range for TIMESTAMP WITH TIME ZONE");
  return BigInt(micros);
};

/** Making dates and timestamps from numbers, and names from them. */
export const makeFunctions: readonly ScalarFunction[] = [
  scalar("monthname", ofDay("monthname", monthName)),
  scalar("dayname", ofDay("dayname", dayName)),
  scalar("last_day", ofDay("last_day", lastDay)),
  scalar("make_date", pure("make_date(BIGINT, BIGINT, BIGINT)", makeDate)),
  scalar(
    "make_timestamp",
    pure("make_timestamp(BIGINT)", fromMicros),
    pure("make_timestamp(BIGINT, BIGINT, BIGINT, BIGINT, BIGINT, DOUBLE)", fromParts),
  ),
  scalar("epoch_ms", pure("epoch_ms(BIGINT)", fromMillis)),
  scalar("make_timestamp_ms", pure("make_timestamp_ms(BIGINT)", fromMillis)),
  scalar("timezone", inUtc("TIMESTAMP"), inUtc("TIMESTAMP_TZ")),
  scalar("to_timestamp", pure("to_timestamp(DOUBLE)", toTimestamp)),
  ...intervalFunctions(),
];

/** AT TIME ZONE of the engine's own time zone. */
function inUtc(type: string): Overload {
  return bound(`timezone(VARCHAR, ${type})`, (call) => {
    const zone = constantText(call, 0);
    if (zone !== "UTC") throw new Unsupported(`time zone '${zone}'`);
    return (_: string, timestamp: bigint) => {
      if (!isFiniteTimestamp(timestamp)) return timestamp;
      const result = asCalendar(timestamp);
      if (BigInt.asIntN(64, result) !== result) throw new EvaluationError("ICU date overflows timestamp range");
      return result;
    };
  });
}

function intervalFunctions(): ScalarFunction[] {
  const inMonths = { to_millennia: 12000, to_centuries: 1200, to_decades: 120, to_years: 12, to_quarters: 3, to_months: 1 };
  const inDays = { to_weeks: 7, to_days: 1 };
  const inMicros = { to_hours: 3_600_000_000n, to_minutes: 60_000_000n, to_microseconds: 1n };
  const checked = (value: number, name: string): number => {
    if (value > 2147483647 || value < -2147483648) throw new EvaluationError(`Interval value out of range in ${name}`);
    return value;
  };
  const over = (name: string, make: (count: number) => Interval): ScalarFunction =>
    scalar(
      name,
      pure(`${name}(INTEGER)`, make as (count: number) => never),
      pure(`${name}(BIGINT)`, (count: bigint) => make(Number(count)) as never),
    );
  return [
    ...Object.entries(inMonths).map(([name, size]) =>
      over(name, (count) => ({ months: checked(count * size, name), days: 0, micros: 0n })),
    ),
    ...Object.entries(inDays).map(([name, size]) => over(name, (count) => ({ months: 0, days: checked(count * size, name), micros: 0n }))),
    ...Object.entries(inMicros).map(([name, size]) =>
      scalar(
        name,
        pure(`${name}(BIGINT)`, (count: bigint) => {
          const micros = count * size;
          if (BigInt.asIntN(64, micros) !== micros) throw new EvaluationError(`Interval value out of range in ${name}`);
          return { months: 0, days: 0, micros };
        }),
      ),
    ),
  ];
}
