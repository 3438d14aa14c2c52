import { duckdbTypeSql, quoteIdentifier, type ColumnType, type Value } from "@headgate/engine";
import type { TableSchema } from "@headgate/connector-kit";
import {
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBIntervalValue,
  DuckDBTimeValue,
  type DuckDBValue,
} from "@duckdb/node-api";
import { parseExactJson } from "../json/exact-json.ts";
import type { ColumnDefaults } from "../records/column-defaults.ts";
import { defaultJsonStyle } from "../values/json-style.ts";
import { compileJsonReader } from "../values/read-json.ts";

/** A column of the file, as DuckDB describes it. */
export interface FileColumn {
  readonly name: string;
  readonly type: string;
}

/** How one table column is read from the file: from an expression of the query, or always the same value. */
export type ColumnSource =
  | { readonly kind: "constant"; readonly value: Value }
  | {
      readonly kind: "column";
      readonly expression: string;
      /** SQL that is true when the value is there and does not fit; undefined when every value fits. */
      readonly misfit: string | undefined;
      readonly shown: string;
      readonly convert: (value: DuckDBValue) => Value;
    };

/** Matches table columns with file columns by name. A required column that the file lacks is named in `missing`. */
export function planColumns(
  schema: TableSchema,
  file: readonly FileColumn[],
  defaults: ColumnDefaults,
): { readonly sources: readonly ColumnSource[]; readonly missing: readonly string[] } {
  const missing: string[] = [];
  const sources = schema.fields.map((field, index): ColumnSource => {
    const column =
      file.find(({ name }) => name === field.name) ??
      (field.caseSensitive ? undefined : file.find(({ name }) => name.toLowerCase() === field.name.toLowerCase()));
    if (column !== undefined) return planColumn(field.columnType, column);
    const value = defaults.get(index) ?? null;
    if (value === null && !field.columnType.nullable) missing.push(field.name);
    return { kind: "constant", value };
  });
  return { sources, missing };
}

function planColumn(type: ColumnType, column: FileColumn): ColumnSource {
  const name = quoteIdentifier(column.name);
  const wanted = duckdbTypeSql(type);
  const fits = column.type === wanted || widens(column.type, wanted);
  const cast = column.type === wanted ? name : `TRY_CAST(${name} AS ${wanted})`;
  return {
    kind: "column",
    expression: transportForm(type, cast),
    misfit: fits ? undefined : `(${name} IS NOT NULL AND ${cast} IS NULL)`,
    shown: `left(CAST(${name} AS VARCHAR), 1024)`,
    convert: converterOf(type),
  };
}

const integerWidths = ["TINYINT", "SMALLINT", "INTEGER", "BIGINT"];
const unsignedWidths = ["UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"];

/** Casts that cannot fail, so that they need no check per row. */
function widens(from: string, to: string): boolean {
  if (to === "VARCHAR" || (from === "FLOAT" && to === "DOUBLE")) return true;
  return [integerWidths, unsignedWidths].some((widths) => widths.includes(from) && widths.indexOf(from) <= widths.indexOf(to));
}

/** The form in which a value leaves DuckDB: the cheapest one that loses nothing. */
function transportForm(type: ColumnType, value: string): string {
  switch (type.type) {
    case "TIMESTAMP":
    case "TIMESTAMP_TZ":
      return `epoch_us(${value})`;
    case "UUID":
      return `CAST(${value} AS VARCHAR)`;
    case "ARRAY":
    case "STRUCT":
    case "MAP":
    case "VARIANT":
      return `CAST(to_json(${value}) AS VARCHAR)`;
    default:
      return value;
  }
}

function converterOf(type: ColumnType): (value: DuckDBValue) => Value {
  switch (type.type) {
    case "ARRAY":
    case "STRUCT":
    case "MAP":
    case "VARIANT": {
      const read = compileJsonReader(type, defaultJsonStyle);
      return (value) => (typeof value === "string" ? read(parseExactJson(value)) : null);
    }
    case "DECIMAL":
    case "DATE":
    case "TIME":
    case "BINARY":
    case "VARBINARY":
      return unwrap;
    default:
      return type.type.startsWith("INTERVAL") ? unwrap : (value) => value as Value;
  }
}

/** Values that DuckDB's library hands over inside objects of its own. */
function unwrap(value: DuckDBValue): Value {
  if (value instanceof DuckDBDecimalValue) return value.value;
  if (value instanceof DuckDBDateValue) return value.days;
  if (value instanceof DuckDBTimeValue) return value.micros;
  // The bytes are DuckDB's own memory, which the next chunk reuses.
  if (value instanceof DuckDBBlobValue) return Uint8Array.from(value.bytes);
  if (value instanceof DuckDBIntervalValue) return { months: value.months, days: value.days, micros: value.micros };
  return value as Value;
}
