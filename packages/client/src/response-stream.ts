import { openBody, type BodyReader } from "./body-reader.ts";
import type { Deadline } from "./deadline.ts";
import { ClientError } from "./errors.ts";
import { createLineSplitter } from "./lines.ts";

/** A reply that keeps coming. Leaving a `for await` over it closes it; so do `close()` and the signal of the call. */
export interface ResponseStream<Item> extends AsyncIterable<Item> {
  readonly headers: Headers;
  /** Ends the stream and its connection. A loop over it ends as if the server had closed it. */
  readonly close: () => void;
  [Symbol.asyncIterator](): AsyncGenerator<Item, void, undefined>;
}

interface StreamOptions<Item> {
  /** What the stream is, for error messages. */
  readonly what: string;
  /** Item of a line; undefined: nothing to give for it. */
  readonly parse: (line: string) => Item | undefined;
  /** Longest silence before the stream counts as lost. */
  readonly idleTimeoutMs?: number | undefined;
}

/** Reads a body line by line. Nothing is read ahead of the loop over it but one piece of the body. */
export function streamLines<Item>(
  response: Response,
  deadline: Deadline,
  { what, parse, idleTimeoutMs }: StreamOptions<Item>,
): ResponseStream<Item> {
  const body = openBody(response, deadline.signal);
  let closed = false;
  let taken = false;
  const close = () => {
    if (closed) return;
    closed = true;
    deadline.abort(new ClientError("aborted", `${what} was closed.`));
    deadline.release();
    body.cancel();
  };
  async function* iterate(): AsyncGenerator<Item, void, undefined> {
    if (taken) throw new ClientError("invalid_argument", `${what} can be read only once.`);
    taken = true;
    const splitter = createLineSplitter();
    try {
      for (;;) {
        const piece = await readPiece(body, deadline, what, idleTimeoutMs);
        const lines = piece ? splitter.push(piece) : [splitter.end() ?? ""];
        for (const line of lines) {
          const item = line === "" ? undefined : parse(line);
          if (item !== undefined) yield item;
        }
        if (!piece) return;
      }
    } catch (error) {
      if (!closed) throw streamError(what, deadline, error);
    } finally {
      close();
    }
  }
  return { headers: response.headers, close, [Symbol.asyncIterator]: iterate };
}

async function readPiece(body: BodyReader, deadline: Deadline, what: string, idleTimeoutMs: number | undefined) {
  if (idleTimeoutMs === undefined) return await body.read();
  const timer = setTimeout(() => deadline.abort(new ClientError("timeout", `${what} was silent for ${idleTimeoutMs} ms.`)), idleTimeoutMs);
  try {
    return await body.read();
  } finally {
    clearTimeout(timer);
  }
}

function streamError(what: string, { signal }: Deadline, error: unknown): unknown {
  if (signal.aborted) return signal.reason;
  if (error instanceof ClientError) return error;
  return new ClientError("connection", `${what} was cut before its end.`, { cause: error });
}
