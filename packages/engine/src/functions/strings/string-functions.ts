import type { ScalarFunction } from "../types.ts";
import { pure, scalar } from "../overload.ts";
import { characterCount } from "./characters.ts";
import { patternFunctions } from "./pattern-functions.ts";
import { left, right, substring } from "./substring.ts";

/** Functions over text. */
export const stringFunctions: readonly ScalarFunction[] = [
  scalar(
    ["length", "len", "char_length", "character_length"],
    pure("length(VARCHAR)", (text: string) => BigInt(characterCount(text))),
  ),
  scalar(
    "strlen",
    pure("strlen(VARCHAR)", (text: string) => BigInt(Buffer.byteLength(text))),
  ),
  scalar(
    "bit_length",
    pure("bit_length(VARCHAR)", (text: string) => BigInt(Buffer.byteLength(text) * 8)),
  ),
  scalar(
    ["substring", "substr"],
    pure("substring(VARCHAR, BIGINT)", (text: string, offset: bigint) => substring(text, offset)),
    pure("substring(VARCHAR, BIGINT, BIGINT)", substring),
  ),
  scalar("left", pure("left(VARCHAR, BIGINT)", left)),
  scalar("right", pure("right(VARCHAR, BIGINT)", right)),
  ...patternFunctions,
];
