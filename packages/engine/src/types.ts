/**
 * Column types, values and rows: the vocabulary shared by the engine, connectors and the pipeline.
 *
 * A `Value` has one canonical JavaScript form per SQL type, so that equality is by value and nothing is rounded:
 *
 * | SQL type | JavaScript form |
 * |---|---|
 * | BOOLEAN | boolean |
 * | TINYINT SMALLINT INTEGER UTINYINT USMALLINT UINTEGER | number |
 * | BIGINT UBIGINT | bigint |
 * | REAL DOUBLE | number (REAL already rounded to 32 bits) |
 * | DECIMAL(p,s) | bigint, unscaled: 1.50 in DECIMAL(5,2) is 150n |
 * | CHAR VARCHAR UUID | string (UUID lower case, hyphenated) |
 * | BINARY VARBINARY | Uint8Array |
 * | DATE | number, days since 1970-01-01 |
 * | TIME | bigint, microseconds since midnight |
 * | TIMESTAMP TIMESTAMP_TZ | bigint, microseconds since 1970-01-01T00:00:00Z |
 * | INTERVAL_* | Interval |
 * | ARRAY | array of component values |
 * | STRUCT | array of field values, in declared order |
 * | MAP | array of [key, value] pairs |
 * | VARIANT | string: JSON text |
 */
export type SqlTypeName =
  | "BOOLEAN"
  | "TINYINT"
  | "SMALLINT"
  | "INTEGER"
  | "BIGINT"
  | "UTINYINT"
  | "USMALLINT"
  | "UINTEGER"
  | "UBIGINT"
  | "REAL"
  | "DOUBLE"
  | "DECIMAL"
  | "CHAR"
  | "VARCHAR"
  | "BINARY"
  | "VARBINARY"
  | "TIME"
  | "DATE"
  | "TIMESTAMP"
  | "TIMESTAMP_TZ"
  | "INTERVAL_DAY"
  | "INTERVAL_DAY_HOUR"
  | "INTERVAL_DAY_MINUTE"
  | "INTERVAL_DAY_SECOND"
  | "INTERVAL_HOUR"
  | "INTERVAL_HOUR_MINUTE"
  | "INTERVAL_HOUR_SECOND"
  | "INTERVAL_MINUTE"
  | "INTERVAL_MINUTE_SECOND"
  | "INTERVAL_MONTH"
  | "INTERVAL_SECOND"
  | "INTERVAL_YEAR"
  | "INTERVAL_YEAR_MONTH"
  | "ARRAY"
  | "STRUCT"
  | "MAP"
  | "NULL"
  | "UUID"
  | "VARIANT";

export interface ColumnType {
  readonly type: SqlTypeName;
  readonly nullable: boolean;
  /** DECIMAL: digits in all. CHAR, VARCHAR, BINARY, VARBINARY: length, -1 when unlimited. TIME, TIMESTAMP: fractional digits. */
  readonly precision?: number;
  /** DECIMAL: digits after the point. */
  readonly scale?: number;
  /** ARRAY: element type. */
  readonly component?: ColumnType;
  /** STRUCT: fields in order. */
  readonly fields?: readonly Field[];
  /** MAP: key and value types. */
  readonly key?: ColumnType;
  readonly value?: ColumnType;
}

/** A name in canonical form: lower case unless it was quoted in the program. */
export interface SqlIdentifier {
  readonly name: string;
  /** True when it was written in double quotes. */
  readonly caseSensitive: boolean;
}

export interface Field extends SqlIdentifier {
  readonly columnType: ColumnType;
  /** The DEFAULT expression as written, if any. */
  readonly default?: string;
  /** The keys of CONNECTOR_METADATA() that the DEFAULT reads: it is for who parses a record to look the value up. */
  readonly metadata?: readonly string[];
  readonly lateness?: string;
  /** True when no view reads the column. */
  readonly unused: boolean;
}

export interface Interval {
  readonly months: number;
  readonly days: number;
  readonly micros: bigint;
}

export type Value = null | boolean | number | bigint | string | Uint8Array | Interval | readonly Value[];
/** Values in the order of the relation's fields. */
export type Row = readonly Value[];
/** `weight` copies of `row` added (positive) or removed (negative); never 0. */
export type DeltaEntry = readonly [row: Row, weight: number];
export type Delta = readonly DeltaEntry[];

/** What a change does to a table. */
export const ChangeOp = { insert: 0, delete: 1, update: 2 } as const;

/**
 * Changes to one table in order of arrival, as parallel arrays.
 *
 * - insert: `rows[i]` is a whole row. With a primary key it replaces the row of equal key.
 * - delete: a whole row, or, with a primary key, at least its key columns (the others may be undefined).
 * - update (primary key only): the key columns and the columns to change; undefined leaves a column as it is.
 */
export interface ChangeBatch {
  readonly rows: readonly (readonly (Value | undefined)[])[];
  /** One `ChangeOp` per row; undefined means all inserts. */
  readonly ops: Uint8Array | undefined;
}

export interface SourcePosition {
  /** 1-based, inclusive. */
  readonly startLine: number;
  readonly startColumn: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export interface Property {
  readonly value: string;
  readonly keyPosition: SourcePosition;
  readonly valuePosition: SourcePosition;
}

export interface Relation extends SqlIdentifier {
  readonly fields: readonly Field[];
  /** Kept for snapshots and ad-hoc queries: MATERIALIZED views, tables with 'materialized' = 'true' or a primary key. */
  readonly materialized: boolean;
  readonly properties: Readonly<Record<string, Property>>;
  /** Where the relation's name stands in the program. */
  readonly position: SourcePosition;
}

/** How far behind the greatest value of a column a row may be. */
export interface ColumnLateness {
  /** Position of the column. */
  readonly column: number;
  /** In the unit of the column's values (microseconds, days, an unscaled DECIMAL), as text that keeps all digits. */
  readonly distance: string;
}

export interface Table extends Relation {
  readonly kind: "table";
  /** Canonical column names, or undefined when the table is a multiset. */
  readonly primaryKey: readonly string[] | undefined;
  readonly appendOnly: boolean;
  /** Columns with LATENESS, in order; absent when there are none. */
  readonly lateness?: readonly ColumnLateness[];
  /** The engine's own, such as the clock behind NOW(): not to be shown, fed or queried. */
  readonly internal?: true;
}

export interface View extends Relation {
  readonly kind: "view";
  /** LOCAL views are not outputs. */
  readonly local: boolean;
  /** The SELECT in DuckDB's words: as written, but for TUMBLE and HOP. */
  readonly query: string;
  /** Position of the column that emit_final names: the view has only rows that are behind its watermark, which never change again. */
  readonly emitFinal?: number;
}

export interface Index extends SqlIdentifier {
  /** Canonical name of the view (or table) it is on. */
  readonly relation: string;
  readonly columns: readonly string[];
}

/** A program that DuckDB has bound: every name resolved, every column typed. Views stand after what they read. */
export interface Program {
  readonly tables: readonly Table[];
  readonly views: readonly View[];
  readonly indexes: readonly Index[];
}

export interface CompilerMessage {
  readonly warning: boolean;
  /** Short class of the mistake, for example "Error parsing SQL" or "Compilation error". */
  readonly errorType: string;
  readonly message: string;
  readonly position: SourcePosition;
  /** The offending lines with a marker below them. */
  readonly snippet: string | undefined;
}

export type CompileResult =
  | { readonly ok: true; readonly program: Program; readonly warnings: readonly CompilerMessage[] }
  | { readonly ok: false; readonly messages: readonly CompilerMessage[] };
