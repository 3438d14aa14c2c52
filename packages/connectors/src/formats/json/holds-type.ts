import type { ColumnType, Field, SqlTypeName } from "@headgate/engine";

/** Whether any column, or anything inside one, is of one of the types. */
export function holdsType(fields: readonly Field[], types: readonly SqlTypeName[]): boolean {
  return fields.some((field) => isOrHolds(field.columnType, types));
}

function isOrHolds(type: ColumnType, types: readonly SqlTypeName[]): boolean {
  if (types.includes(type.type) || holdsType(type.fields ?? [], types)) return true;
  return [type.component, type.key, type.value].some((inner) => inner !== undefined && isOrHolds(inner, types));
}
