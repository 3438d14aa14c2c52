import { ClientError } from "./errors.ts";

/** How rows become bytes. */
export interface RowEncoding {
  readonly format: "json" | "csv";
  /** JSON only: one array instead of a row a line. */
  readonly array: boolean;
}

/** Bytes are handed on in pieces of about this size. */
const pieceLength = 64 * 1024;
/** Rows of a slow source wait no longer than this for others to share a piece with. */
const lingerMs = 10;

type JsonWithRaw = typeof JSON & { readonly rawJSON?: (text: string) => unknown };
const exactBigint = (_key: string, value: unknown): unknown => {
  if (typeof value !== "bigint") return value;
  const { rawJSON } = JSON as JsonWithRaw;
  return rawJSON ? rawJSON(String(value)) : String(value);
};

function jsonRow(row: unknown): string {
  try {
    const text = JSON.stringify(row) as string | undefined;
    if (text !== undefined) return text;
  } catch (error) {
    // Only rows with a bigint pay for a replacer.
    if (error instanceof TypeError && error.message.includes("BigInt")) return JSON.stringify(row, exactBigint);
    throw new ClientError("invalid_argument", "A row cannot be written as JSON.", { cause: error });
  }
  throw new ClientError("invalid_argument", `A row must be an object or an array, not ${typeof row}.`);
}

function csvField(value: unknown): string {
  if (value === null || value === undefined) return "";
  const text = typeof value === "object" ? jsonRow(value) : String(value as string | number | bigint | boolean);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function csvRow(row: unknown): string {
  if (!Array.isArray(row)) {
    throw new ClientError("invalid_argument", "A row of CSV must be an array of its columns, in the table's order.");
  }
  return row.map(csvField).join(",");
}

/** Writes rows as text, one call a row. */
interface RowWriter {
  readonly write: (row: unknown) => string;
  readonly end: string;
}
function rowWriter({ format, array }: RowEncoding): RowWriter {
  if (format === "csv") return { write: (row) => `${csvRow(row)}\n`, end: "" };
  if (!array) return { write: (row) => `${jsonRow(row)}\n`, end: "" };
  let before = "[";
  return {
    write: (row) => {
      const text = before + jsonRow(row);
      before = ",";
      return text;
    },
    get end() {
      return before === "[" ? "[]" : "]";
    },
  };
}

/** The rows as pieces of text. A piece of a slow source is handed on before it is full. */
export async function* encodeRows(
  rows: Iterable<unknown> | AsyncIterable<unknown>,
  encoding: RowEncoding,
): AsyncGenerator<string, void, undefined> {
  const writer = rowWriter(encoding);
  let text = "";
  if (Symbol.iterator in rows) {
    for (const row of rows) {
      text += writer.write(row);
      if (text.length >= pieceLength) {
        yield text;
        text = "";
      }
    }
  } else {
    const source = rows[Symbol.asyncIterator]();
    let ended = false;
    let linger: Linger | undefined;
    try {
      let next = source.next();
      while (!ended) {
        const result = linger === undefined ? await next : await Promise.race([next, linger.over]);
        if (result !== "late" && result.done) ended = true;
        else if (result !== "late") {
          text += writer.write(result.value);
          next = source.next();
          linger ??= startLinger();
        }
        if (text.length >= pieceLength || result === "late") {
          linger?.stop();
          linger = undefined;
          yield text;
          text = "";
        }
      }
    } finally {
      linger?.stop();
      if (!ended) await source.return?.();
    }
  }
  text += writer.end;
  if (text !== "") yield text;
}

interface Linger {
  readonly over: Promise<"late">;
  readonly stop: () => void;
}
function startLinger(): Linger {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const over = new Promise<"late">((resolve) => {
    timer = setTimeout(resolve, lingerMs, "late");
  });
  return { over, stop: () => clearTimeout(timer) };
}

/** A request body that is read as it is sent. An error of the source fails the request. */
export function streamBody(pieces: AsyncGenerator<string, void, undefined>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const { done, value } = await pieces.next();
        if (done) controller.close();
        else controller.enqueue(encoder.encode(value));
      },
      cancel: async () => {
        await pieces.return();
      },
    },
    { highWaterMark: 0 },
  );
}

/** The whole body in memory, where streams cannot be sent. */
export async function bufferBody(pieces: AsyncGenerator<string, void, undefined>): Promise<Blob> {
  const parts: string[] = [];
  for await (const piece of pieces) parts.push(piece);
  return new Blob(parts);
}

/**
 * Whether this runtime sends a request body as a stream. Browsers that do, do so only over HTTP/2, hence not to a plain
 * http address.
 */
export function canStreamBody(baseUrl: string): boolean {
  const inBrowser = typeof document === "object" || typeof (globalThis as { importScripts?: unknown }).importScripts === "function";
  if (inBrowser && !baseUrl.startsWith("https:")) return false;
  let asked = false;
  const init = {
    method: "POST",
    body: new ReadableStream(),
    get duplex() {
      asked = true;
      return "half";
    },
  };
  try {
    return !new Request("http://localhost/", init).headers.has("content-type") && asked;
  } catch {
    return false;
  }
}
