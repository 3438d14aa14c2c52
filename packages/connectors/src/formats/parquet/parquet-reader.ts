import { DuckDBInstance, type DuckDBConnection, type DuckDBDataChunk } from "@duckdb/node-api";
import { quoteLiteral, type ChangeBatch, type Value } from "@headgate/engine";
import type { ParseError, TableSchema } from "@headgate/connector-kit";
import type { ColumnDefaults } from "../records/column-defaults.ts";
import { recordError } from "../records/record-error.ts";
import { planColumns, type ColumnSource, type FileColumn } from "./column-plan.ts";
import { UnreadableFile } from "./unreadable-file.ts";

export interface ParquetBatch {
  readonly batch: ChangeBatch;
  readonly errors: readonly ParseError[];
  /** Share of the file's rows that have been read, 0 to 1. */
  readonly done: number;
}

/**
 * Reads a Parquet file with DuckDB, one batch of rows at a time. Rows that do not fit the table become errors.
 *
 * @throws UnreadableFile when it is not Parquet, or lacks a required column
 */
export async function* readParquetFile(path: string, schema: TableSchema, defaults: ColumnDefaults): AsyncGenerator<ParquetBatch> {
  const instance = await DuckDBInstance.create(":memory:", { threads: "2" });
  try {
    const connection = await instance.connect();
    try {
      await connection.run("SET TimeZone = 'UTC'");
      yield* readRows(connection, path, schema, defaults);
    } finally {
      connection.closeSync();
    }
  } finally {
    instance.closeSync();
  }
}

async function* readRows(
  connection: DuckDBConnection,
  path: string,
  schema: TableSchema,
  defaults: ColumnDefaults,
): AsyncGenerator<ParquetBatch> {
  const { columns, rowCount } = await unreadableIfItFails(() => describeFile(connection, path));
  const { sources, missing } = planColumns(schema, columns, defaults);
  if (missing[0] !== undefined) {
    const names = missing.map((name) => `"${name}"`).join(", ");
    throw new UnreadableFile(`it has no column for ${names}, which must not be NULL`, missing[0]);
  }
  const result = await unreadableIfItFails(() => connection.stream(selectStatement(sources, path)));
  const readChunk = createChunkReader(schema, sources);
  const fetchChunk = (): Promise<DuckDBDataChunk | null> => unreadableIfItFails(() => result.fetchChunk());
  let rowsBefore = 0;
  let next = fetchChunk();
  try {
    for (let chunk = await next; chunk !== null && chunk.rowCount > 0; chunk = await next) {
      const { batch, errors } = readChunk(chunk, rowsBefore);
      rowsBefore += chunk.rowCount;
      // Only now: the chunk's memory is DuckDB's until it is converted. The rows are consumed while the next chunk is decoded.
      next = fetchChunk();
      next.catch(() => undefined);
      yield { batch, errors, done: rowsBefore / rowCount };
    }
    // DuckDB's bindings end a stream that fails like one that is done.
    if (rowsBefore !== rowCount) {
      throw new UnreadableFile(`it is damaged after row ${String(rowsBefore)} of ${String(rowCount)}; the rows before it were kept`);
    }
  } finally {
    // The connection must not be closed under a fetch that runs.
    await next.catch(() => undefined);
  }
}

async function describeFile(
  connection: DuckDBConnection,
  path: string,
): Promise<{ readonly columns: readonly FileColumn[]; readonly rowCount: number }> {
  const source = `read_parquet(${quoteLiteral(path)})`;
  const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${source}`);
  const columns = described.getRows().map((row) => ({ name: String(row[0]), type: String(row[1]) }));
  const counted = await connection.runAndReadAll(`SELECT num_rows FROM parquet_file_metadata(${quoteLiteral(path)})`);
  return { columns, rowCount: Number(counted.getRows()[0]?.[0] ?? 0) };
}

/** Selects the table's columns; with checks, also which column of a row does not fit, and its text. */
function selectStatement(sources: readonly ColumnSource[], path: string): string {
  const selected = sources.flatMap((source) => (source.kind === "column" ? [source.expression] : []));
  const misfits = sources.flatMap((source, index) =>
    source.kind === "column" && source.misfit !== undefined ? [{ index, when: source.misfit, shown: source.shown }] : [],
  );
  if (misfits.length > 0) {
    selected.push(`CASE ${misfits.map(({ when, index }) => `WHEN ${when} THEN ${index}`).join(" ")} END`);
    selected.push(`CASE ${misfits.map(({ when, shown }) => `WHEN ${when} THEN ${shown}`).join(" ")} END`);
  }
  if (selected.length === 0) selected.push("1");
  return `SELECT ${selected.join(", ")} FROM read_parquet(${quoteLiteral(path)})`;
}

type ChunkReader = (chunk: DuckDBDataChunk, rowsBefore: number) => { readonly batch: ChangeBatch; readonly errors: readonly ParseError[] };

function createChunkReader(schema: TableSchema, sources: readonly ColumnSource[]): ChunkReader {
  const template = sources.map((source) => (source.kind === "constant" ? source.value : null));
  const selected = sources.flatMap((source, index) => (source.kind === "column" ? [{ index, convert: source.convert }] : []));
  const checked = sources.some((source) => source.kind === "column" && source.misfit !== undefined);

  return (chunk, rowsBefore) => {
    const count = chunk.rowCount;
    const rows: Value[][] = new Array<Value[]>(count);
    for (let at = 0; at < count; at++) rows[at] = template.slice();
    const bad = new Map<number, ParseError>();
    const fail = (at: number, index: number, message: string, text?: string): void => {
      if (bad.has(at)) return;
      const name = schema.fields[index]?.name ?? "";
      const description = `failed to read a Parquet row: column "${name}": ${message}`;
      bad.set(at, recordError({ description, eventNumber: rowsBefore + at + 1, field: name, text }));
    };
    if (checked) reportMisfits(chunk, selected.length, schema, fail);
    selected.forEach(({ index, convert }, position) => {
      const vector = chunk.getColumnVector(position);
      const { nullable } = schema.fields[index]?.columnType ?? { nullable: true };
      for (let at = 0; at < count; at++) {
        const value = vector.getItem(at);
        if (value !== null) (rows[at] as Value[])[index] = convert(value);
        else if (!nullable) fail(at, index, "NULL in a NOT NULL column");
      }
    });
    const good = bad.size === 0 ? rows : rows.filter((_, at) => !bad.has(at));
    return { batch: { rows: good, ops: undefined }, errors: [...bad.values()] };
  };
}

function reportMisfits(
  chunk: DuckDBDataChunk,
  position: number,
  schema: TableSchema,
  fail: (at: number, index: number, message: string, text?: string) => void,
): void {
  const which = chunk.getColumnVector(position);
  const shown = chunk.getColumnVector(position + 1);
  for (let at = 0; at < chunk.rowCount; at++) {
    const index = which.getItem(at);
    if (typeof index !== "number") continue;
    const text = String(shown.getItem(at));
    const { type } = schema.fields[index]?.columnType ?? { type: "" };
    fail(at, index, `expected a value of type ${type}, found ${JSON.stringify(text.slice(0, 80))}`, text);
  }
}

async function unreadableIfItFails<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw new UnreadableFile(error instanceof Error ? error.message : String(error));
  }
}
