import type { PlanType } from "../../plan/types.ts";
import { EvaluationError } from "../evaluation-error.ts";
import { dateToTimestamp, isInfiniteTimestamp } from "../intervals.ts";
import type { Cast } from "./find-cast.ts";

const microsPerDay = 86_400_000_000n;

/** Casts among DATE, TIME, TIMESTAMP and TIMESTAMP WITH TIME ZONE; the time zone is always UTC. */
export function temporalCast(from: PlanType, to: PlanType): Cast | undefined {
  return casts[`${from.id} ${to.id}`];
}

function timestampToDate(timestamp: bigint): number {
  if (isInfiniteTimestamp(timestamp)) return timestamp > 0n ? 2 ** 31 - 1 : -(2 ** 31 - 1);
  const day = timestamp / microsPerDay;
  return Number(timestamp < 0n && day * microsPerDay !== timestamp ? day - 1n : day);
}

function timestampToTime(timestamp: bigint): bigint {
  if (isInfiniteTimestamp(timestamp)) throw new EvaluationError("Can't get TIME of infinite TIMESTAMP");
  const time = timestamp % microsPerDay;
  return time < 0n ? time + microsPerDay : time;
}

/** The calendar behind time zones counts whole milliseconds; more than 287396 years from 1970 DuckDB is one off. */
function timestampToZoned(timestamp: bigint): bigint {
  if (timestamp >= lastZoned && !isInfiniteTimestamp(timestamp)) throw new EvaluationError("ICU date overflows timestamp range");
  return timestamp;
}

const lastZoned = 9_223_372_036_854_775_000n;
const same = (value: bigint): bigint => value;

const casts: Readonly<Record<string, Cast>> = {
  "DATE TIMESTAMP": { convert: dateToTimestamp },
  "DATE TIMESTAMP_TZ": { convert: dateToTimestamp },
  "TIMESTAMP DATE": { convert: timestampToDate },
  "TIMESTAMP_TZ DATE": { convert: timestampToDate },
  "TIMESTAMP TIME": { convert: timestampToTime },
  "TIMESTAMP TIMESTAMP_TZ": { convert: timestampToZoned },
  "TIMESTAMP_TZ TIMESTAMP": { convert: same },
};
