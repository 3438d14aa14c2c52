import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { EvaluationError } from "../../../src/expression/evaluation-error.ts";
import { parseJson } from "../../../src/functions/json/parse-json.ts";
import { argument, bigintType, fixed, text, varchar, type Random } from "../arguments.ts";
import { createProver, isRefused, type Prover } from "../prove.ts";

let prover: Prover;
beforeAll(async () => void (prover = await createProver()));
afterAll(() => prover.close());

const documents = [
  '{"a":1,"b":[1,2.50,"x",null,true],"c":{"d":"é\\u00e9\\n","e":1e3}}', '{ "a" : 1.0 , "b" : 1E5, "c": -0, "d": 12345678901234567890, "e":123456789012345678901234567890, "f":0.1e-7}',
  "[1,2]", '"s\\u0041\\/x"', "null", "  12 ", '{"a":null}', '{"a":"x\\ud83d\\ude00"}', '{"a":1,"a":2}', '{"a.b":3,"":4,"a b":5}', '{"a":"tab\\t\\u0001\\u001f\\u007f\\u0000"}', "[[1],[ 2 ]]",
  '{"a":[ 1 , {"x" : 2 } ]}', "[]", "{}", "[1,]", '{"a":1,}', "-0", "-0.0", "0", "1e308", "1e309", "-1e400", "5e-324", "1e-400", "1e21", "1e20", "123456789.123456789", "0.000001", "0.0000001",
  "18446744073709551615", "18446744073709551616", "-9223372036854775808", "-9223372036854775809", "true", "false", '"a"', '"😀"', '["\\ud83d\\ude00"]', "100", "1.5e300", "9007199254740993", "9007199254740993.0",
]; // prettier-ignore
const malformed = [
  "", " ", "{", "[", "]", "}", "{bad", '{"a"}', '{"a":}', "[,]", "[1,,2]", "{,}", "01", "+1", "1.", ".5", "1e", "-", '"\\ud800"', '"\\udc00"', '"\\x"', '"a', "'a'", "nul", "truex", '{"a":1}x', "1 2", '"\n"', '"\\u12"',
  "/* c */ 1", "1 // c", "0x10", "\u00a01", '"\\ud800\\u0041"', "tru", "[1 2]", '{"a" 1}', '{a:1}', "\ufeff1", "-01", "1e+", "--1", "[1", '{"a":1', "\u0000",
]; // prettier-ignore
const special = ["NaN", "nan", "-NaN", "Infinity", "-Infinity", "inf", "-inf", "INF", "infinity", "[NaN,-Infinity]", "Inf", "infinit"];

function randomJson(r: Random, depth = 3): string {
  const space = r.pick(["", "", " ", "\n"]);
  const kind = r.below(depth > 0 ? 8 : 5);
  if (kind > 5)
    return `${space}{${Array.from({ length: r.below(4) }, () => `"${r.pick(["a", "b", "c", "a.b"])}"${space}:${randomJson(r, depth - 1)}`).join(",")}}`;
  if (kind > 4) return `[${Array.from({ length: r.below(4) }, () => randomJson(r, depth - 1)).join(`${space},`)}]${space}`;
  if (kind === 4) return JSON.stringify(r.pick(["", "x", "é", "😀", "\n", 'a"b', "\\", "\u0001"]));
  if (kind === 3) return r.pick(["null", "true", "false"]);
  return r.pick([
    String(r.below(100) - 50),
    String((r.next() - 0.5) * 10 ** (r.below(60) - 30)),
    `${r.below(1000)}.${r.below(1000)}e${r.below(40) - 20}`,
    String(r.below(2 ** 50) * 4096),
  ]);
}
function damaged(r: Random): string {
  // By characters: half of one is no text.
  const whole = [...randomJson(r)];
  const at = r.below(whole.length + 1);
  const extra = r.pick(["", ",", "}", "]", '"', "\\", "1", " ", "-", ".", "e", "\t"]);
  return [...whole.slice(0, at), extra, ...whole.slice(at + r.below(2))].join("");
}
const valid = argument({ type: "VARIANT", nullable: true }, documents, randomJson);
const any = argument(varchar, [...documents, ...malformed, ...special], (r) => (r.below(3) === 0 ? randomJson(r) : damaged(r)));
const paths = ["a", "b", "$", "$.a", "$.b[1]", "$[0]", "$[1]", '$."a.b"', '$."a b"', "$.a[1].x", "$.c.d", "$.a.b.c"];

describe("JSON", () => {
  it("is read and checked as DuckDB does, malformed or not", async () => {
    for (const type of [valid, any]) {
      await prover.prove("json_valid", [type], { rows: 1500 });
      await prover.prove("json_extract", [type, fixed(varchar, "$")], { rows: 1500 });
      for (const name of ["json_type", "json_array_length"]) await prover.prove(name, [type], { rows: 800 });
    }
  });
  it("gives values at paths and indexes as DuckDB does", async () => {
    const index = argument(bigintType, [0n, 1n, -1n, 5n, -5n], (r) => BigInt(r.below(8) - 4));
    for (const name of ["json_extract", "json_extract_string", "->>", "json_array_length", "json_type"])
      for (const path of paths) await prover.prove(name, [valid, fixed(varchar, path)], { rows: 150 });
    for (const name of ["json_extract", "json_extract_string", "->>"]) await prover.prove(name, [valid, index], { rows: 300 });
    await prover.prove("json_extract_string", [any, fixed(varchar, "$.a")]);
  });
  it("is a fault when it is nested deeper than the stack can bear", async () => {
    await prover.prove("json_valid", [any], { tuples: [["[".repeat(900) + "]".repeat(900)], ["[".repeat(900)]] });
    expect(() => parseJson("[".repeat(100_000))).toThrow(EvaluationError);
  });
  it("is refused with paths that are not proven", () => {
    for (const path of ["$.*", "$[*]", "$..a", "/a", "$[#-1]", "a.b", "$.", "$a"])
      expect(isRefused("json_extract", [valid, fixed(varchar, path)])).toBe(true);
    expect(isRefused("json_extract", [valid, text])).toBe(true);
  });
});
