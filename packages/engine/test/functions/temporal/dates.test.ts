import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { argument, bigintType, date, double, fixed, integer, timestamp, timestampTz, varchar, type Argument } from "../arguments.ts";
import { createProver, isRefused, type Prover } from "../prove.ts";

let prover: Prover;
beforeAll(async () => void (prover = await createProver()));
afterAll(() => prover.close());

const times = ["hour", "minute", "second", "millisecond", "microsecond"];
const days = ["millennium", "century", "decade", "year", "quarter", "month", "week", "isoyear", "day"];

describe("date_diff", () => {
  it("counts borders as DuckDB does", async () => {
    for (const name of ["date_diff", "datediff"]) {
      for (const part of days) await prover.prove(name, [fixed(varchar, part), date, date], { rows: 300 });
      for (const part of [...days, ...times]) await prover.prove(name, [fixed(varchar, part), timestamp, timestamp], { rows: 300 });
    }
    expect(isRefused("date_diff", [fixed(varchar, "hour"), date, date])).toBe(true);
  });
});

describe("dates and timestamps", () => {
  it("have names and ends of months as in DuckDB", async () => {
    for (const name of ["monthname", "dayname", "last_day"]) for (const type of [date, timestamp]) await prover.prove(name, [type]);
  });
  it("are made of numbers as in DuckDB", async () => {
    const year = argument(bigintType, [-5877641n, 5881580n, 0n, -1n, 2020n, 2n ** 63n - 1n, -(2n ** 63n)], (r) =>
      BigInt(r.below(3000) - 500),
    );
    const month = argument(bigintType, [0n, 1n, 2n, 6n, 12n, 13n, -1n, 2n ** 63n - 1n], (r) => BigInt(r.below(12) + 1));
    const day = argument(bigintType, [0n, 1n, 22n, 23n, 24n, 28n, 29n, 30n, 31n, 32n, -1n], (r) => BigInt(r.below(28) + 1));
    await prover.prove("make_date", [year, month, day], { rows: 2000 });
    for (const name of ["make_timestamp", "epoch_ms", "make_timestamp_ms"]) await prover.prove(name, [integer("BIGINT")], { rows: 600 });
    await prover.prove("to_timestamp", [double], { rows: 3000 });
  });
  it("change between kinds of timestamp in UTC as in DuckDB", async () => {
    for (const type of [timestamp, timestampTz]) await prover.prove("timezone", [fixed(varchar, "UTC"), type], { rows: 600 });
    expect(isRefused("timezone", [fixed(varchar, "Europe/Berlin"), timestamp])).toBe(true);
  });
});

describe("intervals", () => {
  it("are made of numbers as in DuckDB", async () => {
    for (const name of ["to_millennia", "to_centuries", "to_decades", "to_years", "to_quarters", "to_months", "to_weeks", "to_days"])
      for (const type of ["INTEGER", "BIGINT"] as const) await prover.prove(name, [integer(type)], { rows: 300 });
    for (const name of ["to_hours", "to_minutes", "to_microseconds"]) await prover.prove(name, [integer("BIGINT")], { rows: 300 });
  });
});

describe("parts and distances", () => {
  it("make timestamps as in DuckDB", async () => {
    const about = (low: number, high: number): Argument =>
      argument(bigintType, [BigInt(low), BigInt(high), 2n ** 63n - 1n], (r) => BigInt(low + r.below(high - low)));
    const second = argument(
      { type: "DOUBLE", nullable: true },
      [0, 59.9999999, 59.9999995, 60, 60.5, 61, -0.5, -1e-9, 1.0000005, 0.1, NaN, Infinity],
      (r) => r.next() * 60,
    );
    const parts = [about(1900, 2100), about(0, 13), about(1, 29), about(-1, 25), about(-1, 61), second];
    await prover.prove("make_timestamp", parts, { rows: 6000 });
  });
  it("are told as ages as in DuckDB", async () => {
    await prover.prove("age", [timestamp, timestamp], { rows: 3000 });
    const near = argument(
      timestamp.column,
      [1709164800000000n, 1709251199999999n, 1706659200000000n],
      (r) => 1_700_000_000_000_000n + BigInt(Math.floor(r.next() * 2 ** 46)),
    );
    await prover.prove("age", [near, near], { rows: 3000 });
  });
});

describe("strftime", () => {
  it("writes each letter as DuckDB does", async () => {
    const letters = [
      "Y",
      "m",
      "-m",
      "d",
      "-d",
      "H",
      "-H",
      "I",
      "-I",
      "p",
      "M",
      "-M",
      "S",
      "-S",
      "f",
      "g",
      "j",
      "-j",
      "a",
      "A",
      "b",
      "B",
      "w",
      "u",
      "V",
      "%",
    ];
    for (const format of [...letters.map((letter) => `%${letter}`), "%Y-%m-%d %H:%M:%S.%f é", "plain"])
      for (const type of [date, timestamp, timestampTz]) await prover.prove("strftime", [type, fixed(varchar, format)], { rows: 200 });
    await prover.prove("strftime", [fixed(varchar, "%Y"), timestamp]);
  });
  it("is refused with letters that are not proven", () => {
    for (const format of ["%U", "%c", "%z", "%Z", "%", "%Q", ""])
      expect(isRefused("strftime", [timestamp, fixed(varchar, format)])).toBe(true);
  });
});

describe("time_bucket", () => {
  const width = (months: number, count: number, micros: bigint): Argument =>
    fixed({ type: "INTERVAL_DAY_SECOND", nullable: true }, { months, days: count, micros });
  const short = [width(0, 0, 300_000_000n), width(0, 0, 1n), width(0, 0, 10_000_000n), width(0, 0, 86_400_000_000n)];
  const long = [
    width(0, 1, 0n),
    width(0, 7, 0n),
    width(0, 3, 5n),
    width(0, -1, 86_400_000_001n),
    width(1, 0, 0n),
    width(3, 0, 0n),
    width(7, 0, 0n),
    width(12, 0, 0n),
    width(120, 0, 0n),
  ];
  it("cuts as DuckDB does", async () => {
    for (const type of [date, timestamp]) for (const constant of [...short, ...long]) await prover.prove("time_bucket", [constant, type]);
    for (const constant of short) await prover.prove("time_bucket", [constant, timestampTz]);
  });
  it("cuts from an origin as DuckDB does", async () => {
    for (const micros of [0n, 3_600_000_000n, -5n, 1_700_000_000_000_001n, 5_400_000_000n]) {
      const origin = fixed({ type: "TIMESTAMP", nullable: true }, micros);
      const originTz = fixed({ type: "TIMESTAMP_TZ", nullable: true }, micros);
      for (const constant of [...short, ...long.slice(0, 4)]) await prover.prove("time_bucket", [constant, timestamp, origin]);
      for (const constant of short) await prover.prove("time_bucket", [constant, timestampTz, originTz]);
    }
    for (const constant of long.slice(4)) expect(isRefused("time_bucket", [constant, timestamp, fixed({ type: "TIMESTAMP", nullable: true }, 0n)])).toBe(true); // prettier-ignore
    expect(isRefused("time_bucket", [short[0]!, timestamp, timestamp])).toBe(true);
  });
  it("is refused for widths that are not proven", () => {
    for (const constant of long) expect(isRefused("time_bucket", [constant, timestampTz])).toBe(true);
    for (const constant of [width(0, 0, 0n), width(1, 1, 0n), width(-1, 0, 0n)])
      expect(isRefused("time_bucket", [constant, timestamp])).toBe(true);
  });
});
