export type EngineErrorCode = "unknown_relation" | "not_materialized" | "ad_hoc_query" | "runtime" | "state_limit" | "storage" | "closed";

/** What the engine throws. `runtime` means a view failed on data (overflow, bad cast…): the pipeline cannot go on. */
export class EngineError extends Error {
  readonly code: EngineErrorCode;
  readonly suggestion: string | undefined;
  constructor(code: EngineErrorCode, message: string, options: { cause?: unknown; suggestion?: string } = {}) {
    super(message, { cause: options.cause });
    this.name = "EngineError";
    this.code = code;
    this.suggestion = options.suggestion;
  }
}
