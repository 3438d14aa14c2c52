/**
 * SQL programs as maintained views: compile a program, feed changes in steps, read deltas, snapshots and ad-hoc queries.
 * Knows nothing of HTTP or connectors and has no clock of its own.
 */
export type * from "./types.ts";
export { ChangeOp } from "./types.ts";
export type * from "./engine.ts";
export { EngineError, type EngineErrorCode } from "./errors.ts";
