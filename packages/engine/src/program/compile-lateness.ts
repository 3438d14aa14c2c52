import { DuckDBIntervalValue, DuckDBTypeId } from "@duckdb/node-api";
import { duckdbTypeSql, formatType, fromDuckDBType } from "../duckdb/column-type.ts";
import { fromDuckDBValue } from "../duckdb/from-duckdb-value.ts";
import type { ColumnLateness, SqlTypeName } from "../types.ts";
import type { Declared } from "./declared.ts";
import { evaluateConstant } from "./evaluate-constant.ts";
import { compileError } from "./source-text.ts";
import type { ColumnDeclaration, CreateTable, SqlFragment } from "./statements.ts";

const numbers: ReadonlySet<SqlTypeName> = new Set<SqlTypeName>([
  "TINYINT",
  "SMALLINT",
  "INTEGER",
  "BIGINT",
  "UTINYINT",
  "USMALLINT",
  "UINTEGER",
  "UBIGINT",
  "REAL",
  "DOUBLE",
  "DECIMAL",
]);
const times: ReadonlySet<SqlTypeName> = new Set<SqlTypeName>(["DATE", "TIME", "TIMESTAMP", "TIMESTAMP_TZ"]);

const microsPerDay = 86_400_000_000n;

/** How far behind its columns' greatest values a table's rows may be. @throws ProgramError */
export async function compileLateness(statement: CreateTable, declared: Declared): Promise<readonly ColumnLateness[]> {
  const found: ColumnLateness[] = [];
  for (const [i, column] of statement.columns.entries()) {
    const { lateness } = column;
    if (lateness === undefined) continue;
    const { type } = column.type;
    if (!numbers.has(type) && !times.has(type))
      throw compileError(
        `LATENESS needs a column of numbers, DATE, TIME or TIMESTAMP: '${column.name.name}' is ${formatType(column.type)}`,
        lateness,
      );
    found.push({ column: i, distance: String(await (numbers.has(type) ? numericDistance : timeDistance)(column, lateness, declared)) });
  }
  return found;
}

/** Microseconds; days for a DATE: one that is a part of a day behind is not behind by a day. */
async function timeDistance(column: ColumnDeclaration, lateness: SqlFragment, declared: Declared): Promise<bigint> {
  const name = column.name.name;
  const { value } = await evaluateConstant(declared, lateness, { before: "(", after: ")", column: name, word: "LATENESS" });
  if (!(value instanceof DuckDBIntervalValue))
    throw compileError(
      value === null
        ? `LATENESS of column '${name}' is NULL`
        : `LATENESS of column '${name}', a ${formatType(column.type)}, must be an interval such as INTERVAL '1' HOUR`,
      lateness,
    );
  if (value.months !== 0)
    throw compileError(`LATENESS of column '${name}': months and years have no fixed length: give days, hours or less`, lateness);
  const micros = BigInt(value.days) * microsPerDay + value.micros;
  if (micros < 0n) throw negative(name, lateness);
  return column.type.type === "DATE" ? micros / microsPerDay : micros;
}

/** In the column's own type. */
async function numericDistance(column: ColumnDeclaration, lateness: SqlFragment, declared: Declared): Promise<bigint | number> {
  const name = column.name.name;
  const evaluate = (before: string, after: string) =>
    evaluateConstant(declared, lateness, { before, after, column: name, word: "LATENESS" });
  const given = await evaluate("(", ")");
  if (given.value === null) throw compileError(`LATENESS of column '${name}' is NULL`, lateness);
  const type = fromDuckDBType(given.type);
  if (given.type.typeId !== DuckDBTypeId.HUGEINT && (type === undefined || !numbers.has(type.type)))
    throw compileError(`LATENESS of column '${name}', a ${formatType(column.type)}, must be a number`, lateness);
  const target = duckdbTypeSql(column.type);
  const { value: fits } = await evaluate(`(SELECT TRY_CAST(v AS ${target}) = v FROM (SELECT (`, ") AS v))");
  if (fits !== true) throw compileError(`LATENESS of column '${name}' does not fit in ${formatType(column.type)}`, lateness);
  const distance = fromDuckDBValue((await evaluate("CAST((", `) AS ${target})`)).value, column.type) as bigint | number;
  if (distance < 0) throw negative(name, lateness);
  if (typeof distance === "number" && !Number.isFinite(distance))
    throw compileError(`LATENESS of column '${name}' must be finite`, lateness);
  return distance;
}

const negative = (name: string, lateness: SqlFragment) => compileError(`LATENESS of column '${name}' is negative`, lateness);
