import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { date, fixed, intervalArgument, text, time, timestamp, timestampTz, varchar } from "../arguments.ts";
import { createProver, isRefused, type Prover } from "../prove.ts";

let prover: Prover;
beforeAll(async () => void (prover = await createProver()));
afterAll(() => prover.close());

const days = [
  "year",
  "month",
  "day",
  "dayofmonth",
  "decade",
  "century",
  "millennium",
  "quarter",
  "week",
  "weekofyear",
  "dayofweek",
  "weekday",
  "dayofyear",
  "isodow",
  "isoyear",
  "yearweek",
  "era",
];
const times = ["hour", "minute", "second", "millisecond", "microsecond"];
const steps = ["millennium", "century", "decade", "year", "quarter", "month", "week", "isoyear", "day", ...times];

describe("parts of dates and times", () => {
  it("are read as DuckDB does", async () => {
    for (const part of [...days, ...times])
      for (const type of [date, timestamp, timestampTz]) {
        await prover.prove(part, [type], { rows: 500 });
      }
  });
  it("are read from times and intervals as DuckDB does", async () => {
    for (const part of times) await prover.prove(part, [time], { rows: 200 });
    for (const part of ["year", "month", "day", "decade", "century", "millennium", "quarter", ...times])
      await prover.prove(part, [intervalArgument], { rows: 300 });
  });
  it("are read by name as DuckDB does", async () => {
    for (const part of [
      "YEAR",
      "mon",
      "dow",
      "doy",
      "isoyear",
      "hours",
      "ms",
      "us",
      "min",
      "sec",
      "weekday",
      "era",
      "decades",
      "w",
      "h",
      "m",
      "s",
      "y",
      "d",
      "c",
      "mil",
    ])
      await prover.prove("date_part", [fixed(varchar, part), timestamp], { rows: 60 });
    for (const type of [date, timestampTz, intervalArgument]) await prover.prove("datepart", [fixed(varchar, "month"), type], { rows: 60 });
    for (const type of [date, timestampTz, intervalArgument, time])
      await prover.prove("date_part", [fixed(varchar, "hour"), type], { rows: 60 });
    expect(isRefused("date_part", [text, timestamp])).toBe(true);
    expect(isRefused("date_part", [fixed(varchar, "timezone"), timestamp])).toBe(true);
  });
  it("cut dates and timestamps as DuckDB does", async () => {
    for (const part of steps)
      for (const type of [date, timestamp, timestampTz])
        for (const name of ["date_trunc", "datetrunc"]) await prover.prove(name, [fixed(varchar, part), type], { rows: 300 });
  });
  it("count from 1970 as DuckDB does", async () => {
    for (const name of ["epoch", "epoch_ms", "epoch_us"])
      for (const type of [date, timestamp, timestampTz]) await prover.prove(name, [type], { rows: 1000 });
    await prover.prove("epoch", [time]);
  });
});
