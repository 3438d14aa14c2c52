import { EvaluationError } from "../../expression/evaluation-error.ts";
import { infiniteDate, infiniteTimestamp } from "./calendar.ts";

/** A TIMESTAMP from day and microseconds of the day. @throws EvaluationError when it is out of range. */
export function joinTimestamp(days: number, micros: number): bigint {
  const timestamp = BigInt(days) * 86_400_000_000n + BigInt(micros);
  // 290309-12-22 (BC) is the first day that DuckDB takes.
  if (days < -106751991 || timestamp >= infiniteTimestamp || timestamp < -infiniteTimestamp)
    throw new EvaluationError("Date and time not in timestamp range");
  return timestamp;
}

/** A DATE as TIMESTAMP. */
export function dateToTimestamp(days: number): bigint {
  if (days === infiniteDate) return infiniteTimestamp;
  return days === -infiniteDate ? -infiniteTimestamp : joinTimestamp(days, 0);
}
