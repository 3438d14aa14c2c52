import type { Value } from "../types.ts";
import { PlanObject } from "./plan-object.ts";
import { formatPlanType, readType } from "./read-type.ts";
import type { PlanType } from "./types.ts";
import { Unsupported } from "./unsupported.ts";

export interface Constant {
  readonly value: Value;
  readonly type: PlanType;
}

/** A DuckDB `Value` of the plan's JSON in canonical form. */
export function readConstant(json: unknown): Constant {
  const constant = new PlanObject(json, "constant").only("type", "is_null", "value");
  const type = readType(constant.raw("type"));
  if (constant.flag("is_null")) return { value: null, type };
  return { value: readValue(constant.raw("value"), type), type };
}

function readValue(json: unknown, type: PlanType): Value {
  switch (type.id) {
    case "BOOLEAN":
      if (typeof json === "boolean") return json;
      break;
    case "TINYINT":
    case "SMALLINT":
    case "INTEGER":
    case "UTINYINT":
    case "USMALLINT":
    case "UINTEGER":
    case "DATE":
      if (Number.isSafeInteger(json)) return json as number;
      break;
    case "FLOAT":
    case "DOUBLE":
      // A whole number beyond 2^53 is written without a fraction and so comes as bigint.
      if (typeof json === "number" || typeof json === "bigint") return Number(json);
      break;
    case "BIGINT":
    case "UBIGINT":
    case "TIME":
    case "TIMESTAMP":
    case "TIMESTAMP_TZ":
      return readBigint(json);
    case "DECIMAL":
      return type.width! > 18 ? readHuge(json) : readBigint(json);
    case "HUGEINT":
    case "UHUGEINT":
      return readHuge(json);
    case "VARCHAR":
    case "JSON":
      if (typeof json === "string") return json;
      break;
    case "BLOB":
      if (typeof json === "string") return readBlob(json);
      break;
    case "UUID":
      return readUuid(json);
    case "INTERVAL": {
      const interval = new PlanObject(json, "constant INTERVAL").only("months", "days", "micros");
      return { months: interval.integer("months"), days: interval.integer("days"), micros: readBigint(interval.raw("micros")) };
    }
    case "LIST":
    case "STRUCT":
      return readChildren(json, type).map(({ value }) => value);
    case "MAP":
      return readChildren(json, type).map(({ value }) => value);
    case "NULL":
      break;
  }
  throw new Unsupported(`constant of type ${formatPlanType(type)}`);
}

const readChildren = (json: unknown, type: PlanType): readonly Constant[] =>
  new PlanObject(json, `constant ${type.id}`).only("children").list("children").map(readConstant);

function readBigint(json: unknown): bigint {
  if (typeof json === "bigint") return json;
  if (Number.isSafeInteger(json)) return BigInt(json as number);
  throw new Unsupported("constant integer in an unknown form");
}

/** 128 bits in two halves; the upper one has the sign. */
function readHuge(json: unknown): bigint {
  const halves = new PlanObject(json, "constant HUGEINT").only("upper", "lower");
  return (readBigint(halves.raw("upper")) << 64n) + readBigint(halves.raw("lower"));
}

/** DuckDB stores a UUID as a signed number with the first bit inverted, so that numbers order as texts do. */
function readUuid(json: unknown): string {
  const hex = BigInt.asUintN(128, readHuge(json) ^ (1n << 127n))
    .toString(16)
    .padStart(32, "0");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Bytes as DuckDB shows them: printable ASCII as it is, others as \xAB. */
function readBlob(text: string): Uint8Array {
  const bytes: number[] = [];
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "\\") {
      bytes.push(parseInt(text.slice(i + 2, i + 4), 16));
      i += 3;
    } else bytes.push(text.charCodeAt(i));
  }
  return Uint8Array.from(bytes);
}
