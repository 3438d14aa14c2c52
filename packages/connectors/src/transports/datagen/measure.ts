import type { ColumnType, Value } from "@headgate/engine";

/** The published accounting: 8 bytes for a value of fixed size, the length of a text, the sum of a nested value's parts. */
export const fixedBytes = 8;

/** How many bytes values of a type count; undefined when every value counts {@link fixedBytes}. */
export function measureOf(type: ColumnType): ((value: Value) => number) | undefined {
  switch (type.type) {
    case "CHAR":
    case "VARCHAR":
    case "VARIANT":
    case "BINARY":
    case "VARBINARY":
      return (value) => (value === null ? 0 : (value as string | Uint8Array).length);
    case "ARRAY":
    case "STRUCT":
    case "MAP":
      return measureAny;
    default:
      return undefined;
  }
}

function measureAny(value: Value): number {
  if (typeof value === "string" || value instanceof Uint8Array) return value.length;
  if (Array.isArray(value)) return (value as readonly Value[]).reduce<number>((sum, part) => sum + measureAny(part), 0);
  return value === null ? 0 : fixedBytes;
}
