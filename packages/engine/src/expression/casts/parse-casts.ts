import type { PlanType } from "../../plan/types.ts";
import type { Value } from "../../types.ts";
import { EvaluationError } from "../evaluation-error.ts";
import { integerType, type IntegerType } from "../number-types.ts";
import type { Cast } from "./find-cast.ts";
import { decimalParser } from "./parse-decimal.ts";
import { parseDate, parseTime, parseTimestamp } from "./parse-temporal.ts";

/** Casts from VARCHAR. */
export function parseCast(from: PlanType, to: PlanType): Cast | undefined {
  if (from.id !== "VARCHAR") return undefined;
  const integer = integerType(to);
  // For unsigned types DuckDB has many rules of its own about a minus.
  if (integer !== undefined)
    return integer.physical.endsWith("128") || integer.min === 0n ? undefined : parser(to, (text) => parseInteger(text, integer));
  if (to.id === "DOUBLE") return parser(to, parseDouble);
  if (to.id === "DECIMAL") return parser(to, decimalParser(to));
  if (to.id === "BOOLEAN") return parser(to, (text) => booleans.get(text.toLowerCase()));
  if (to.id === "UUID") return parser(to, parseUuid);
  if (to.id === "DATE") return parser(to, parseDate);
  if (to.id === "TIMESTAMP") return parser(to, parseTimestamp);
  if (to.id === "TIME") return parser(to, parseTime);
  return undefined;
}

/** `parse` gives undefined for text that is no such value. */
function parser(to: PlanType, parse: (text: string) => NonNullable<Value> | undefined): Cast {
  return {
    convert: (text: string) => {
      const value = parse(text);
      if (value === undefined) throw new EvaluationError(`Could not convert string '${text}' to ${to.id}`);
      return value;
    },
  };
}

const booleans: ReadonlyMap<string, boolean> = new Map([
  ...["true", "t", "yes", "y", "1"].map((text) => [text, true] as const),
  ...["false", "f", "no", "n", "0"].map((text) => [text, false] as const),
]);

/** Hyphens may stand anywhere but first, and braces around it all. */
function parseUuid(text: string): string | undefined {
  const inner = text.startsWith("{") ? (text.endsWith("}") ? text.slice(1, -1) : undefined) : text;
  const hex = inner?.replaceAll("-", "").toLowerCase();
  if (hex === undefined || !/^[0-9a-f]{32}$/.test(hex)) return undefined;
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** Digits may be grouped by single underscores; white space is ASCII's. */
const digits = String.raw`\d+(?:_\d+)*`;
const mantissa = String.raw`^[ \t-\r]*([+-]?)(?:(${digits})(?:\.(${digits})?)?|\.(${digits}))`;
const number = new RegExp(String.raw`${mantissa}(?:[eE]([+-]?${digits}))?[ \t-\r]*$`);
/** The power of ten is itself read as an integer, which may end with a point, or be white space. */
const integer = new RegExp(String.raw`${mantissa}(?:[eE](?:([+-]?${digits})\.?|[+-]?(?=[ \t-\r])))?[ \t-\r]*$`);
const radix = /^[ \t-\r]*0(?:[xX][\da-fA-F]+(?:_[\da-fA-F]+)*|[bB][01]+(?:_[01]+)*)$/;
const loneSign = /^[ \t-\r]*[+-][ \t-\r]+$/;
const plainInteger = /^-?\d{1,15}$/;

/** A fraction is rounded, half away from zero. */
function parseInteger(text: string, type: IntegerType): number | bigint | undefined {
  const value = plainInteger.test(text) ? BigInt(text) : roundedNumber(text);
  if (value === undefined || value < type.min || value > type.max) return undefined;
  return type.big ? value : Number(value);
}

function roundedNumber(text: string): bigint | undefined {
  if (radix.test(text)) return BigInt(text.replaceAll("_", ""));
  const match = matchInteger(text);
  if (match === undefined) return undefined;
  const value = BigInt(match.whole + match.fraction);
  const exponent = match.power - match.fraction.length;
  const magnitude = exponent >= 0 ? value * 10n ** BigInt(exponent) : roundHalfUp(value, 10n ** BigInt(-exponent));
  return match.negative ? -magnitude : magnitude;
}

/** The parts of a number that is not in hexadecimal or binary, without underscores. */
export function matchInteger(text: string): { readonly negative: boolean; readonly whole: string; readonly fraction: string; readonly power: number } | undefined {
  const match = integer.exec(text);
  // DuckDB takes a sign before white space for zero.
  if (match === null) return loneSign.test(text) ? { negative: false, whole: "0", fraction: "", power: 0 } : undefined;
  const [, sign, whole = "", fraction, only, power = "0"] = match;
  const digitsOf = (part: string): string => part.replaceAll("_", "");
  const exponent = Number(digitsOf(power));
  // It is read as a SMALLINT.
  if (exponent > 32767 || exponent < -32768) return undefined;
  return { negative: sign === "-", whole: digitsOf(whole), fraction: digitsOf(fraction ?? only ?? ""), power: exponent };
} // prettier-ignore

const roundHalfUp = (value: bigint, divisor: bigint): bigint => (value + divisor / 2n) / divisor;

const plusMinus = /^[ \t-\r]*\+(-.*)$/s;
const special = /^[ \t-\r]*([+-]?)(?:(inf|infinity)|nan)[ \t-\r]*$/i;

function parseDouble(text: string): number | undefined {
  if (number.test(text)) return Number(text.replaceAll("_", ""));
  // A plus is passed over before the number is read, whatever its own sign.
  const signed = plusMinus.exec(text)?.[1];
  if (signed !== undefined && number.test(signed)) return Number(signed.replaceAll("_", ""));
  const match = special.exec(text);
  if (match === null) return undefined;
  return match[2] === undefined ? NaN : match[1] === "-" ? -Infinity : Infinity;
}
