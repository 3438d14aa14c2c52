import type { ColumnType } from "@headgate/engine";

/** The DuckDB name of a column type, for CAST. Nullability has no place in it. */
export function duckdbType(type: ColumnType): string {
  switch (type.type) {
    case "DECIMAL":
      return `DECIMAL(${type.precision ?? 38}, ${type.scale ?? 0})`;
    case "REAL":
      return "FLOAT";
    case "CHAR":
    case "NULL":
      return "VARCHAR";
    case "BINARY":
    case "VARBINARY":
      return "BLOB";
    case "TIMESTAMP_TZ":
      return "TIMESTAMPTZ";
    case "VARIANT":
      return "JSON";
    case "ARRAY":
      return `${duckdbType(type.component ?? { type: "VARIANT", nullable: true })}[]`;
    case "STRUCT":
      return `STRUCT(${(type.fields ?? []).map((field) => `${quoteName(field.name)} ${duckdbType(field.columnType)}`).join(", ")})`;
    case "MAP":
      return `MAP(${duckdbType(type.key ?? { type: "VARCHAR", nullable: false })}, ${duckdbType(type.value ?? { type: "VARIANT", nullable: true })})`;
    default:
      return type.type.startsWith("INTERVAL") ? "INTERVAL" : type.type;
  }
}

/** Quotes an identifier for DuckDB. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Quotes a string literal for DuckDB. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
