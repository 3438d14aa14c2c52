import type { ChangeBatch, Delta, Field, Program, Row } from "./types.ts";

/** Where a running engine keeps its relations. */
export type StorageLocation = { readonly kind: "memory" } | { readonly kind: "directory"; readonly path: string };

export interface EngineOptions {
  readonly program: Program;
  readonly storage: StorageLocation;
  /** Upper bound for DuckDB's memory, in MiB. Default: a quarter of the machine's. */
  readonly memoryLimitMb?: number;
  readonly threads?: number;
}

export interface StepInput {
  /** Canonical table name → its batches in order of arrival. */
  readonly changes: ReadonlyMap<string, readonly ChangeBatch[]>;
  /** Relations (views or tables, canonical) whose delta the caller wants back. */
  readonly watch: ReadonlySet<string>;
}

export interface StepResult {
  /** 1 for the first step. */
  readonly step: number;
  /** A consolidated delta for each watched relation that changed: every row once, no weight 0. */
  readonly deltas: ReadonlyMap<string, Delta>;
}

/** One relation as it was at a step boundary. Later steps do not change what it yields. */
export interface Snapshot {
  /** The last step that the snapshot includes; deltas of later steps follow it without gap or overlap. */
  readonly step: number;
  /** Rows in all, duplicates counted. */
  readonly records: number;
  /** Rows in bounded chunks (a row that is there twice comes twice). May be iterated once. */
  chunks(): AsyncIterable<readonly Row[]>;
  /** Releases what the snapshot holds; safe to call twice, and needed when it is not read to its end. */
  close(): Promise<void>;
}

export interface ResultColumn extends Field {}

export interface QueryRows {
  readonly columns: readonly ResultColumn[];
  /** Bounded chunks; closing the iterator frees the query. */
  rows(): AsyncIterable<readonly Row[]>;
}

/**
 * One ad-hoc request, bound against the program: at most one result set, and rows to insert for each INSERT in it.
 * The caller feeds the inserts to the step loop like any other input.
 */
export interface AdHocRequest {
  /** Rows of the request's last statement when it returns rows; a one-row `count` result when the last is an INSERT. */
  readonly result: QueryRows | undefined;
  readonly inserts: readonly { readonly table: string; readonly batch: ChangeBatch }[];
}

/**
 * A running program. Steps are sequential: the caller awaits each `step`. `snapshot` and `query` may be called between
 * or during steps; they see the state at the last completed step.
 */
export interface Engine {
  readonly program: Program;
  step(input: StepInput): Promise<StepResult>;
  /** @throws EngineError `unknown_relation` | `not_materialized` */
  snapshot(relation: string): Promise<Snapshot>;
  /** SELECT over materialised relations, and INSERT. @throws EngineError `ad_hoc_query` with DuckDB's words. */
  query(sql: string, options?: { readonly signal?: AbortSignal }): Promise<AdHocRequest>;
  /** Writes the request's result as one Parquet file at `path`. Same scope and errors as `query`. */
  queryToParquet(sql: string, path: string, options?: { readonly signal?: AbortSignal }): Promise<void>;
  /** Bytes on disk (0 in memory mode). */
  storageBytes(): Promise<number>;
  close(): Promise<void>;
}
