import type { PlanType } from "../plan/types.ts";
import type { Interval } from "../types.ts";
import type { Operator } from "./arithmetic.ts";
import {
  addInterval,
  addIntervalZoned,
  addIntervals,
  dateToTimestamp,
  isInfiniteTimestamp,
  negateInterval,
  timestampDifference,
  checkDate,
} from "./intervals.ts";

type Evaluate = (a: never, b: never) => unknown;

/** Dates and times with integers and intervals. */
export function temporalOperator(symbol: string, left: PlanType, right: PlanType, result: PlanType): Operator | undefined {
  const evaluate = operators[`${left.id} ${symbol} ${right.id} = ${result.id}`];
  return evaluate === undefined ? undefined : { evaluate };
}

const plus = (timestamp: bigint, interval: Interval): bigint =>
  isInfiniteTimestamp(timestamp) ? timestamp : addInterval(timestamp, interval);
const plusZoned = (timestamp: bigint, interval: Interval): bigint =>
  isInfiniteTimestamp(timestamp) ? timestamp : addIntervalZoned(timestamp, interval);
const minus = (timestamp: bigint, interval: Interval): bigint => plus(timestamp, negateInterval(interval));
const addDays = (date: number, days: number): number => checkDate(date, date + days);
const flip =
  (evaluate: (a: never, b: never) => unknown): Evaluate =>
  (a, b) =>
    evaluate(b, a);
const datePlus = (date: number, interval: Interval): bigint => plus(dateToTimestamp(date), interval);

const operators: Readonly<Record<string, Evaluate>> = {
  "DATE + INTEGER = DATE": addDays as Evaluate,
  "INTEGER + DATE = DATE": flip(addDays as Evaluate),
  "DATE - INTEGER = DATE": ((date: number, days: number) => addDays(date, -days)) as Evaluate,
  "DATE - DATE = BIGINT": ((a: number, b: number) => BigInt(a - b)) as Evaluate,
  "DATE + INTERVAL = TIMESTAMP": datePlus as Evaluate,
  "INTERVAL + DATE = TIMESTAMP": flip(datePlus as Evaluate),
  "DATE - INTERVAL = TIMESTAMP": ((date: number, interval: Interval) => datePlus(date, negateInterval(interval))) as Evaluate,
  "TIMESTAMP + INTERVAL = TIMESTAMP": plus as Evaluate,
  "INTERVAL + TIMESTAMP = TIMESTAMP": flip(plus as Evaluate),
  "TIMESTAMP - INTERVAL = TIMESTAMP": minus as Evaluate,
  "TIMESTAMP_TZ + INTERVAL = TIMESTAMP_TZ": plusZoned as Evaluate,
  "INTERVAL + TIMESTAMP_TZ = TIMESTAMP_TZ": flip(plusZoned as Evaluate),
  "TIMESTAMP_TZ - INTERVAL = TIMESTAMP_TZ": ((timestamp: bigint, interval: Interval) =>
    plusZoned(timestamp, negateInterval(interval))) as Evaluate,
  "TIMESTAMP - TIMESTAMP = INTERVAL": timestampDifference as Evaluate,
  "INTERVAL + INTERVAL = INTERVAL": addIntervals as Evaluate,
  "INTERVAL - INTERVAL = INTERVAL": ((a: Interval, b: Interval) => addIntervals(a, negateInterval(b))) as Evaluate,
};
