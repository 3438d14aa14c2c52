import type { ScalarFunction } from "../types.ts";
import { pure, scalar } from "../overload.ts";
import { isFiniteDate, isFiniteTimestamp } from "./calendar.ts";
import { dateToTimestamp } from "./timestamp-range.ts";
import { epochTz } from "./timestamp-tz.ts";

const timestamps = ["TIMESTAMP", "TIMESTAMP_TZ"] as const;
const ofTimestamp = (convert: (micros: bigint) => bigint | number) => (micros: bigint) =>
  isFiniteTimestamp(micros) ? convert(micros) : null;
const ofDate = (convert: (days: number) => bigint | number) => (days: number) => (isFiniteDate(days) ? convert(days) : null);

/** Seconds, milliseconds and microseconds since 1970, and back. */
export const epochFunctions: readonly ScalarFunction[] = [
  scalar(
    "epoch",
    pure(
      "epoch(TIMESTAMP)",
      ofTimestamp((micros) => Number(micros) / 1e6),
    ),
    pure("epoch(TIMESTAMP_TZ)", epochTz),
    pure(
      "epoch(DATE)",
      ofDate((days) => days * 86400),
    ),
    pure("epoch(TIME)", (micros: bigint) => Number(micros) / 1e6),
  ),
  scalar(
    "epoch_ms",
    timestamps.map((type) =>
      pure(
        `epoch_ms(${type})`,
        ofTimestamp((micros) => micros / 1000n),
      ),
    ),
    pure(
      "epoch_ms(DATE)",
      ofDate((days) => BigInt(days) * 86_400_000n),
    ),
  ),
  scalar(
    "epoch_us",
    timestamps.map((type) =>
      pure(
        `epoch_us(${type})`,
        ofTimestamp((micros) => micros),
      ),
    ),
    pure("epoch_us(DATE)", ofDate(dateToTimestamp)),
  ),
];
