import type { ChangeBatch, Delta, Field, Program, Row } from "./types.ts";

/** Where a running engine keeps its relations. */
export type StorageLocation = { readonly kind: "memory" } | { readonly kind: "directory"; readonly path: string };

export interface EngineOptions {
  readonly program: Program;
  /** A directory that holds a store of an earlier run is continued: see `Engine.restored`. */
  readonly storage: StorageLocation;
  /**
   * What the caller wants back with a restored store, as text: asked for at each commit, between two steps, and written in the
   * same transaction as the relations. Commits happen on `commit` and before a snapshot or query that needs them. It has to tell of
   * the last step whose result the caller has: it is asked right away when no step runs, else in the turn of the event loop after
   * the step's promise has resolved, or in the call of the next `step`.
   */
  readonly commitData?: () => string;
  /** "recompute": every view by DuckDB in each step, slow and always right: what is compared with. Default "auto". */
  readonly maintenance?: "auto" | "recompute";
  /** Upper bound for what operators and keyed tables hold in memory, in MiB. Beyond it a step fails with `state_limit`. */
  readonly stateLimitMb?: number;
  /** Upper bound for DuckDB's memory, in MiB. Default: a quarter of the machine's. */
  readonly memoryLimitMb?: number;
  readonly threads?: number;
}

export interface StepInput {
  /** Canonical table name → its batches in order of arrival. */
  readonly changes: ReadonlyMap<string, readonly ChangeBatch[]>;
  /** Relations (views or tables, canonical) whose delta the caller wants back. */
  readonly watch: ReadonlySet<string>;
  /** What NOW() is in this step, in microseconds since 1970-01-01T00:00:00Z; it never goes back. Undefined: as in the step before. */
  readonly now?: bigint;
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

/** What `createEngine` found in the directory and continues from. */
export interface Restored {
  /** The last step whose effects the store holds; the next step is the one after it. */
  readonly step: number;
  /** What `commitData` gave with that step. */
  readonly data: string;
  /**
   * Relations that the program declares differently than the store had them, or anew. A changed table is empty; a changed view is
   * computed from the stored tables, and the next step's delta for it is its whole content.
   */
  readonly changed: ProgramChange;
}

/** Canonical names. A view counts as changed when anything that it reads did. */
export interface ProgramChange {
  readonly tables: RelationChange;
  readonly views: RelationChange;
}
export interface RelationChange {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly modified: readonly string[];
}

export interface Commit {
  /** The last step that is on disk. */
  readonly step: number;
}

/** How one view is kept. */
export type Maintenance =
  | {
      readonly mode: "incremental";
      /** Columns that follow a watermark: rows behind it never change again. Absent when there are none. */
      readonly bounds?: readonly string[];
      /** The one of them that emit_final names. */
      readonly emitFinal?: string;
    }
  /** Computed anew by DuckDB in each step in which something below it changed. */
  | { readonly mode: "recompute"; readonly reason: string };

/** The program as a graph of operators, for people. */
export interface Dataflow {
  /** In order of declaration. */
  readonly views: ReadonlyMap<string, Maintenance>;
  /** Inputs stand before what reads them. */
  readonly nodes: readonly {
    readonly id: number;
    readonly label: string;
    readonly detail: string;
    readonly inputs: readonly number[];
    /** The table or view whose content the node gives, if it is one. */
    readonly relation: string | undefined;
  }[];
}

/**
 * A running program. Steps are sequential: the caller awaits each `step`. `snapshot` and `query` may be called between
 * or during steps; they see the state at the last completed step.
 */
export interface Engine {
  readonly program: Program;
  readonly dataflow: Dataflow;
  /** Undefined when the store was empty or in memory. */
  readonly restored: Restored | undefined;
  /** @throws EngineError `runtime` | `state_limit`: the pipeline cannot go on. `storage`: nothing of the step happened. */
  step(input: StepInput): Promise<StepResult>;
  /** Changed records that no commit has written yet. */
  readonly pendingRecords: number;
  /**
   * Writes all steps done so far in one transaction; later steps may run meanwhile. Calls during a commit share the next one.
   * In memory it makes them visible to queries. @throws EngineError `storage`
   */
  commit(): Promise<Commit>;
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
