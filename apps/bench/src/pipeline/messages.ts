/** What the runner asks of the process that holds the server. */
export type ServerRequest = { readonly type: "usage" } | { readonly type: "stop" };

/** What it answers. */
export type ServerNews =
  | { readonly type: "listening"; readonly port: number; readonly startMs: number }
  /** Processor time so far, in milliseconds: the server's own, and that of each process below it. */
  | { readonly type: "usage"; readonly server: number; readonly pipeline: number };
