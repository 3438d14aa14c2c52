import type { Interval } from "@headgate/engine";
import { ValueError } from "./value-error.ts";
import { formatTime } from "./format-temporal.ts";

const form = /^\s*(?:(-?\d+) months?)?\s*(?:(-?\d+) days?)?\s*(?:(-)?(\d+):(\d{2}):(\d{2})(?:\.(\d{1,6}))?)?\s*$/;
const hourMicros = 3_600_000_000n;

/** Writes an interval as "1 months 2 days 03:04:05.000006", leaving out parts that are zero. */
export function formatInterval(interval: Interval): string {
  const parts: string[] = [];
  if (interval.months !== 0) parts.push(`${interval.months} months`);
  if (interval.days !== 0) parts.push(`${interval.days} days`);
  if (interval.micros !== 0n || parts.length === 0) {
    const micros = interval.micros < 0n ? -interval.micros : interval.micros;
    const hours = micros / hourMicros;
    const hour = hours < 10n ? `0${hours}` : String(hours);
    parts.push((interval.micros < 0n ? "-" : "") + hour + formatTime(micros % hourMicros).slice(2));
  }
  return parts.join(" ");
}

/** Reads what `formatInterval` writes. */
export function parseInterval(text: string): Interval {
  const match = form.exec(text);
  if (match === null || text.trim() === "") {
    throw new ValueError(`expected an interval in the form "1 months 2 days 03:04:05", found ${JSON.stringify(text.slice(0, 80))}`);
  }
  const seconds = BigInt(match[4] ?? 0) * 3600n + BigInt(match[5] ?? 0) * 60n + BigInt(match[6] ?? 0);
  const micros = seconds * 1_000_000n + BigInt((match[7] ?? "").padEnd(6, "0"));
  return { months: Number(match[1] ?? 0), days: Number(match[2] ?? 0), micros: match[3] === "-" ? -micros : micros };
}
