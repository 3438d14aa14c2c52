import type { PlanType } from "../plan/types.ts";
import { Unsupported } from "../plan/unsupported.ts";
import type { Interval, Value } from "../types.ts";
import type { FunctionBuilder } from "./generate.ts";
import { normalizeInterval } from "./order.ts";

/**
 * Source of a value's identity, which is itself a number, bigint, boolean or string; `value` is not NULL. Two values of the type have
 * equal keys (as keys of a Map) exactly when they are equal.
 */
export function identitySource(builder: FunctionBuilder, type: PlanType, value: string): string {
  switch (type.id) {
    case "FLOAT":
    case "DOUBLE":
      // Not NaN, which is not equal to itself; 0 and -0 are equal already.
      return `(${value} === ${value} ? ${value} : "NaN")`;
    case "INTERVAL":
    case "BLOB":
    case "LIST":
    case "STRUCT":
    case "MAP":
      return `${builder.bind(textOf(type))}(${value})`;
    default:
      return value;
  }
}

/**
 * Source of text that begins with a value's identity and shows where it ends, so that what follows cannot be taken for part of it.
 * `value` may be NULL.
 */
export function partSource(builder: FunctionBuilder, type: PlanType, value: string, nullable: boolean, last: boolean): string {
  const known = knownPart(builder, type, value, last);
  return nullable ? `(${value} === null ? "~" : ${known})` : known;
}

function knownPart(builder: FunctionBuilder, type: PlanType, value: string, last: boolean): string {
  switch (type.id) {
    case "VARCHAR":
    case "JSON":
      return last ? `"=" + ${value}` : `${value}.length + ":" + ${value}`;
    case "INTERVAL":
    case "BLOB":
    case "LIST":
    case "STRUCT":
    case "MAP":
      return `${builder.bind(textOf(type))}(${value})`;
    case "NULL":
      return '"~"';
    default:
      return `${value} + ","`;
  }
}

/** Text that identifies a value and shows where it ends. */
function textOf(type: PlanType): (value: never) => string {
  switch (type.id) {
    case "VARCHAR":
    case "JSON":
      return (value: string) => `${value.length}:${value}`;
    case "INTERVAL":
      return (value: Interval) => {
        const { months, days, micros } = normalizeInterval(value);
        return `${months} ${days} ${micros},`;
      };
    case "BLOB":
      return (value: Uint8Array) => `${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("hex")},`;
    case "LIST":
      return listText(type.child!);
    case "MAP":
      return listText({ id: "STRUCT", fields: [{ name: "key", type: type.key! }, { name: "value", type: type.value! }] }); // prettier-ignore
    case "STRUCT":
      return structText(type);
    case "NULL":
      throw new Unsupported("keys of an unknown type");
    default:
      // 0 and -0 are both "0".
      return (value: Value) => `${String(value as never)},`;
  }
}

function listText(element: PlanType): (value: never) => string {
  const part = textOf(element);
  return (value: readonly Value[]) => {
    let text = `${value.length}[`;
    for (const item of value) text += item === null ? "~" : part(item as never);
    return text;
  };
}

function structText(type: PlanType): (value: never) => string {
  const parts = (type.fields ?? []).map((field) => textOf(field.type));
  return (value: readonly Value[]) => {
    let text = "{";
    for (let i = 0; i < parts.length; i++) text += value[i] === null ? "~" : parts[i]!(value[i] as never);
    return text;
  };
}
