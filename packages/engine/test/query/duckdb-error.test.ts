import { expect, test } from "@jest/globals";
import { duckdbMessage } from "../../src/query/duckdb-error.ts";

test("an error is told without the excerpt and without advice on settings that a user cannot change", () => {
  expect(duckdbMessage(new Error('Binder Error: no column "x"\n\nLINE 1: SELECT x\n               ^'))).toBe('Binder Error: no column "x"');
  const memory = "Out of Memory Error: failed to allocate 16 MiB\n\nPossible solutions:\n* SET threads=X\n\nSee also https://duckdb.org";
  expect(duckdbMessage(new Error(memory))).toBe("Out of Memory Error: failed to allocate 16 MiB");
});

test("a long list of overloads is cut, a short one is kept", () => {
  const overloads = (count: number): string => Array.from({ length: count }, (_, i) => `\t+(T${i})`).join("\n");
  const message = (count: number): string => `No function matches.\n\tCandidate functions:\n${overloads(count)}\n`;
  expect(duckdbMessage(message(6))).toBe(message(6).trim());
  expect(duckdbMessage(message(44))).toBe(`No function matches.\n\tCandidate functions:\n${overloads(5)}\n\t… and 39 more`);
});
