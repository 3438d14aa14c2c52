import type { Property } from "../types.ts";
import type { Cursor } from "./cursor.ts";
import { compileError, ProgramError, type SourceText } from "./source-text.ts";

const allowed: Readonly<Record<"table" | "view", readonly string[]>> = {
  table: ["connectors", "materialized", "append_only", "expected_size", "skip_unused_columns"],
  view: ["connectors", "emit_final"],
};
const booleans = new Set(["materialized", "append_only", "skip_unused_columns"]);

/** Parses an optional `WITH ('key' = 'value', …)`; what a connector list means is not checked here. */
export function parseProperties(cursor: Cursor, source: SourceText, kind: "table" | "view"): Record<string, Property> {
  const properties: Record<string, Property> = {};
  if (!cursor.accept("WITH")) return properties;
  cursor.expectPunctuation("(");
  do {
    const key = cursor.string("a property name");
    cursor.expectPunctuation("=");
    const value = cursor.string("a property value");
    if (!allowed[kind].includes(key.value))
      throw new ProgramError(
        "PropertyDoesNotExist",
        `A ${kind} has no property '${key.value}'; expected one of ${allowed[kind].map((name) => `'${name}'`).join(", ")}`,
        key,
      );
    if (properties[key.value] !== undefined) throw compileError(`Property '${key.value}' is given twice`, key);
    checkValue(key.value, value.value, value);
    properties[key.value] = {
      value: value.value,
      keyPosition: source.position(key.start, key.end),
      valuePosition: source.position(value.start, value.end),
    };
  } while (cursor.acceptPunctuation(","));
  cursor.expectPunctuation(")");
  return properties;
}

function checkValue(key: string, value: string, range: { readonly start: number; readonly end: number }): void {
  if (booleans.has(key) && value.toLowerCase() !== "true" && value.toLowerCase() !== "false")
    throw compileError(`Property '${key}' must be 'true' or 'false', not '${value}'`, range);
  if (key === "expected_size" && !/^[0-9]+$/.test(value))
    throw compileError(`Property 'expected_size' must be a whole number, not '${value}'`, range);
}
