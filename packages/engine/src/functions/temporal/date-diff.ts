import { EvaluationError } from "../../expression/evaluation-error.ts";
import { Unsupported } from "../../plan/unsupported.ts";
import type { BoundCall, Overload, ScalarFunction } from "../types.ts";
import { bound, constantText, scalar } from "../overload.ts";
import { civilOf, dayOfTimestamp, isFiniteDate, isFiniteTimestamp, isoWeek } from "./calendar.ts";
import { microsOf } from "./date-trunc-parts.ts";
import { partName } from "./part-names.ts";

/** Numbers the calendar's parts one after the other, so that a difference counts the borders between two days. */
const ordinals: Readonly<Record<string, (days: number) => number>> = {
  millennium: (days) => Math.trunc(civilOf(days).year / 1000),
  century: (days) => Math.trunc(civilOf(days).year / 100),
  decade: (days) => Math.trunc(civilOf(days).year / 10),
  year: (days) => civilOf(days).year,
  isoyear: (days) => isoWeek(days).year,
  quarter: (days) => {
    const { year, month } = civilOf(days);
    return Math.trunc((year * 12 + month - 1) / 3);
  },
  month: (days) => {
    const { year, month } = civilOf(days);
    return year * 12 + month;
  },
  day: (days) => days,
};

/** date_diff() of a constant part: the number of borders of the part between two times. */
export const dateDiff: ScalarFunction = scalar(["date_diff", "datediff"], overDate(), overTimestamp());

function overDate(): Overload {
  return bound("date_diff(VARCHAR, DATE, DATE)", (call) => {
    const part = partName(constantText(call, 0));
    const count = between(part) ?? refuse(part);
    return (_: string, from: number, to: number) => (isFiniteDate(from) && isFiniteDate(to) ? BigInt(count(from, to)) : null);
  });
}

function overTimestamp(): Overload {
  return bound("date_diff(VARCHAR, TIMESTAMP, TIMESTAMP)", (call: BoundCall) => {
    const part = partName(constantText(call, 0));
    const unit = microsOf[part];
    if (unit !== undefined) {
      const size = BigInt(unit);
      return overFinite((from, to) => subtract(floorDivide(to, size), floorDivide(from, size)));
    }
    const count = between(part) ?? refuse(part);
    return overFinite((from, to) => BigInt(count(dayOfTimestamp(from), dayOfTimestamp(to))));
  });
}

const overFinite =
  (count: (from: bigint, to: bigint) => bigint) =>
  (_: string, from: bigint, to: bigint): bigint | null =>
    isFiniteTimestamp(from) && isFiniteTimestamp(to) ? count(from, to) : null;

function between(part: string): ((from: number, to: number) => number) | undefined {
  // Weeks alone are not borders but whole ones.
  if (part === "week") return (from, to) => Math.trunc((to - from) / 7);
  const ordinal = ordinals[part];
  return ordinal && ((from, to) => ordinal(to) - ordinal(from));
}

function subtract(a: bigint, b: bigint): bigint {
  const result = a - b;
  if (BigInt.asIntN(64, result) !== result) throw new EvaluationError("Overflow in subtraction of timestamps");
  return result;
}

const floorDivide = (value: bigint, by: bigint): bigint => (value - (((value % by) + by) % by)) / by;

function refuse(part: string): never {
  throw new Unsupported(`date_diff by '${part}'`);
}
