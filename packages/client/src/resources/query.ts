import type { QueryOf } from "../contract-types.ts";
import type { CallOptions } from "../deadline.ts";
import { parseJsonLine } from "../json-line.ts";
import { streamLines, type ResponseStream } from "../response-stream.ts";
import type { Transport } from "../transport.ts";

export interface QueryOptions extends CallOptions {
  /** Integers beyond 2^53 as bigints. */
  readonly bigints?: boolean | undefined;
}

/** Ad-hoc SQL over the materialized tables and views of a deployed pipeline. */
export interface Queries {
  /** Rows as they arrive. `Row` is taken on trust. */
  readonly query: <Row = Record<string, unknown>>(pipeline: string, sql: string, options?: QueryOptions) => Promise<ResponseStream<Row>>;
  /** The result as a table drawn in text, or as its hash. */
  readonly queryText: (pipeline: string, sql: string, options?: CallOptions & { readonly format?: "text" | "hash" }) => Promise<string>;
}

// A query that writes must not be sent again when its reply is lost.
const repeatable = (sql: string) => (/\binsert\b|\bexecute\b/i.test(sql) ? undefined : ("always" as const));

export function createQueries({ open, text }: Transport): Queries {
  const request = (pipeline: string, sql: string, format: NonNullable<QueryOf<"runQuery">["format"]>) => ({
    path: { pipeline_name: pipeline },
    query: { sql, format },
  });
  return {
    query: async <Row>(pipeline: string, sql: string, { bigints, ...options }: QueryOptions = {}) => {
      const { response, deadline } = await open("runQuery", request(pipeline, sql, "json"), {
        ...options,
        repeatable: repeatable(sql),
      });
      const what = "The result of the query";
      return streamLines(response, deadline, { what, parse: (line) => parseJsonLine(what, line, bigints) as Row });
    },
    queryText: (pipeline, sql, { format = "text", ...options } = {}) =>
      text("runQuery", request(pipeline, sql, format), { ...options, repeatable: repeatable(sql) }),
  };
}
