import type { ColumnType, Value } from "@headgate/engine";
import { bigintRanges, numberRanges } from "./integer-range.ts";
import { parseDecimal } from "./decimal.ts";
import { parseDate, parseTime, parseTimestamp } from "./parse-temporal.ts";
import { parseInterval } from "./interval.ts";
import { parseUuid } from "./uuid.ts";
import { parseHex } from "./binary.ts";
import { ValueError } from "./value-error.ts";

/** Turns the text of a scalar (a CSV field, a map key) into the canonical form of its column. @throws ValueError */
export type TextReader = (text: string) => Value;

const integerForm = /^\s*[+-]?\d+\s*$/;
const doubleForm = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/;
const specialDoubles: ReadonlyMap<string, number> = new Map([
  ["nan", NaN],
  ["inf", Infinity],
  ["+inf", Infinity],
  ["-inf", -Infinity],
  ["infinity", Infinity],
  ["+infinity", Infinity],
  ["-infinity", -Infinity],
]);

/** Compiles the reader of a scalar column. Composite types have no text form of their own and are refused on use. */
export function compileTextReader(type: ColumnType): TextReader {
  switch (type.type) {
    case "BOOLEAN":
      return readBoolean;
    case "TINYINT":
    case "SMALLINT":
    case "INTEGER":
    case "UTINYINT":
    case "USMALLINT":
    case "UINTEGER":
      return numberReader(type.type);
    case "BIGINT":
    case "UBIGINT":
      return bigintReader(type.type);
    case "REAL":
      return (text) => toReal(parseDouble(text));
    case "DOUBLE":
      return parseDouble;
    case "DECIMAL":
      return decimalReader(type.precision ?? 38, type.scale ?? 0);
    case "CHAR":
    case "VARCHAR":
      return (text) => text;
    case "UUID":
      return parseUuid;
    case "BINARY":
    case "VARBINARY":
      return parseHex;
    case "DATE":
      return parseDate;
    case "TIME":
      return parseTime;
    case "TIMESTAMP":
    case "TIMESTAMP_TZ":
      return parseTimestamp;
    case "ARRAY":
    case "STRUCT":
    case "MAP":
    case "VARIANT":
    case "NULL":
      return (text) => refuse(`a value of type ${type.type}`, text);
    default:
      return parseInterval;
  }
}

function refuse(expected: string, text: string): never {
  throw new ValueError(`expected ${expected}, found ${JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text)}`);
}

function readBoolean(text: string): boolean {
  const word = text.trim().toLowerCase();
  return word === "true" || (word === "false" ? false : refuse("true or false", text));
}

function numberReader(type: keyof typeof numberRanges): TextReader {
  const [lowest, highest] = numberRanges[type];
  return (text) => {
    if (!integerForm.test(text)) return refuse(`an integer (${type})`, text);
    const value = Number(text);
    if (value < lowest || value > highest) return refuse(`${type} between ${lowest} and ${highest}`, text);
    return value + 0;
  };
}

function bigintReader(type: keyof typeof bigintRanges): TextReader {
  const [lowest, highest] = bigintRanges[type];
  return (text) => {
    const value = parseBigint(text, type);
    if (value < lowest || value > highest) return refuse(`${type} between ${lowest} and ${highest}`, text);
    return value;
  };
}

function parseBigint(text: string, type: string): bigint {
  if (integerForm.test(text)) {
    if (text.length <= 15) return BigInt(Number(text));
    const trimmed = text.trim();
    return BigInt(trimmed.charCodeAt(0) === 43 ? trimmed.slice(1) : trimmed);
  }
  // "1e18" and "5.0" are integers too; one digit after the point shows whether there is a fraction.
  if (doubleForm.test(text) && text.length < 1000) {
    const tenfold = parseDecimal(text, 38, 17);
    if (tenfold % 10n ** 17n === 0n) return tenfold / 10n ** 17n;
  }
  return refuse(`an integer (${type})`, text);
}

function parseDouble(text: string): number {
  if (doubleForm.test(text)) return Number(text) + 0;
  return specialDoubles.get(text.trim().toLowerCase()) ?? refuse("a number", text);
}

function toReal(value: number): number {
  const rounded = Math.fround(value);
  if (Number.isFinite(value) && !Number.isFinite(rounded)) refuse("a number in the range of REAL", String(value));
  return rounded;
}

function decimalReader(precision: number, scale: number): TextReader {
  return (text) => parseDecimal(text, precision, scale);
}
