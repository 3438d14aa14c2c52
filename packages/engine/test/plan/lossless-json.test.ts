import { expect, test } from "@jest/globals";
import { parseLossless } from "../../src/plan/lossless-json.ts";

test("integers that a double cannot hold become bigint, others stay numbers", () => {
  expect(parseLossless("[9007199254740991, 9007199254740993, 18446744073709551615, -9223372036854775808, 1, -0.0, 1.5, 1e300]")).toEqual([
    9007199254740991,
    9007199254740993n,
    18446744073709551615n,
    -9223372036854775808n,
    1,
    -0,
    1.5,
    1e300,
  ]);
});

test("the bare words NaN and Infinity become numbers, in texts they stay", () => {
  expect(parseLossless(String.raw`{"a":NaN,"b":[Infinity,-Infinity],"c":"NaN \" Infinity","Infinity":"-Infinity\\"}`)).toEqual({
    a: NaN,
    b: [Infinity, -Infinity],
    c: 'NaN " Infinity',
    Infinity: "-Infinity\\",
  });
});
