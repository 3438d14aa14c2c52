import type { PlanType } from "../../plan/types.ts";
import type { Interval } from "../../types.ts";
import { civilOf } from "../../functions/temporal/calendar.ts";
import { isInfiniteDate, isInfiniteTimestamp } from "../intervals.ts";
import { formatDecimal, integerType } from "../number-types.ts";
import type { Cast } from "./find-cast.ts";
import { formatDouble } from "./format-float.ts";

/** Casts to VARCHAR. */
export function textCast(from: PlanType, to: PlanType): Cast | undefined {
  if (to.id !== "VARCHAR") return undefined;
  if (integerType(from) !== undefined) return plain((value: number | bigint) => String(value));
  switch (from.id) {
    case "BOOLEAN":
      return plain((value: boolean) => (value ? "true" : "false"));
    case "DECIMAL":
      return plain((value: bigint) =>
        from.width === from.scale ? withoutZero(formatDecimal(value, from.scale!)) : formatDecimal(value, from.scale!),
      );
    case "DOUBLE":
      return plain(formatDouble);
    case "DATE":
      return plain(formatDate);
    case "TIME":
      return plain(formatTime);
    case "TIMESTAMP":
      return plain(formatTimestamp);
    case "TIMESTAMP_TZ":
      return plain((value: bigint) => (isInfiniteTimestamp(value) ? formatTimestamp(value) : `${formatTimestamp(value)}+00`));
    case "INTERVAL":
      return plain(formatInterval);
    case "UUID":
    case "JSON":
      return plain((value: string) => value);
    case "BLOB":
      return plain(formatBlob);
    default:
      return undefined;
  }
}

/** A DECIMAL without whole digits shows none. */
const withoutZero = (text: string): string => text.replace(/^(-?)0\./, "$1.");

const plain = (convert: (value: never) => string): Cast => ({ convert });

const two = (value: number): string => String(value).padStart(2, "0");

function formatDate(date: number): string {
  if (isInfiniteDate(date)) return date > 0 ? "infinity" : "-infinity";
  const { year, month, day } = civilOf(date);
  // Year 0 is 1 BC.
  const text = `${String(year <= 0 ? 1 - year : year).padStart(4, "0")}-${two(month)}-${two(day)}`;
  return year <= 0 ? `${text} (BC)` : text;
}

const microsPerDay = 86_400_000_000n;

function formatTime(time: bigint): string {
  const micros = Number(time);
  const seconds = Math.floor(micros / 1e6);
  const fraction = micros % 1e6;
  const clock = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return fraction === 0 ? clock : `${clock}.${String(fraction).padStart(6, "0").replace(/0+$/, "")}`;
}

function formatTimestamp(timestamp: bigint): string {
  if (isInfiniteTimestamp(timestamp)) return timestamp > 0n ? "infinity" : "-infinity";
  const time = ((timestamp % microsPerDay) + microsPerDay) % microsPerDay;
  return `${formatDate(Number((timestamp - time) / microsPerDay))} ${formatTime(time)}`;
}

/** Years, months and days in words, each with its sign; the time as a clock, "00:00:00" when there is nothing else. */
function formatInterval({ months, days, micros }: Interval): string {
  const parts: string[] = [];
  const unit = (value: number, name: string): void => {
    if (value !== 0) parts.push(`${value} ${name}${Math.abs(value) === 1 ? "" : "s"}`);
  };
  unit(Math.trunc(months / 12), "year");
  unit(months % 12, "month");
  unit(days, "day");
  if (micros !== 0n) parts.push(formatClock(micros));
  return parts.length === 0 ? "00:00:00" : parts.join(" ");
}

/** Hours may have more than two digits. */
function formatClock(micros: bigint): string {
  const rest = micros < 0n ? -micros : micros;
  const second = 1_000_000n;
  const seconds = rest / second;
  const fraction = rest % second;
  const clock = `${two(Number(seconds / 3600n))}:${two(Number((seconds / 60n) % 60n))}:${two(Number(seconds % 60n))}`;
  const decimals = fraction === 0n ? "" : `.${String(fraction).padStart(6, "0").replace(/0+$/, "")}`;
  return `${micros < 0n ? "-" : ""}${clock}${decimals}`;
}

/** Printable ASCII as it is, but for backslash and quotes; other bytes as \xAB. */
function formatBlob(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes)
    text +=
      byte >= 32 && byte <= 126 && byte !== 0x5c && byte !== 0x27 && byte !== 0x22
        ? String.fromCharCode(byte)
        : `\\x${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  return text;
}
