import { DuckDBInstance } from "@duckdb/node-api";
import { duckdbTypeSql, type Field, type Value } from "@headgate/engine";
import { ConnectorError, type TableSchema } from "@headgate/connector-kit";
import { defaultJsonStyle } from "../values/json-style.ts";
import { compileJsonReader } from "../values/read-json.ts";
import { compileTextReader } from "../values/read-text.ts";
import { fromMetadata } from "./metadata-columns.ts";

const composite = new Set(["ARRAY", "STRUCT", "MAP", "VARIANT"]);
const numeric = /^(?:U?TINYINT|U?SMALLINT|U?INTEGER|U?BIGINT|REAL|DOUBLE|DECIMAL)$/;
const numberLiteral = /^[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?$/;
const stringLiteral = /^(?:(?:DATE|TIME|TIMESTAMP|UUID)\s*)?'((?:[^']|'')*)'$/i;
/** Functions whose value changes between calls; a column default of a connector is evaluated once. */
const volatile = /\b(?:now|current_\w+|today|random|uuid|gen_random_uuid|uuidv[47]|nextval|connector_metadata)\b/i;

/** The values of columns that a record leaves out, by column index. A column without a default has no entry. */
export type ColumnDefaults = Map<number, Value>;

/**
 * Finds the defaults that are plain literals; the indexes in `open` need `evaluateDefaults`. A column whose default is looked up in a message's
 * metadata gets `fromMetadata`, if who asks fills it in, and else NULL.
 */
export function literalDefaults(
  schema: TableSchema,
  { metadata = false }: { readonly metadata?: boolean } = {},
): { readonly values: ColumnDefaults; readonly open: readonly number[] } {
  const values: ColumnDefaults = new Map();
  const open: number[] = [];
  schema.fields.forEach((field, index) => {
    if (field.metadata !== undefined && (metadata || field.columnType.nullable)) values.set(index, metadata ? fromMetadata : null);
    if (field.default === undefined || field.metadata !== undefined) return;
    const value = literalValue(field, field.default.trim());
    if (value === undefined) open.push(index);
    else values.set(index, value);
  });
  return { values, open };
}

function literalValue(field: Field, text: string): Value | undefined {
  const { type } = field.columnType;
  if (/^null$/i.test(text)) return field.columnType.nullable ? null : undefined;
  const string = stringLiteral.exec(text)?.[1]?.replaceAll("''", "'");
  const isLiteral =
    string !== undefined
      ? !composite.has(type) && type !== "BINARY" && type !== "VARBINARY"
      : numeric.test(type)
        ? numberLiteral.test(text)
        : type === "BOOLEAN" && /^(?:true|false)$/i.test(text);
  if (!isLiteral) return undefined;
  try {
    return compileTextReader(field.columnType)(string ?? text);
  } catch {
    // DuckDB casts more than our readers do, and words the error if it does not.
    return undefined;
  }
}

/**
 * Evaluates constant default expressions with DuckDB.
 *
 * @throws ConnectorError `invalid_config` when one is not constant, or cannot be evaluated
 */
export async function evaluateDefaults(schema: TableSchema, indexes: readonly number[]): Promise<ColumnDefaults> {
  const fields = indexes.flatMap((index) => schema.fields[index] ?? []);
  for (const field of fields) {
    if (volatile.test(withoutStrings(field.default ?? ""))) throw badDefault(schema, field, "it is not a constant");
  }
  const values: ColumnDefaults = new Map();
  const instance = await DuckDBInstance.create(":memory:");
  try {
    const connection = await instance.connect();
    for (const [at, field] of fields.entries()) {
      try {
        const reader = await connection.runAndReadAll(`SELECT ${asText(field)}`);
        const text = reader.getRows()[0]?.[0];
        values.set(indexes[at] ?? -1, typeof text === "string" ? valueOfText(field, text) : nullOf(field));
      } catch (cause) {
        throw badDefault(schema, field, cause instanceof Error ? cause.message : String(cause), cause);
      }
    }
    connection.closeSync();
  } finally {
    instance.closeSync();
  }
  return values;
}

function asText(field: Field): string {
  const { type } = field.columnType;
  const value = `CAST((${field.default}) AS ${duckdbTypeSql(field.columnType)})`;
  if (composite.has(type)) return `CAST(to_json(${value}) AS VARCHAR)`;
  return type === "BINARY" || type === "VARBINARY" ? `hex(${value})` : `CAST(${value} AS VARCHAR)`;
}

function valueOfText(field: Field, text: string): Value {
  if (!composite.has(field.columnType.type)) return compileTextReader(field.columnType)(text);
  return compileJsonReader(field.columnType, defaultJsonStyle)(JSON.parse(text));
}

function nullOf(field: Field): null {
  if (!field.columnType.nullable) throw new Error("it is NULL, and the column is NOT NULL");
  return null;
}

function withoutStrings(expression: string): string {
  return expression.replace(/'(?:[^']|'')*'/g, "''");
}

function badDefault(schema: TableSchema, field: Field, reason: string, cause?: unknown): ConnectorError {
  const message = `DEFAULT ${field.default} of column "${field.name}" of table "${schema.name}" cannot be used: ${reason}`;
  return new ConnectorError("invalid_config", message, { cause });
}
