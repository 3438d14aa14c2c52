import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { parseDate, parseTimestamp } from "../../../src/formats/values/parse-temporal.ts";
import { formatDate, formatTime, formatTimestamp } from "../../../src/formats/values/format-temporal.ts";
import { formatInterval, parseInterval } from "../../../src/formats/values/interval.ts";

test("dates and timestamps agree with the language's own calendar", () => {
  fc.assert(
    fc.property(fc.date({ min: new Date("0001-01-01"), max: new Date("9999-12-31"), noInvalidDate: true }), (date) => {
      const iso = date.toISOString();
      expect(parseTimestamp(iso)).toBe(BigInt(date.getTime()) * 1000n);
      expect(formatDate(parseDate(iso.slice(0, 10)))).toBe(iso.slice(0, 10));
      expect(`${formatTimestamp(BigInt(date.getTime()) * 1000n, "T")}`.padEnd(19)).toBe(iso.slice(0, -1).replace(/\.000$/, ""));
    }),
    { seed: 1, numRuns: 2000 },
  );
});

test("years outside four digits keep their sign and come back", () => {
  for (const days of [-800_000, 3_000_000, -1_000_000]) expect(parseDate(formatDate(days))).toBe(days);
  expect(formatDate(-800_000)).toMatch(/^-\d{4}-/);
  expect(formatDate(3_000_000)).toMatch(/^\+\d{5}-/);
});

test("fractions are written with three or six digits, or none", () => {
  expect([0n, 500_000n, 1n].map((micros) => formatTime(micros))).toEqual(["00:00:00", "00:00:00.500", "00:00:00.000001"]);
  expect(formatTimestamp(-1n)).toBe("1969-12-31 23:59:59.999999");
});

test("a zone is converted to UTC, whatever its form", () => {
  const utc = parseTimestamp("2024-01-01 00:30:00");
  for (const text of [
    "2024-01-01 02:30:00+02",
    "2024-01-01T02:30:00+0200",
    "2023-12-31 19:00:00-05:30",
    "2024-01-01 00:30:00 UTC",
    "2024-01-01 00:30",
  ]) {
    expect([text, parseTimestamp(text)]).toEqual([text, utc]);
  }
  expect(parseTimestamp("2024-01-01")).toBe(parseTimestamp("2024-01-01 00:00:00"));
});

test("intervals of more than a day of hours come back", () => {
  for (const micros of [100n * 3_600_000_000n + 1n, -5n, 0n]) {
    const interval = { months: -3, days: 2, micros };
    expect(parseInterval(formatInterval(interval))).toEqual(interval);
  }
  expect(() => parseInterval("")).toThrow(/expected an interval/);
});
