/**
 * SQL programs as maintained views: compile a program, feed changes in steps, read deltas, snapshots and ad-hoc queries.
 * Knows nothing of HTTP or connectors and has no clock of its own.
 */
export type * from "./types.ts";
export { ChangeOp } from "./types.ts";
export type * from "./engine.ts";
export { EngineError, type EngineErrorCode } from "./errors.ts";
export { compileProgram } from "./program/compile.ts";
export { createSourceText, type SourceText } from "./program/source-text.ts";
export { usesClock } from "./runtime/clock.ts";
export { createEngine } from "./runtime/create-engine.ts";
export { describeProgram } from "./runtime/describe-program.ts";
export { inspectStore, type StoreInspection } from "./store/inspect-store.ts";
export { duckdbType, duckdbTypeSql, formatType, fromDuckDBType } from "./duckdb/column-type.ts";
export { createChunkReader, fromDuckDBValue, type ChunkReader } from "./duckdb/from-duckdb-value.ts";
export { toDuckDBValue } from "./duckdb/to-duckdb-value.ts";
export { quoteIdentifier, quoteLiteral } from "./duckdb/quote.ts";
