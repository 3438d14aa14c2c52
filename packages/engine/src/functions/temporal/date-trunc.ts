import type { Overload, ScalarFunction } from "../types.ts";
import { Unsupported } from "../../plan/unsupported.ts";
import { bound, constantText, scalar } from "../overload.ts";
import { isFiniteDate, isFiniteTimestamp, microsPerDay, splitTimestamp } from "./calendar.ts";
import { microsOf, truncateDay } from "./date-trunc-parts.ts";
import { partName } from "./part-names.ts";
import { truncateTz } from "./timestamp-tz.ts";
import { dateToTimestamp, joinTimestamp } from "./timestamp-range.ts";

/** date_trunc() of a constant part. */
export const dateTrunc: ScalarFunction = scalar(["date_trunc", "datetrunc"], overDate(), overTimestamp(), overTimestampTz());

function overDate(): Overload {
  return bound("date_trunc(VARCHAR, DATE)", (call) => {
    const part = partName(constantText(call, 0));
    const truncate = truncateDay[part] ?? (part in microsOf ? (days: number) => days : refuse(part));
    return (_: string, days: number) => dateToTimestamp(isFiniteDate(days) ? truncate(days) : days);
  });
}

function overTimestamp(): Overload {
  return bound("date_trunc(VARCHAR, TIMESTAMP)", (call) => {
    const part = partName(constantText(call, 0));
    const unit = microsOf[part];
    if (unit !== undefined)
      return (_: string, timestamp: bigint) => (isFiniteTimestamp(timestamp) ? truncateTime(timestamp, unit) : timestamp);
    const truncate = truncateDay[part] ?? refuse(part);
    return (_: string, timestamp: bigint) =>
      isFiniteTimestamp(timestamp) ? joinTimestamp(truncate(splitTimestamp(timestamp).days), 0) : timestamp;
  });
}

function overTimestampTz(): Overload {
  return bound("date_trunc(VARCHAR, TIMESTAMP_TZ)", (call) => {
    const part = partName(constantText(call, 0));
    const truncate = truncateTz(part) ?? refuse(part);
    return (_: string, timestamp: bigint) => truncate(timestamp);
  });
}

function truncateTime(timestamp: bigint, unit: number): bigint {
  const { days, micros } = splitTimestamp(timestamp);
  return BigInt(days) * BigInt(microsPerDay) + BigInt(micros - (micros % unit));
}

function refuse(part: string): never {
  throw new Unsupported(`date_trunc to '${part}'`);
}
