import type { ColumnType } from "@headgate/engine";
import { AvroSchemaError } from "./avro-error.ts";
import { describeSchema, type AvroSchema } from "./avro-schema.ts";

/** How a column's values stand in a schema: with a branch of its own for NULL, or not. */
export interface ColumnForm {
  /** The branch of values that are not NULL. */
  readonly schema: AvroSchema;
  /** Number of that branch; undefined outside of a union. */
  readonly branch: number | undefined;
  /** Number of the branch of NULL; undefined when there is none. */
  readonly nullBranch: number | undefined;
}

/** Takes NULL apart from the other branches. @throws AvroSchemaError when more than one is left */
export function columnForm(schema: AvroSchema): ColumnForm {
  if (schema.kind !== "union") return { schema, branch: undefined, nullBranch: undefined };
  const nullBranch = schema.branches.findIndex(({ kind }) => kind === "null");
  const branch = schema.branches.findIndex(({ kind }) => kind !== "null");
  const only = schema.branches[branch];
  if (only === undefined || schema.branches.length > 2 || (schema.branches.length === 2 && nullBranch < 0)) {
    throw new AvroSchemaError(`expected a type, or a union of null and one type, found ${describeSchema(schema)}`);
  }
  return { schema: only, branch, nullBranch: nullBranch < 0 ? undefined : nullBranch };
}

/** Name of the logical type, if there is one. */
export const logicalName = (schema: AvroSchema): string | undefined => ("logical" in schema ? schema.logical?.name : undefined);

/** The error for a schema that does not fit a column's type. */
export function misfit(type: ColumnType, expected: string, schema: AvroSchema): AvroSchemaError {
  return new AvroSchemaError(`expected ${expected} for ${typeText(type)}, found ${describeSchema(schema)}`);
}

/** Places of a timestamp's digits after the second: 6 for microseconds, 3 for milliseconds. @throws AvroSchemaError */
export function timestampDigits(type: ColumnType, schema: AvroSchema): 3 | 6 {
  const logical = logicalName(schema);
  if (schema.kind === "long" && (logical === undefined || /^(local-)?timestamp-micros$/.test(logical))) return 6;
  if (schema.kind === "long" && /^(local-)?timestamp-millis$/.test(logical ?? "")) return 3;
  throw misfit(type, "long (timestamp-micros or timestamp-millis)", schema);
}

/** As `timestampDigits`, for a time of day. @throws AvroSchemaError */
export function timeDigits(type: ColumnType, schema: AvroSchema): 3 | 6 {
  const logical = logicalName(schema);
  if (schema.kind === "long" && (logical === undefined || logical === "time-micros")) return 6;
  if (schema.kind === "int" && logical === "time-millis") return 3;
  throw misfit(type, "long (time-micros) or int (time-millis)", schema);
}

/** Checks that a decimal has the digits of its column. @throws AvroSchemaError */
export function assertDecimal(type: ColumnType, schema: AvroSchema): void {
  const { precision = 38, scale = 0 } = type;
  const logical = "logical" in schema ? schema.logical : undefined;
  const fits = logical?.name === "decimal" && logical.precision === precision && logical.scale === scale;
  if (!fits || (schema.kind !== "bytes" && schema.kind !== "fixed")) throw misfit(type, `bytes (decimal ${precision},${scale})`, schema);
}

/** Checks that a map's keys are text, as Avro's are. @throws AvroSchemaError */
export function assertTextKeys(type: ColumnType): void {
  const key = type.key?.type;
  if (key !== "CHAR" && key !== "VARCHAR")
    throw new AvroSchemaError(`Avro has only maps with string keys, and the keys of this one are ${key ?? "unknown"}`);
}

/** A column's type as a program writes it. */
function typeText({ precision, scale, type }: ColumnType): string {
  return type === "DECIMAL" ? `DECIMAL(${precision ?? 38}, ${scale ?? 0})` : type;
}
