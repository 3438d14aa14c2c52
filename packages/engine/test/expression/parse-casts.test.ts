import { afterAll, beforeAll, expect, test } from "@jest/globals";
import fc from "fast-check";
import { openBench, type Bench } from "./agree.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const decimals = ["4,1", "2,2", "9,2", "9,0", "18,3", "17,16", "38,6", "38,38"].map((size) => `DECIMAL(${size})`);
const casts = ["BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "DOUBLE", ...decimals].map((type) => `CAST(a AS ${type})`);
const differences = (texts: readonly string[]): Promise<readonly string[]> =>
  bench.differences(
    ["VARCHAR"],
    texts.map((text) => [`'${text.replaceAll("'", "''")}'`]),
    casts,
  );

test("texts of every form are read as DuckDB reads them", async () => {
  const texts = [
    "1", " 1 ", "\t1\n", "+1", "-1", "- 1", "1.5", "2.5", "-1.5", "-0.5", "1.", ".", " .5", ".5", "1e3", "1E3", "1e-1", "15e-1", "1.5e1", "1e",
    "1e+2", "1_000", "1__0", "_1", "1_", "", "  ", "abc", "1a", "inf", "Infinity", "-inf", "+inf", "nan", "NaN", "-nan", "true", "t", "TRUE",
    "yes", "y", "on", "no", "N", "f", "False", "0", "1 2", "00012", "-0", "1e400", "0.49999", "1.49999999", "99999999999", "٣", "1d", "1,000",
    "１", "0.5e1", "1e0.5", "++1", "1-", "1\u00a0", "\v1", "\f1", "1\r", "infinit", "2147483647.4", "2147483647.5", "127.5", "-128.5",
    "9223372036854775807", "9223372036854775808", "-9223372036854775808", "18446744073709551615", "5e-324", "+.5", "-.5e1", "-1", "-0.4",
    "18446744073709551615.4", "9223372036854775807.5", "0.1", "1e18", "1e19", "123456789012345678",
    "0x1F", "-0x1F", "0b11", "0B1", " 0x1F", "0x1F ", "0x1_0", "0b1_1", " 0b1", "0b1 ", "0x_1", "0xFFFFFFFFFFFFFFFF", "0b2", "00x1", "0x",
    "-0e2", "9e0.", "- ", "+ ", "1e5_0", "1_0.5_0", "-95e ", "+-55", "1e+ ",
    "1.25", "999.9", "999.95", "999.949999", "12345e-3", "99999e-2", "1.2345e2", "1.2345e1", "0.00001e5", "0.0000123456e5", "5e-2", "4e-2", "1_0.5_5",
    "1._5", "1e-400", "000012.5", "0.995", "-0.995", "123456789012345678901234567890.1234567", "99999999999999999999999999999999.9999995", "1e31", "1e32",
    "1.23456789e3", "9.99999e3", "1234.5678e-2", "0.049999e1", "0.05e-1", "12345678e-4", "1.444444445e3", "1.4444444451e3", "0e32767", "0e32768", "1e-32768",
    "1e-32769", "99999999999999999.9996", "999999999999999.9995", "0.99999999999999995", "-.5", "-.", ".e1", "-0.04",
  ]; // prettier-ignore
  expect(await differences(texts)).toEqual([]);
});

test("generated texts are read as DuckDB reads them", async () => {
  const some = fc.stringMatching(/^[ ]?[+-]?\d{0,20}(\.\d{0,20})?[ ]?$/);
  const powers = fc.stringMatching(/^[+-]?\d{1,5}(\.\d{0,4})?[eE][+-]?\d{1,2}$/);
  const odd = fc.stringMatching(/^[-+ .e_0159xna]{0,7}$/);
  const doubles = fc.double().map(String);
  const small = fc.stringMatching(/^-?\d{0,3}\.\d{0,6}(e-?\d)?$/);
  expect(await differences([some, doubles, powers, odd, small].flatMap((texts) => fc.sample(texts, { numRuns: 700, seed: 7 })))).toEqual(
    [],
  );
});

test("UUIDs of every form are read as DuckDB reads them", async () => {
  const plain = "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11";
  const hex = plain.replaceAll("-", "");
  const texts = [
    plain, plain.toUpperCase(), hex, `{${plain}}`, `{${hex}}`, `{${plain}`, `${plain}}`, ` ${plain}`, `${plain} `, `-${hex}`, `${hex}-`, `a--${hex.slice(1)}`, `a-${hex.slice(1)}`,
    `a0eebc999-c0b4-ef8b-b6d6-bb9bd380a11`, plain.slice(1), `${plain}1`, plain.replace("a", "g"), "", "{}", `{-${hex}}`, `{{${plain}}}`, hex.replaceAll(/(..)/g, "$1-"), `${hex.slice(0, 16)}-${hex.slice(16)}`,
  ];
  expect(await bench.differences(["VARCHAR"], texts.map((text) => [`'${text}'`]), ["CAST(a AS UUID)"])).toEqual([]);
}); // prettier-ignore
