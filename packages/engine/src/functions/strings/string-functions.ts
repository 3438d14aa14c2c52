import type { Overload, ScalarFunction } from "../types.ts";
import { bound, constantText, isConstant, pure, scalar } from "../overload.ts";
import { lower, upper } from "./case.ts";
import { characterCount } from "./characters.ts";
import { character, createCodePoint } from "./code-point.ts";
import { concatFunctions } from "./concat.ts";
import { digest } from "./digest.ts";
import { padLeft, padRight, repeat } from "./pad.ts";
import { patternFunctions } from "./pattern-functions.ts";
import { regexpFunctions } from "./regexp-functions.ts";
import { position, replace, split, translate } from "./search.ts";
import { left, right, substring } from "./substring.ts";
import { createTrim, type TrimSide } from "./trim.ts";

const clamp = (count: bigint): number => (count > 0x7fffffffn ? Infinity : Number(count));
const splitNames = ["string_split", "str_split", "split", "string_to_array"];

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
    "octet_length",
    pure("octet_length(BLOB)", (bytes: Uint8Array) => BigInt(bytes.length)),
  ),
  scalar(["lower", "lcase"], pure("lower(VARCHAR)", lower)),
  scalar(["upper", "ucase"], pure("upper(VARCHAR)", upper)),
  scalar(
    ["substring", "substr"],
    pure("substring(VARCHAR, BIGINT)", (text: string, offset: bigint) => substring(text, offset)),
    pure("substring(VARCHAR, BIGINT, BIGINT)", substring),
  ),
  scalar("left", pure("left(VARCHAR, BIGINT)", left)),
  scalar("right", pure("right(VARCHAR, BIGINT)", right)),
  scalar("trim", trim("trim", "both")),
  scalar("ltrim", trim("ltrim", "left")),
  scalar("rtrim", trim("rtrim", "right")),
  scalar("lpad", pure("lpad(VARCHAR, INTEGER, VARCHAR)", padLeft)),
  scalar("rpad", pure("rpad(VARCHAR, INTEGER, VARCHAR)", padRight)),
  scalar(
    "repeat",
    pure("repeat(VARCHAR, BIGINT)", (text: string, count: bigint) => repeat(text, text === "" ? 0 : clamp(count))),
  ),
  scalar("replace", pure("replace(VARCHAR, VARCHAR, VARCHAR)", replace)),
  scalar("translate", pure("translate(VARCHAR, VARCHAR, VARCHAR)", translate)),
  scalar(["position", "instr", "strpos"], pure("position(VARCHAR, VARCHAR)", position)),
  scalar(
    splitNames,
    bound("string_split(VARCHAR, VARCHAR)", () => split, "called"),
  ),
  scalar("ascii", pure("ascii(VARCHAR)", createCodePoint(0))),
  scalar(["unicode", "ord"], pure("unicode(VARCHAR)", createCodePoint(-1))),
  scalar("chr", pure("chr(INTEGER)", character)),
  scalar(
    ["hex", "to_hex"],
    pure("hex(VARCHAR)", (text: string) => Buffer.from(text).toString("hex").toUpperCase()),
    pure("hex(BLOB)", (bytes: Uint8Array) => Buffer.from(bytes).toString("hex").toUpperCase()),
  ),
  scalar(
    ["to_base64", "base64"],
    pure("to_base64(BLOB)", (bytes: Uint8Array) => Buffer.from(bytes).toString("base64")),
  ),
  scalar(
    "encode",
    pure("encode(VARCHAR)", (text: string) => Uint8Array.from(Buffer.from(text))),
  ),
  scalar("md5", digest("md5")),
  scalar("sha1", digest("sha1")),
  scalar("sha256", digest("sha256")),
  ...concatFunctions,
  ...patternFunctions,
  ...regexpFunctions,
];

function trim(name: string, side: TrimSide): readonly Overload[] {
  return [
    pure(`${name}(VARCHAR)`, createTrim(side)),
    bound(`${name}(VARCHAR, VARCHAR)`, (call) =>
      isConstant(call, 1)
        ? createTrim(side, constantText(call, 1))
        : (text: string, characters: string) => createTrim(side, characters)(text),
    ),
  ];
}
