import { copyFile, rename, rm } from "node:fs/promises";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { duckdbTypeSql, fromDuckDBType } from "../duckdb/column-type.ts";
import { createChunkReader } from "../duckdb/from-duckdb-value.ts";
import { stepTable } from "../duckdb/open-database.ts";
import { quoteIdentifier, quoteLiteral } from "../duckdb/quote.ts";
import type { AdHocRequest, QueryRows, ResultColumn } from "../engine.ts";
import { EngineError } from "../errors.ts";
import { duckdbMessage } from "../query/duckdb-error.ts";
import { inspectQuery } from "../query/inspect-query.ts";
import { parseSelect, QueryError } from "../query/parse-select.ts";
import type { Program, Row, Table, Value } from "../types.ts";
import { parseAdHoc, type AdHocStatement } from "./parse-ad-hoc.ts";
import type { Reader, Readers } from "./readers.ts";
import { streamRows } from "./snapshot.ts";

type Insert = Extract<AdHocStatement, { kind: "insert" }>;

/** Runs one request on one snapshot: rows of its last statement, and the rows that its INSERTs would add. */
export async function runAdHoc(readers: Readers, program: Program, text: string, signal: AbortSignal | undefined): Promise<AdHocRequest> {
  const statements = parseAdHoc(text);
  const { reader, release } = await openReader(readers, signal);
  const finish = async (): Promise<void> => {
    release();
    await reader.close();
  };
  try {
    const inserts: { table: string; batch: { rows: Row[]; ops: undefined } }[] = [];
    let count = 0;
    for (const [i, statement] of statements.entries()) {
      if (statement.kind === "select") {
        if (i < statements.length - 1) throw adHocError("Only the last statement of a request may return rows");
        const result = await startSelect(reader, program, statement.sql, finish);
        return { result, inserts };
      }
      const rows = await insertRows(reader, program, statement);
      inserts.push({ table: rows.table, batch: { rows: rows.rows, ops: undefined } });
      count = rows.rows.length;
    }
    await finish();
    return { result: inserts.length === 0 ? undefined : countResult(count), inserts };
  } catch (error) {
    await finish();
    throw toAdHocError(error, signal);
  }
}

async function openReader(readers: Readers, signal: AbortSignal | undefined): Promise<{ reader: Reader; release: () => void }> {
  const reader = await readers.open();
  const interrupt = (): void => reader.interrupt();
  const release = (): void => signal?.removeEventListener("abort", interrupt);
  signal?.addEventListener("abort", interrupt, { once: true });
  try {
    if (signal?.aborted === true) throw cancelled();
    // Fixes what the request sees, before anything of it runs.
    await reader.run((connection) => connection.runAndReadAll(`SELECT step FROM ${stepTable}`));
    return { reader, release };
  } catch (error) {
    release();
    await reader.close();
    throw toAdHocError(error, signal);
  }
}

/** Checks a query's scope and gives it the result types of the program's dialect. @throws EngineError */
async function bindSelect(reader: Reader, program: Program, sql: string): Promise<{ sql: string; columns: ResultColumn[] }> {
  await checkScope(reader, program, sql);
  const prepared = await reader.run((connection) => connection.prepare(sql));
  const columns: ResultColumn[] = [];
  for (let i = 0; i < prepared.columnCount; i++) {
    const columnType = fromDuckDBType(prepared.columnType(i));
    const name = prepared.columnName(i);
    if (columnType === undefined)
      throw adHocError(`Column '${name}' has the type ${String(prepared.columnType(i))}, which cannot be sent: cast it`);
    columns.push({ name, caseSensitive: name !== name.toLowerCase(), columnType, unused: false });
  }
  prepared.destroySync();
  const casts = columns.map(({ columnType }, i) => `CAST(q.c${i} AS ${duckdbTypeSql(columnType)}) AS c${i}`);
  const names = columns.map((_, i) => `c${i}`).join(", ");
  return { sql: `SELECT ${casts.join(", ")} FROM (${sql}\n) AS q(${names})`, columns };
}

async function checkScope(reader: Reader, program: Program, sql: string): Promise<void> {
  const tree = await reader.run((connection) => parseSelect(connection, sql));
  const { relations, problems } = inspectQuery(tree, { volatile: true });
  if (problems[0] !== undefined) throw adHocError(problems[0].message);
  const visible = [...program.tables.filter((table) => table.internal !== true), ...program.views];
  const known = new Map(visible.map((relation) => [relation.name.toLowerCase(), relation]));
  for (const name of relations.keys()) {
    const relation = known.get(name);
    if (relation === undefined) throw adHocError(`No table or view '${name}' in this program`);
    if (relation.materialized) continue;
    const how =
      relation.kind === "view"
        ? `declare it as CREATE MATERIALIZED VIEW ${relation.name}`
        : "declare the table WITH ('materialized' = 'true')";
    throw adHocError(`'${relation.name}' cannot be queried because it is not materialized: ${how}`);
  }
}

async function startSelect(reader: Reader, program: Program, sql: string, finish: () => Promise<void>): Promise<QueryRows> {
  const bound = await bindSelect(reader, program, sql);
  const result = await reader.run((connection) => connection.stream(bound.sql));
  const read = createChunkReader(bound.columns.map((column) => column.columnType));
  async function* rows(): AsyncGenerator<readonly Row[], void, undefined> {
    try {
      yield* streamRows(reader, bound.sql, read, result);
    } catch (error) {
      throw toAdHocError(error, undefined);
    } finally {
      await finish();
    }
  }
  return { columns: bound.columns, rows };
}

async function insertRows(reader: Reader, program: Program, insert: Insert): Promise<{ table: string; rows: Row[] }> {
  const table = program.tables.find(({ name, internal }) => internal !== true && name.toLowerCase() === insert.table.toLowerCase());
  if (table === undefined) throw adHocError(`No table '${insert.table}' in this program to insert into`);
  const targets = targetColumns(table, insert.columns);
  const { sql } = await bindSelect(reader, program, insert.query);
  const width = await reader.run(async (connection) => (await connection.prepare(insert.query)).columnCount);
  if (width !== targets.length)
    throw adHocError(`INSERT INTO ${table.name} expects ${targets.length} values but the query has ${width} columns`);
  const picks = table.fields.map((field, i) => {
    const source = targets.indexOf(i);
    // An INSERT comes from no connector, so there is no metadata.
    const constant = field.metadata === undefined ? field.default : undefined;
    const expression = source >= 0 ? `c${source}` : constant === undefined ? "NULL" : `(${constant}\n)`;
    return `CAST(${expression} AS ${duckdbTypeSql(field.columnType)}) AS ${quoteIdentifier(field.name)}`;
  });
  const result = await reader.run((connection) => connection.run(`SELECT ${picks.join(", ")} FROM (${sql})`));
  const read = createChunkReader(table.fields.map((field) => field.columnType));
  const rows: Row[] = [];
  for (const chunk of await result.fetchAllChunks()) rows.push(...read(chunk));
  checkNotNull(table, rows);
  return { table: table.name, rows };
}

/** For each value of the INSERT, the table's column it goes to. */
function targetColumns(table: Table, names: readonly string[] | undefined): number[] {
  if (names === undefined) return table.fields.map((_, i) => i);
  const seen = new Set<number>();
  return names.map((name) => {
    const index = table.fields.findIndex((field) => field.name.toLowerCase() === name.toLowerCase());
    if (index < 0) throw adHocError(`Table '${table.name}' has no column '${name}'`);
    if (seen.has(index)) throw adHocError(`Column '${name}' is named twice`);
    seen.add(index);
    return index;
  });
}

function checkNotNull(table: Table, rows: readonly Row[]): void {
  for (const [i, field] of table.fields.entries())
    if (!field.columnType.nullable && rows.some((row) => row[i] === null))
      throw adHocError(`NULL in column '${field.name}' of table '${table.name}', which is NOT NULL`);
}

function countResult(count: number): QueryRows {
  const columnType = { type: "BIGINT", nullable: false } as const;
  async function* rows(): AsyncGenerator<readonly Row[], void, undefined> {
    const row: Value[] = [BigInt(count)];
    yield [row];
  }
  return { columns: [{ name: "count", caseSensitive: false, columnType, unused: false }], rows };
}

/** Writes a request's rows to a Parquet file through the export folder, the only one DuckDB may write to. */
export async function writeParquet(
  readers: Readers,
  program: Program,
  text: string,
  path: string,
  exportFolder: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const statements = parseAdHoc(text);
  const [statement] = statements;
  if (statement === undefined || statements.length > 1 || statement.kind !== "select")
    throw adHocError("A Parquet result needs exactly one SELECT");
  const { reader, release } = await openReader(readers, signal);
  const file = join(exportFolder, `${randomUUID()}.parquet`);
  try {
    const { sql, columns } = await bindSelect(reader, program, statement.sql);
    const names = columns.map((column, i) => `c${i} AS ${quoteIdentifier(column.name)}`).join(", ");
    await reader.run((connection) => connection.run(`COPY (SELECT ${names} FROM (${sql})) TO ${quoteLiteral(file)} (FORMAT parquet)`));
    await rename(file, path).catch(async () => {
      await copyFile(file, path);
    });
  } catch (error) {
    throw toAdHocError(error, signal);
  } finally {
    release();
    await reader.close();
    await rm(file, { force: true });
  }
}

const adHocError = (message: string, cause?: unknown): EngineError => new EngineError("ad_hoc_query", message, { cause });
const cancelled = (): EngineError => adHocError("The query was cancelled");

function toAdHocError(error: unknown, signal: AbortSignal | undefined): unknown {
  if (error instanceof EngineError) return error;
  if (signal?.aborted === true || /INTERRUPT/.test(String(error))) return cancelled();
  if (error instanceof QueryError) return adHocError(error.message, error);
  return adHocError(duckdbMessage(error), error);
}
