import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { argument, fixed, part, text, varchar } from "../arguments.ts";
import { createProver, isRefused, type Prover } from "../prove.ts";

let prover: Prover;
beforeAll(async () => void (prover = await createProver()));
afterAll(() => prover.close());

const patterns = [
  "",
  "%",
  "%%",
  "_",
  "__",
  "a%",
  "%a",
  "%b%",
  "a%b",
  "%a%b%",
  "_b%",
  "%_b",
  "%😀_",
  "a_c",
  "%é",
  "\\%",
  "a!%",
  "%!",
  "!_%",
  "%a%_%c%",
  "日%",
  "%_%",
  "a%a",
];
const pattern = argument(varchar, patterns, (r) => Array.from({ length: r.below(5) }, () => r.pick([..."ab%%__!\\", "😀"])).join(""));

describe("LIKE", () => {
  it("matches any pattern as DuckDB does", async () => {
    for (const name of ["~~", "!~~", "~~*", "!~~*"]) await prover.prove(name, [text, pattern], { rows: 2000 });
  });
  it("matches constant patterns as DuckDB does", async () => {
    for (const constant of patterns) await prover.prove("~~", [text, fixed(varchar, constant)], { rows: 150 });
  });
  it("takes an escape character as DuckDB does", async () => {
    for (const escape of ["!", "\\", "", "a", "%", "_"])
      for (const constant of patterns.filter((text) => escape === "" || !text.endsWith(escape)))
        for (const name of ["like_escape", "not_like_escape"])
          await prover.prove(name, [text, fixed(varchar, constant), fixed(varchar, escape)], { rows: 60 });
  });
  it("is refused with an escape that may be a fault", () => {
    expect(isRefused("like_escape", [text, fixed(varchar, "a!"), fixed(varchar, "!")])).toBe(true);
    expect(isRefused("like_escape", [text, fixed(varchar, "a"), fixed(varchar, "é")])).toBe(true);
    expect(isRefused("like_escape", [text, text, fixed(varchar, "!")])).toBe(true);
    expect(isRefused("like_escape", [text, fixed(varchar, "a"), fixed(varchar, "!")])).toBe(false);
  });
});

describe("plain searches", () => {
  it("finds prefixes, suffixes and parts as DuckDB does", async () => {
    for (const name of ["prefix", "starts_with", "^@", "suffix", "ends_with", "contains"])
      await prover.prove(name, [text, part], { rows: 600 });
  });
});
