import { startDeadline, type CallOptions } from "../deadline.ts";
import { bufferBody, canStreamBody, encodeRows, streamBody } from "../ingress-body.ts";
import type { RawBody, Transport } from "../transport.ts";
import type { Connectors } from "./connectors.ts";

export interface IngressOptions extends CallOptions {
  /** How a JSON record says whether it inserts or deletes. */
  readonly updateFormat?: "raw" | "insert_delete" | "weighted" | "debezium" | "snowflake" | "redis" | undefined;
  /** Take the rows in although the pipeline is paused. Without it the call waits until the pipeline resumes. */
  readonly force?: boolean | undefined;
  /** Return only once every output has what follows from the rows. */
  readonly wait?: boolean | undefined;
  /** Further fields of the format's configuration, as published. */
  readonly query?: Readonly<Record<string, string | number | boolean>> | undefined;
}
export interface RowsOptions extends IngressOptions {
  /** `json` (default): a row is an object or an array. `csv`: a row is an array of the table's columns in order. */
  readonly format?: "json" | "csv" | undefined;
  /** JSON only: send one array rather than a row a line. */
  readonly array?: boolean | undefined;
}
export interface RawOptions extends IngressOptions {
  readonly format: "json" | "csv" | "raw" | "avro" | "parquet";
  readonly array?: boolean | undefined;
}

/** What was sent, by the token under which its progress can be asked for. */
export interface Ingested {
  readonly token: string;
}

export interface Ingress {
  /**
   * Sends rows into a table as they come from the iterable. JSON rows are plain objects (`updateFormat: "raw"`) unless said
   * otherwise. Never repeated by itself: a lost reply leaves open whether the rows arrived.
   */
  readonly ingress: (
    pipeline: string,
    table: string,
    rows: Iterable<unknown> | AsyncIterable<unknown>,
    options?: RowsOptions,
  ) => Promise<Ingested>;
  /** Sends a body that is already in its format. */
  readonly ingressRaw: (pipeline: string, table: string, body: RawBody, options: RawOptions) => Promise<Ingested>;
}

/** The server may hold a request for as long as the pipeline is paused, and a source may flow for hours. */
const noDeadlineMs = Infinity;

export function createIngress({ call, baseUrl }: Transport, connectors: Connectors): Ingress {
  const send = async (pipeline: string, table: string, body: RawBody, options: RawOptions, contentType: string) => {
    const { format, updateFormat, array, force, wait, query, signal, timeoutMs = noDeadlineMs } = options;
    const deadline = startDeadline(`The ingress to ${table}`, { signal, timeoutMs });
    try {
      const reply = await call(
        "ingestRecords",
        {
          path: { pipeline_name: pipeline, table_name: table },
          query: { ...query, format, force: force ?? false, ...(updateFormat && { update_format: updateFormat }), ...(array && { array }) },
        },
        { signal: deadline.signal, timeoutMs: noDeadlineMs, streamed: { body, contentType } },
      );
      if (wait) {
        await connectors.waitForToken(pipeline, reply.token, { signal: deadline.signal, timeoutMs: deadline.remainingMs() });
      }
      return { token: reply.token };
    } catch (error) {
      throw deadline.signal.aborted ? deadline.signal.reason : error;
    } finally {
      deadline.release();
    }
  };
  return {
    ingress: async (pipeline, table, rows, { format = "json", array = false, ...options } = {}) => {
      let failure: { readonly error: unknown } | undefined;
      async function* watched() {
        try {
          yield* encodeRows(rows, { format, array });
        } catch (error) {
          failure = { error };
          throw error;
        }
      }
      try {
        const body = canStreamBody(baseUrl) ? streamBody(watched()) : await bufferBody(watched());
        const json = format === "json";
        return await send(
          pipeline,
          table,
          body,
          { ...(json && { updateFormat: "raw" }), ...options, format, ...(json && { array }) },
          json ? "application/json" : "text/csv",
        );
      } catch (error) {
        // What the caller's own iterable threw goes back to the caller as it was.
        throw failure === undefined ? error : failure.error;
      }
    },
    ingressRaw: (pipeline, table, body, options) =>
      send(pipeline, table, body, options, options.format === "json" ? "application/json" : "application/octet-stream"),
  };
}
