import { expect, test } from "@jest/globals";
import { parseIdentifier } from "../../src/wire/identifier.ts";

test.each([
  ["numbers", "numbers"],
  ["Numbers", "numbers"],
  ['"Numbers"', "Numbers"],
  ['"say ""hi"""', 'say "hi"'],
  ['""', ""],
  ['"', '"'],
  ['a"B"', 'a"b"'],
  ["ÄRGER", "ärger"],
  ['"numbers +C0_-,.!%()&/"', "numbers +C0_-,.!%()&/"],
])("%s is read as %s", (written, name) => {
  expect(parseIdentifier(written)).toBe(name);
});
