import { duckdbTypeSql, formatType } from "../duckdb/column-type.ts";
import type { ColumnType, Field, Table } from "../types.ts";
import type { Declared } from "./declared.ts";
import type { NamedToken } from "./cursor.ts";
import { evaluateConstant } from "./evaluate-constant.ts";
import { metadataDefault } from "./metadata-default.ts";
import { compileError } from "./source-text.ts";
import type { ColumnDeclaration, CreateTable, ForeignKey } from "./statements.ts";

/** Checks a table's columns and keys. @throws ProgramError */
export function compileTable(statement: CreateTable, declared: Declared): Table {
  if (statement.columns.length === 0) throw compileError("A table needs at least one column", statement.name.token);
  checkColumnNames(statement.columns.map((column) => column.name));
  const primaryKey = primaryKeyOf(statement);
  checkForeignKeys(statement, declared);
  const isTrue = (name: string): boolean => statement.properties[name]?.value.toLowerCase() === "true";
  return {
    kind: "table",
    name: statement.name.name,
    caseSensitive: statement.name.caseSensitive,
    fields: statement.columns.map((column) => fieldOf(column, primaryKey)),
    materialized: primaryKey !== undefined || isTrue("materialized"),
    properties: statement.properties,
    position: declared.source.position(statement.name.token.start, statement.name.token.end),
    primaryKey,
    appendOnly: isTrue("append_only"),
  };
}

/** Column names must differ in more than case, and leave DuckDB's row number reachable. */
export function checkColumnNames(names: readonly NamedToken[]): void {
  const seen = new Map<string, string>();
  for (const { name, token } of names) {
    const lower = name.toLowerCase();
    const other = seen.get(lower);
    if (other === name) throw compileError(`Column '${name}' is declared twice`, token);
    if (other !== undefined) throw compileError(`Columns '${other}' and '${name}' differ only in case, which is not supported`, token);
    if (lower === "rowid") throw compileError("A column cannot be called 'rowid': choose another name", token);
    seen.set(lower, name);
  }
}

function fieldOf(column: ColumnDeclaration, primaryKey: readonly string[] | undefined): Field {
  const { name, caseSensitive } = column.name;
  const nullable = column.type.nullable && primaryKey?.includes(name) !== true;
  const metadata = column.default === undefined ? undefined : metadataDefault(column.default, column.type);
  return {
    name,
    caseSensitive,
    columnType: { ...column.type, nullable },
    ...(column.default === undefined ? {} : { default: column.default.sql }),
    ...(metadata === undefined ? {} : { metadata }),
    ...(column.lateness === undefined ? {} : { lateness: column.lateness.sql }),
    unused: false,
  };
}

function primaryKeyOf(statement: CreateTable): readonly string[] | undefined {
  const inline = statement.columns.filter((column) => column.primaryKey);
  const names = statement.primaryKey ?? inline.map((column) => column.name);
  const first = names[0];
  if (first === undefined) return undefined;
  if (inline.length > 0 && (statement.primaryKey !== undefined || inline.length > 1))
    throw compileError("PRIMARY KEY is declared twice: for several columns write PRIMARY KEY (a, b)", inline.at(-1)!.name.token);
  const seen = new Set<string>();
  for (const { name, token } of names) {
    const column = statement.columns.find((other) => other.name.name === name);
    if (column === undefined) throw compileError(`PRIMARY KEY names an unknown column '${name}'`, token);
    if (seen.has(name)) throw compileError(`PRIMARY KEY names column '${name}' twice`, token);
    if (!keyable(column.type)) throw compileError(`A column of type ${formatType(column.type)} cannot be in a PRIMARY KEY`, token);
    seen.add(name);
  }
  return names.map((column) => column.name);
}

const keyable = (type: ColumnType): boolean =>
  !["ARRAY", "MAP", "STRUCT", "VARIANT"].includes(type.type) && !type.type.startsWith("INTERVAL_");

function checkForeignKeys(statement: CreateTable, declared: Declared): void {
  for (const key of statement.foreignKeys) checkForeignKey(key, statement, declared);
}

function checkForeignKey(key: ForeignKey, statement: CreateTable, declared: Declared): void {
  const own = new Set(statement.columns.map((column) => column.name.name));
  for (const { name, token } of key.columns) if (!own.has(name)) throw compileError(`FOREIGN KEY names an unknown column '${name}'`, token);
  const { name, token } = key.table;
  if (declared.broken.has(name.toLowerCase())) return;
  const itself = name === statement.name.name;
  const target = declared.relations.get(name.toLowerCase());
  if (!itself && (target === undefined || target.kind !== "table"))
    throw compileError(`FOREIGN KEY refers to a table '${name}' that is not declared before`, token);
  const columns = itself ? own : new Set(target!.fields.map((field) => field.name));
  for (const reference of key.references)
    if (!columns.has(reference.name))
      throw compileError(`FOREIGN KEY refers to a column '${reference.name}' that '${name}' does not have`, reference.token);
  if (key.columns.length !== key.references.length) throw compileError("FOREIGN KEY and the columns it refers to differ in number", token);
}

/** A DEFAULT must be a repeatable expression without columns that can be cast to the column's type. @throws ProgramError */
export async function checkDefaults(statement: CreateTable, declared: Declared): Promise<void> {
  for (const column of statement.columns) {
    const expression = column.default;
    if (expression === undefined) continue;
    if (metadataDefault(expression, column.type) !== undefined) continue;
    const { value } = await evaluateConstant(declared, expression, {
      before: "CAST((",
      after: `) AS ${duckdbTypeSql(column.type)})`,
      column: column.name.name,
      word: "DEFAULT",
    });
    const nullable = column.type.nullable && statement.primaryKey?.some(({ name }) => name === column.name.name) !== true;
    if (value === null && !nullable)
      throw compileError(`DEFAULT of column '${column.name.name}' is NULL, but the column is NOT NULL: leave it out`, expression);
  }
}
