import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { Unsupported } from "../../../src/plan/unsupported.ts";
import { parsePattern } from "../../../src/functions/strings/regexp.ts";
import { argument, fixed, integerType, randomText, text, varchar, type Argument } from "../arguments.ts";
import { createProver, createRandom, isRefused, type Prover } from "../prove.ts";

let prover: Prover;
beforeAll(async () => void (prover = await createProver()));
afterAll(() => prover.close());

const subjects: Argument = argument(
  varchar,
  [
    "",
    "a",
    "ab",
    "aab",
    "abab",
    "a1b22",
    "x-y_z",
    "https://a.b/c/d?e=f",
    "line\nnext",
    "a\r\nb",
    "\u2028",
    "é😀",
    "😀",
    "ABC",
    " a ",
    "\t",
    "\u00a0",
    "K\u212a",
    "{}",
    "a.b",
    "\\",
    "channel_id=42&x",
  ],
  (r) => (r.below(2) === 0 ? randomText(r) : Array.from({ length: r.below(8) }, () => r.pick([..."aab1\n", "😀", "é"])).join("")),
);
const patterns = [
  "", "a", "^a", "a$", "^$", "a|b", "ab|a", "a|ab", "(a|ab)(b?)", "(a+)(b*)", "a+?b", "(a)|b", "a.b", ".", "^.$", "[ab]+", "[^a]", "[^ab\\n]+", "\\d+", "\\D", "\\w+", "\\W", "\\s",
  "\\S+", "[\\d_-]+", "[a-c]{2}", "a{1,2}", "a{2,}", "\\bа?b", "\\ba", "b\\b", "\\Bb", "é", "😀", "[😀é]", "[^😀]", "(?:ab)+", "(ab)+", "(?:a|b)+", "x*", "(a?)(b?)", "https?://([^/]+)/?(.*)",
  "(&|^)channel_id=([^&]*)", "\\{\\}", "\\.", "\\\\", "a\\.b", "-", "[.]", "[$^]", "(a)(b)?(c)?", "(|a)b", "(a|b|)c?", "()", "\\t", "[\\t ]+", "^a|b$", "(^a|b$)", ".*", ".+", "(.*)b", "(.*?)b", "a.*b",
]; // prettier-ignore

describe("regular expressions", () => {
  it("match as in DuckDB", async () => {
    for (const pattern of patterns)
      for (const name of ["regexp_matches", "regexp_full_match"]) {
        await prover.prove(name, [subjects, fixed(varchar, pattern)], { rows: 120 });
        if (pattern.includes(".")) await prover.prove(name, [subjects, fixed(varchar, pattern), fixed(varchar, "s")], { rows: 60 });
      }
  }, 30_000);
  it("extract as in DuckDB", async () => {
    for (const pattern of patterns) {
      const { groups, nullable } = parsePattern(pattern, false);
      await prover.prove("regexp_extract", [subjects, fixed(varchar, pattern)], { rows: 60 });
      for (let group = 0; group <= groups; group++) {
        await prover.prove("regexp_extract", [subjects, fixed(varchar, pattern), fixed(integerType, group)], { rows: 80 });
        if (!nullable)
          await prover.prove("regexp_extract_all", [subjects, fixed(varchar, pattern), fixed(integerType, group)], { rows: 80 });
      }
    }
  }, 30_000);
  it("replace as in DuckDB", async () => {
    for (const pattern of patterns)
      for (const replacement of ["$1$&\\\\", parsePattern(pattern, false).groups > 0 ? "[\\1]" : "<\\0>"]) {
        await prover.prove("regexp_replace", [subjects, fixed(varchar, pattern), fixed(varchar, replacement)], { rows: 60 });
        if (!parsePattern(pattern, false).nullable)
          await prover.prove("regexp_replace", [subjects, fixed(varchar, pattern), fixed(varchar, replacement), fixed(varchar, "g")], {
            rows: 60,
          });
      }
  }, 30_000);
  it("match patterns drawn at random as in DuckDB, those that are not refused", async () => {
    const random = createRandom(7);
    let proven = 0;
    for (let i = 0; i < 150; i++) {
      const pattern = Array.from({ length: 1 + random.below(7) }, () =>
        random.pick([..."aabb1()[]^$.*+?|-", "\\d", "\\b", "(?:", "{2}", "é"]),
      ).join("");
      if (!parses(pattern)) continue;
      proven++;
      const { groups } = parsePattern(pattern, false);
      await prover.prove("regexp_extract", [subjects, fixed(varchar, pattern), fixed(integerType, random.below(groups + 1))], { rows: 60 });
      await prover.prove("regexp_matches", [subjects, fixed(varchar, pattern)], { rows: 30 });
    }
    expect(proven).toBeGreaterThan(30);
  }, 30_000);
  it("are refused where the engines differ", () => {
    for (const pattern of [
      "(a*)*",
      "(a+)+",
      "(?:(a)|b)*",
      "(?i)a",
      "(?=a)",
      "a**",
      "a{1001}",
      "\\p{L}",
      "[[:alpha:]]",
      "\\1",
      "a{",
      "[",
      "(",
      ")",
      "*",
      "\\",
      "[b-a]",
      "^*",
      "(a|)+",
      "\\x41",
      "[]a]",
      "a^b",
      "$a",
      "a(?:^b)",
      "(^a)?",
    ])
      expect([pattern, parses(pattern)]).toEqual([pattern, false]);
    expect(isRefused("regexp_matches", [text, fixed(varchar, "a"), fixed(varchar, "i")])).toBe(true);
    expect(isRefused("regexp_matches", [text, text])).toBe(true);
    expect(isRefused("regexp_extract", [text, fixed(varchar, "a"), fixed(integerType, 1)])).toBe(true);
    expect(isRefused("regexp_replace", [text, fixed(varchar, "a*"), fixed(varchar, ""), fixed(varchar, "g")])).toBe(true);
    expect(isRefused("regexp_replace", [text, fixed(varchar, "a"), fixed(varchar, "\\2")])).toBe(true);
  });
});

function parses(pattern: string): boolean {
  try {
    parsePattern(pattern, false);
    return true;
  } catch (error) {
    if (error instanceof Unsupported) return false;
    throw error;
  }
}
