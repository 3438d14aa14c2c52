import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import {
  duckdbType,
  duckdbTypeSql,
  fromDuckDBValue,
  quoteIdentifier,
  toDuckDBValue,
  type Field,
  type Program,
  type Row,
} from "@headgate/engine";

/** What came too late is told in a view that no query gives: whoever compares fills it. */
const errorView = "error_view";

/** A plain DuckDB with the tables of a program and its views as DuckDB's own, for comparing with. */
export interface PlainDuckDB {
  /** Makes a table hold exactly these rows. */
  fill(table: string, rows: readonly Row[]): Promise<void>;
  /** What a table or view holds. @throws Error when its query fails on the data */
  read(relation: string): Promise<Row[]>;
  run(sql: string): Promise<void>;
  close(): void;
}

export async function openPlainDuckDB(program: Program): Promise<PlainDuckDB> {
  const instance = await DuckDBInstance.create(":memory:", { threads: "1", autoinstall_known_extensions: "false" });
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  // Pushed below ORDER BY … LIMIT, a join's filter changes which rows these keep: a fault of DuckDB 1.5.5.
  await connection.run("SET disabled_optimizers = 'join_filter_pushdown'");
  const fields = new Map<string, readonly Field[]>();
  for (const { name, fields: declared } of program.tables) {
    const columns = declared.map((field) => `${quoteIdentifier(field.name)} ${duckdbTypeSql(field.columnType)}`);
    await connection.run(`CREATE TABLE ${quoteIdentifier(name)} (${columns.join(", ")})`);
    fields.set(name, declared);
  }
  for (const view of program.views) {
    fields.set(view.name, view.fields);
    if (view.name === errorView) {
      await connection.run(`CREATE TABLE ${quoteIdentifier(errorView)} AS ${view.query}`);
      continue;
    }
    const names = view.fields.map((_, i) => `c${i}`).join(", ");
    const casts = view.fields.map((field, i) => `CAST(c${i} AS ${duckdbTypeSql(field.columnType)}) AS ${quoteIdentifier(field.name)}`);
    await connection.run(`CREATE VIEW ${quoteIdentifier(view.name)} AS SELECT ${casts.join(", ")} FROM (${view.query}\n) AS q(${names})`);
  }
  return {
    fill: (table, rows) => fill(connection, table, fields.get(table)!, rows),
    read: (relation) => read(connection, relation, fields.get(relation)!),
    run: async (sql) => void (await connection.run(sql)),
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

async function fill(connection: DuckDBConnection, table: string, fields: readonly Field[], rows: readonly Row[]): Promise<void> {
  await connection.run(`DELETE FROM ${quoteIdentifier(table)}`);
  const appender = await connection.createAppender(table);
  const types = fields.map((field) => duckdbType(field.columnType));
  for (const row of rows) {
    for (const [i, field] of fields.entries()) {
      const value = toDuckDBValue(row[i], field.columnType);
      if (value === null) appender.appendNull();
      else appender.appendValue(value, types[i]!);
    }
    appender.endRow();
  }
  appender.closeSync();
}

async function read(connection: DuckDBConnection, relation: string, fields: readonly Field[]): Promise<Row[]> {
  const reader = await connection.runAndReadAll(`SELECT * FROM ${quoteIdentifier(relation)}`);
  return reader.getRows().map((row) => row.map((value, i) => fromDuckDBValue(value, fields[i]!.columnType)));
}
