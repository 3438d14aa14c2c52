/** Everything that a client can make the server hold or wait for is bounded here. */
export interface Limits {
  readonly maxHeaderBytes: number;
  readonly maxJsonBytes: number;
  readonly maxConnections: number;
  /** From the first byte of a request to the end of its headers. */
  readonly headersTimeoutMs: number;
  /** For a JSON body to arrive. */
  readonly bodyTimeoutMs: number;
  /** Silence on a streamed request body. */
  readonly streamIdleMs: number;
  readonly keepAliveMs: number;
  /** From the start of a shutdown to the end of streams that would still end by themselves. */
  readonly shutdownGraceMs: number;
}

export const defaultLimits: Limits = {
  maxHeaderBytes: 16 * 1024,
  maxJsonBytes: 8 * 1024 * 1024,
  maxConnections: 10_000,
  headersTimeoutMs: 10_000,
  bodyTimeoutMs: 30_000,
  streamIdleMs: 60_000,
  keepAliveMs: 30_000,
  shutdownGraceMs: 10_000,
};
