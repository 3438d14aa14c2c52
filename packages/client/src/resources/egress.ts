import type { Chunk } from "../contract-types.ts";
import type { CallOptions } from "../deadline.ts";
import { parseJsonLine } from "../json-line.ts";
import { streamLines, type ResponseStream } from "../response-stream.ts";
import type { Transport } from "../transport.ts";

export interface EgressOptions extends CallOptions {
  /** Default: `json`. */
  readonly format?: "json" | "csv" | undefined;
  /** Begin with the whole view as it is. The relation must be materialized. */
  readonly sendSnapshot?: boolean | undefined;
  /** Default true: nothing is left out, a slow reader slows the pipeline. False: the server drops what is not read in time. */
  readonly backpressure?: boolean | undefined;
  /** Also give the empty chunks by which the server shows that it is alive. */
  readonly heartbeats?: boolean | undefined;
  /** Integers beyond 2^53 as bigints. */
  readonly bigints?: boolean | undefined;
  /** Longest silence before the stream counts as lost. The server sends something every 3 s. Default: 15 s. */
  readonly idleTimeoutMs?: number | undefined;
}

/** Changes of a table or view, in order. Resolves when the subscription stands: what is sent after that is not missed. */
export type Egress = (pipeline: string, relation: string, options?: EgressOptions) => Promise<ResponseStream<Chunk>>;

export function createEgress({ open }: Transport): Egress {
  return async (pipeline, relation, options = {}) => {
    const { format = "json", sendSnapshot = false, backpressure = true, heartbeats = false, bigints, idleTimeoutMs = 15_000 } = options;
    const { signal, timeoutMs } = options;
    const { response, deadline } = await open(
      "subscribeToChanges",
      {
        path: { pipeline_name: pipeline, table_name: relation },
        query: { format, backpressure, send_snapshot: sendSnapshot, ...(format === "json" && { array: true }) },
      },
      { signal, timeoutMs },
    );
    const what = `The change stream of ${relation}`;
    return streamLines(response, deadline, {
      what,
      idleTimeoutMs,
      parse: (line) => {
        const chunk = parseJsonLine(what, line, bigints) as Chunk;
        const empty = chunk.json_data === undefined && chunk.text_data === undefined;
        return empty && !heartbeats ? undefined : chunk;
      },
    });
  };
}
