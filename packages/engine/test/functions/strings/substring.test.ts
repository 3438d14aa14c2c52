import { afterAll, beforeAll, describe, it } from "@jest/globals";
import { smallBigint, text } from "../arguments.ts";
import { createProver, type Prover } from "../prove.ts";

let prover: Prover;
beforeAll(async () => void (prover = await createProver()));
afterAll(() => prover.close());

describe("parts of text by characters", () => {
  it("takes substrings from both ends and backwards as DuckDB does", async () => {
    for (const name of ["substring", "substr"]) {
      await prover.prove(name, [text, smallBigint, smallBigint], { rows: 1500 });
      await prover.prove(name, [text, smallBigint], { rows: 500 });
    }
  });
  it("takes the left and the right part as DuckDB does", async () => {
    await prover.prove("left", [text, smallBigint]);
    await prover.prove("right", [text, smallBigint]);
  });
  it("counts characters, bytes and bits as DuckDB does", async () => {
    for (const name of ["length", "len", "char_length", "character_length", "strlen", "bit_length"]) await prover.prove(name, [text]);
  });
});
