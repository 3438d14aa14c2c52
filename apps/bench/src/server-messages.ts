/** What a runner asks of the process that holds the server it measures. */
export type ServerRequest = { readonly type: "usage" } | { readonly type: "stop" };

/** What it answers. */
export type ServerNews = ServerListening | ServerUsage;

/** What the runner has to know to put load on it. */
export interface ServerListening {
  readonly type: "listening";
  readonly port: number;
  readonly authorization: string | null;
  /** From the start of a compiled program to a running pipeline. */
  readonly startMs: number;
}

/** Processor time so far, in milliseconds: the server's own, and that of the processes below it (0 where the system does not tell). */
export interface ServerUsage {
  readonly type: "usage";
  readonly server: number;
  readonly pipeline: number;
  /** Steps that the pipeline has done, and the milliseconds that went into them. */
  readonly steps: number;
  readonly stepMs: number;
}
