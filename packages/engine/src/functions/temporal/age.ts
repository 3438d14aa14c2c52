import { EvaluationError } from "../../expression/evaluation-error.ts";
import type { Interval } from "../../types.ts";
import { pure, scalar } from "../overload.ts";
import type { ScalarFunction } from "../types.ts";
import { civilOf, isFiniteTimestamp, microsPerDay, monthLength, splitTimestamp, type Civil } from "./calendar.ts";

/** age(later, earlier): years and months on the calendar, then days, then the time; all of one sign. NULL for infinite ones. */
export const age: ScalarFunction = scalar("age", pure("age(TIMESTAMP, TIMESTAMP)", between as (a: bigint, b: bigint) => never));

function between(first: bigint, second: bigint): Interval | null {
  if (!isFiniteTimestamp(first) || !isFiniteTimestamp(second)) return null;
  const negative = first < second;
  const { months, days, micros } = negative ? distance(second, first) : distance(first, second);
  if (months > 2147483647) throw new EvaluationError("Interval value is out of range");
  return negative ? { months: 0 - months, days: 0 - days, micros: -micros } : { months, days, micros };
}

interface Moment extends Civil {
  readonly micros: number;
}

const momentOf = (timestamp: bigint): Moment => {
  const { days, micros } = splitTimestamp(timestamp);
  return { ...civilOf(days), micros };
};

/** Days are borrowed from the month of the earlier one. */
function distance(later: bigint, earlier: bigint): Interval {
  const [to, from] = [momentOf(later), momentOf(earlier)];
  let months = (to.year - from.year) * 12 + to.month - from.month;
  let days = to.day - from.day;
  let micros = to.micros - from.micros;
  if (micros < 0) {
    micros += microsPerDay;
    days--;
  }
  while (days < 0) {
    days += monthLength(from.year, from.month);
    months--;
  }
  return { months, days, micros: BigInt(micros) };
}
