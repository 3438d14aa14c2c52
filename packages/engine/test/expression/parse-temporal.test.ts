import { afterAll, beforeAll, expect, test } from "@jest/globals";
import fc from "fast-check";
import { openBench, type Bench } from "./agree.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const casts = ["DATE", "TIMESTAMP", "TIME"].map((type) => `CAST(a AS ${type})`);
const differences = (texts: readonly string[]): Promise<readonly string[]> =>
  bench.differences(
    ["VARCHAR"],
    texts.map((text) => [`'${text.replaceAll("'", "''")}'`]),
    casts,
  );

test("dates and times of every form are read as DuckDB reads them", async () => {
  const dates = [
    "2020-01-01", "  2020-1-1 ", "20-1-1", "2-1-1", "2020/01/01", "2020\\01\\01", "2020 01 01", "2020-01/01", "infinity", "-INF", "inf", "infinit",
    "epoch", "-Epoch ", "epoch x", "2020-01-01 (BC)", "2020-01-01 (bc)x", "2020-01-01 (BC)5", "-2020-01-01", "0000-01-01", "-0-1-1", "0000-01-01 (BC)",
    "-5-1-1 (BC)", "2020-13-01", "2020-00-01", "2020-01-00", "2020-02-30", "2024-02-29", "1900-02-29", "-4-02-29", "2020-01-011", "20200101", "+2020-01-01",
    "2020-01-01abc", "2020-01-01Z", "2020-01-01+01", "5881580-07-10", "5881580-07-11", "5877642-06-25 (BC)", "5877642-06-24 (BC)", "999999999-01-01",
    "1000000000-1-1", "00000000002020-1-1", "", "  ", "-", "2020-", "2020-1", "2020-1-", "2020--1-1", "0x10", "2020-01-01\t(BC)", "2020-01-01  (BC)", "٢٠٢٠-01-01",
    "290309-12-22 (BC)", "290309-12-21 (BC)", "294247-01-10", "294247-01-11",
  ];
  const times = [
    "24:00:00", "25:00:00", "24:00:01", "1:2:3", "1:2", "1:", "1", "1:2:", "1:2:3.", "1:2:3.1234567", "01:02:03.9999999", "1:2:3Z", "1:2:3z", "1:2:3Z ", "1:2:3 Z",
    "1:2:3+01", "1:2:3 +01", "1:2:3+1", "1:2:3+01:30", "1:2:3+0130", "1:2:3+01:30:15", "1:2:3+01:", "1:2:3+01:3", "1:2:3+01:30:", "1:2:3+01:30:1", "1:2:3+013015", "1:2:3-99",
    "1:2:3 UTC", "1:2:3 Utc ", "1:2:3UTC", "1:2:3  UTC", "1:2:3 UTCx", "1:2:3 GMT", "1:2:3 Europe/Berlin", "1:2:3 x", "1:2:3 ", "1:2:3\t", "1:2:3\t ", "1:2:3 \t", " 1:2:3", "\t1:2:3",
    "60:00:00", "00:60:00", "00:00:60", "123456789:00:00", "1234567890:00:00", "00000000001:00:00", "1:2:3é", "1:123:4", "1:2:345", "1:2:3..5", "1:2:3.5.5", "1:2:3.5Z", "1:2x", "1:x", "-1:2:3",
    "04:00:54.775806", "04:00:54.775807", "04:00:54.775808", "1:2:3 +", "1:2:3+", "1:2:3+0", "1:2:3 utc\t", "1:2:3 UTC+1",
  ];
  const days = ["2020-01-01", "294247-01-10", "290309-12-22 (BC)", "290309-12-21 (BC)", "infinity", "epoch", "2020-02-30"];
  const both = days.flatMap((day) => times.flatMap((time) => [`${day} ${time}`, `${day}T${time}`]));
  expect(await differences([...dates, ...times, ...both, ...times.map((time) => `2020-01-01${time}`), "2020-01-01t1:2:3", "2020-01-01  1:2:3"])).toEqual([]);
}); // prettier-ignore

test("generated dates and times are read as DuckDB reads them", async () => {
  const well = fc.stringMatching(/^[ ]?-?\d{1,6}-\d{1,2}-\d{1,2}( \(BC\))?([ T]\d{1,2}:\d{1,2}(:\d{1,2}(\.\d{0,7})?)?)?(Z|[+-]\d{2}(:?\d{2})?)?[ ]?$/);
  const near = fc.stringMatching(/^2[0-9]{3}-(0[1-9]|1[0-2])-[0-3][0-9][ T]([01][0-9]|2[0-4]):[0-6][0-9]:[0-6][0-9](\.[0-9]{1,6})?$/);
  const odd = fc.stringMatching(/^[-+ T:./Z0129]{0,12}$/);
  const tails = fc.stringMatching(/^2020-02-29 01:02:03[-+ :.ZuUtTcC0129]{0,8}$/);
  expect(await differences([well, near, odd, tails].flatMap((texts) => fc.sample(texts, { numRuns: 700, seed: 7 })))).toEqual([]);
}); // prettier-ignore
