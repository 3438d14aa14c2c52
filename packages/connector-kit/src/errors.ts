/**
 * - `invalid_config`: the configuration is wrong; the pipeline must not start.
 * - `retryable`: the outside failed in a way that may pass; the runtime counts it and tries again with back-off.
 * - `fatal`: the connector cannot go on; it stops for good, the pipeline goes on.
 * - `not_supported`: the connector cannot do what was asked of it (for example a reset).
 */
export type ConnectorErrorCode = "invalid_config" | "retryable" | "fatal" | "not_supported";

export class ConnectorError extends Error {
  readonly code: ConnectorErrorCode;
  /** Names the operation that failed; errors are listed and bounded per tag. */
  readonly tag: string | undefined;
  constructor(code: ConnectorErrorCode, message: string, options: { cause?: unknown; tag?: string } = {}) {
    super(message, { cause: options.cause });
    this.name = "ConnectorError";
    this.code = code;
    this.tag = options.tag;
  }
}

/** The sink does not hold any more what an earlier run wrote: only its whole content can mend that. */
export class SinkPositionLost extends ConnectorError {
  constructor(message: string, options: { cause?: unknown } = {}) {
    super("fatal", message, { ...options, tag: "sink_position_lost" });
    this.name = "SinkPositionLost";
  }
}
