import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { createLineSplitter } from "../src/lines.ts";

function split(bytes: Uint8Array, cuts: readonly number[]): string[] {
  const splitter = createLineSplitter();
  const lines: string[] = [];
  const points = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b);
  for (let i = 1; i < points.length; i++) lines.push(...splitter.push(bytes.subarray(points[i - 1], points[i])));
  const last = splitter.end();
  return last === undefined ? lines : [...lines, last];
}

test("lines come out whole wherever the pieces are cut, also within a character", () => {
  const line = fc.string({ unit: fc.constantFrom("a", "é", "😀", "\u2028", " ") });
  fc.assert(
    fc.property(fc.array(line), fc.array(fc.nat()), fc.constantFrom("\n", "\r\n"), (lines, cuts, end) => {
      const bytes = new TextEncoder().encode(lines.map((text) => text + end).join(""));
      expect(split(bytes, cuts)).toEqual(lines);
    }),
    { seed: 7 },
  );
});

test("a last line without a line end is given at the end, an absent one is not", () => {
  expect(split(new TextEncoder().encode("one\ntwo"), [])).toEqual(["one", "two"]);
  expect(split(new TextEncoder().encode("one\n"), [])).toEqual(["one"]);
  expect(split(new Uint8Array(), [])).toEqual([]);
});
