import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { argument, blob, fixed, integer, oneOf, part, smallBigint, smallInteger, text, varchar } from "../arguments.ts";
import { createProver, isRefused, type Prover } from "../prove.ts";

let prover: Prover;
beforeAll(async () => void (prover = await createProver()));
afterAll(() => prover.close());

const characters = Array.from({ length: 0x110000 }, (_, i) => i).filter((i) => i < 0xd800 || i > 0xdfff);

describe("functions of text", () => {
  it("map every character of Unicode to lower and upper case as DuckDB does", async () => {
    const tuples: [string][] = [];
    for (let i = 0; i < characters.length; i += 64) tuples.push([`x${String.fromCodePoint(...characters.slice(i, i + 64))}`]);
    for (const name of ["lower", "upper"]) {
      await prover.prove(name, [text], { tuples });
      await prover.prove(name, [text]);
    }
  });
  it("trim, fill, repeat and replace as DuckDB does", async () => {
    for (const name of ["trim", "ltrim", "rtrim"]) {
      await prover.prove(name, [text]);
      await prover.prove(name, [text, text], { rows: 600 });
      await prover.prove(name, [text, fixed(varchar, "a😀 ")]);
      await prover.prove(name, [text], {
        tuples: characters.filter((i) => i < 0x3100).map((i) => [`${String.fromCodePoint(i)}x${String.fromCodePoint(i)}`]),
      });
    }
    for (const name of ["lpad", "rpad"]) await prover.prove(name, [text, smallInteger, part], { rows: 800 });
    await prover.prove("repeat", [text, argument(smallBigint.column, [0n, 1n, 2n, -1n, -(2n ** 63n), 30n])]);
    await prover.prove("replace", [text, part, part], { rows: 800 });
    await prover.prove("translate", [text, text, text], { rows: 800 });
  });
  it("search and split as DuckDB does", async () => {
    for (const name of ["position", "instr", "strpos"]) await prover.prove(name, [text, part], { rows: 600 });
    for (const name of ["string_split", "str_split", "split", "string_to_array"]) await prover.prove(name, [text, part], { rows: 600 });
  });
  it("convert to and from code points as DuckDB does", async () => {
    for (const name of ["ascii", "unicode", "ord"]) await prover.prove(name, [text]);
    await prover.prove("chr", [
      argument(integer("INTEGER").column, [0, 65, 233, 0xd7ff, 0xd800, 0xdfff, 0xe000, 0x10ffff, 0x110000, -1], (r) => r.below(0x110000)),
    ]);
  });
  it("give digests and encodings as DuckDB does", async () => {
    for (const name of ["md5", "sha1", "sha256", "hex"]) for (const data of [text, blob]) await prover.prove(name, [data]);
    await prover.prove("to_base64", [blob]);
    await prover.prove("octet_length", [blob]);
    await prover.prove("encode", [text]);
  });
  it("join texts as DuckDB does, with NULLs", async () => {
    await prover.prove("||", [text, text]);
    await prover.prove("||", [blob, blob]);
    await prover.prove("concat", [text]);
    await prover.prove("concat", [text, text, text]);
    await prover.prove("concat_ws", [oneOf(varchar, ",", "", "😀"), text, text], { rows: 600 });
  });
  it("are refused for types that are not proven", () => {
    expect(isRefused("lower", [blob])).toBe(true);
    expect(isRefused("concat", [text, blob])).toBe(true);
    expect(isRefused("levenshtein", [text, text])).toBe(true);
  });
});
