import { createHash, type Hash } from "node:crypto";
import { ConnectorError } from "@headgate/connector-kit";
import { explainSystemError, systemCode } from "../system-error.ts";
import { contentRange, differences, versionOf, type ContentVersion } from "./content-version.ts";

export interface DownloadPorts {
  readonly fetch: typeof globalThis.fetch;
}

/** How much of the content was taken, and which content it was. */
export type DownloadPosition = {
  readonly offset: number;
  readonly encoded: boolean;
  readonly tag?: string;
  readonly length?: number;
  readonly modified?: string;
};

function fromPosition({ encoded, length, modified, tag }: DownloadPosition): ContentVersion {
  const strongTag = tag === undefined || tag.startsWith("W/") ? undefined : tag;
  return { length, tag, strongTag, modified, validator: strongTag ?? modified, encoded };
}

interface Connection {
  readonly reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly controller: AbortController;
  /** What is left of a piece whose beginning was skipped. */
  rest: Uint8Array | undefined;
}

/** Answers that may pass, when the same URL worked before. */
const passing = new Set([408, 425, 429, 500, 502, 503, 504]);

/**
 * The content behind one URL, read in order, over as many connections as it takes. A new connection goes on behind the
 * bytes that were taken, and only if the content is still the same.
 */
export class Download {
  readonly #fetch: typeof globalThis.fetch;
  readonly #url: URL;
  readonly #authorization: string | undefined;
  #connection: Connection | undefined;
  #connecting: AbortController | undefined;
  #version: ContentVersion | undefined;
  /** Bytes handed on and taken. */
  #position = 0;
  /** Of the bytes taken: proves a skipped beginning to be the same where the server names no version. */
  #hash: Hash | undefined;

  constructor(url: string, ports: DownloadPorts, resumeAt?: DownloadPosition) {
    this.#fetch = ports.fetch;
    this.#url = new URL(url);
    const { username, password } = this.#url;
    // fetch refuses URLs with credentials; they travel in the header, and never into a message.
    const credentials = `${percentDecoded(username)}:${percentDecoded(password)}`;
    this.#authorization = credentials === ":" ? undefined : `Basic ${Buffer.from(credentials).toString("base64")}`;
    this.#url.username = "";
    this.#url.password = "";
    if (resumeAt === undefined) return;
    this.#position = resumeAt.offset;
    this.#version = fromPosition(resumeAt);
  }

  /** Behind all that was taken but the last `held` bytes; undefined when the server told nothing by which the content can be known again. */
  position(held: number): DownloadPosition | undefined {
    const offset = this.#position - held;
    const version = this.#version;
    if (offset <= 0 || version === undefined) return { offset: 0, encoded: false };
    if (version.tag === undefined && version.length === undefined && version.modified === undefined) return undefined;
    const { encoded, length, modified, tag } = version;
    return {
      offset,
      encoded,
      ...(tag === undefined ? {} : { tag }),
      ...(length === undefined ? {} : { length }),
      ...(modified === undefined ? {} : { modified }),
    };
  }

  /** The bytes behind those taken, or undefined at the end. Called again without {@link taken}, it may give them again. */
  async next(): Promise<Uint8Array | undefined> {
    const connection = this.#connection ?? (await this.#connect());
    if (connection === undefined) return undefined;
    const { rest } = connection;
    if (rest !== undefined) {
      connection.rest = undefined;
      return rest;
    }
    const piece = await this.#readPiece(connection);
    if (piece !== undefined) return piece;
    // A dropped connection ends its body too, and that is not the end of the content.
    if (connection.controller.signal.aborted) throw this.#failed("retryable", "was let go while it was being read");
    this.#connection = undefined;
    const length = this.#version?.length;
    if (length !== undefined && length !== this.#position) {
      throw this.#failed("retryable", `ended after ${this.#position} of ${length} bytes`);
    }
    return undefined;
  }

  /** Bytes of the last piece are handed on: a later connection starts behind them. */
  taken(bytes: Uint8Array): void {
    this.#position += bytes.byteLength;
    this.#hash?.update(bytes);
  }

  /** Drops the connection; the next call makes another. Never throws. */
  async disconnect(): Promise<void> {
    this.#connecting?.abort();
    const connection = this.#connection;
    this.#connection = undefined;
    connection?.controller.abort();
    await connection?.reader.cancel().catch(() => undefined);
  }

  async #connect(): Promise<Connection | undefined> {
    const controller = new AbortController();
    this.#connecting = controller;
    const { response, ranged } = await this.#request(controller.signal);
    try {
      if (response.status === 416 && this.#version?.length === this.#position) {
        controller.abort();
        return undefined;
      }
      this.#checkStatus(response, ranged);
      const skip = this.#checkVersion(response);
      if (response.body === null) return undefined;
      const connection: Connection = { reader: response.body.getReader(), controller, rest: undefined };
      if (skip > 0) await this.#skip(connection, skip);
      this.#connection = controller.signal.aborted ? undefined : connection;
      return connection;
    } catch (error) {
      controller.abort();
      throw error;
    }
  }

  async #request(signal: AbortSignal): Promise<{ readonly response: Response; readonly ranged: boolean }> {
    // Positions count bytes of the content itself, so it must not come compressed.
    const headers: Record<string, string> = { accept: "*/*", "accept-encoding": "identity" };
    if (this.#authorization !== undefined) headers.authorization = this.#authorization;
    const validator = this.#version?.validator;
    const ranged = this.#position > 0 && validator !== undefined && this.#version?.encoded === false;
    if (ranged) {
      headers.range = `bytes=${this.#position}-`;
      headers["if-range"] = validator;
    }
    try {
      return { response: await this.#fetch(this.#url, { headers, signal }), ranged };
    } catch (error) {
      throw this.#broken(error);
    }
  }

  #checkStatus(response: Response, ranged: boolean): void {
    if (response.status === 206 && ranged) return;
    if (response.ok && response.status !== 206) return;
    const code = this.#version !== undefined && passing.has(response.status) ? "retryable" : "fatal";
    throw this.#failed(code, `was answered with ${response.status} ${response.statusText}`.trimEnd());
  }

  /** How many bytes of the answer were taken already. @throws ConnectorError `fatal` when the content is not the same any more */
  #checkVersion(response: Response): number {
    const now = versionOf(response);
    const before = this.#version;
    if (before === undefined || this.#position === 0) {
      this.#version = now;
      this.#hash = now.strongTag === undefined ? createHash("sha256") : undefined;
      return 0;
    }
    const changes = differences(before, now);
    if (changes !== undefined) throw this.#changed(changes);
    if (response.status !== 206) return this.#position;
    const start = contentRange(response)?.start;
    if (start !== this.#position) throw this.#failed("fatal", `was asked for bytes from ${this.#position} but gave them from ${start}`);
    return 0;
  }

  async #skip(connection: Connection, bytes: number): Promise<void> {
    const proof = this.#hash === undefined ? undefined : createHash("sha256");
    let left = bytes;
    while (left > 0) {
      const piece = await this.#readPiece(connection);
      if (piece === undefined) throw this.#changed(`it ends after ${bytes - left} bytes`);
      const skipped = piece.subarray(0, Math.min(left, piece.byteLength));
      proof?.update(skipped);
      left -= skipped.byteLength;
      if (skipped.byteLength < piece.byteLength) connection.rest = piece.subarray(skipped.byteLength);
    }
    if (proof !== undefined && this.#hash?.copy().digest("hex") !== proof.digest("hex")) {
      throw this.#changed("the part that was read already is different");
    }
  }

  async #readPiece(connection: Connection): Promise<Uint8Array | undefined> {
    try {
      for (;;) {
        const { done, value } = await connection.reader.read();
        if (done) return undefined;
        if (value.byteLength > 0) return value;
      }
    } catch (error) {
      if (this.#connection === connection) this.#connection = undefined;
      throw this.#broken(error);
    }
  }

  #changed(how: string): ConnectorError {
    const advice = "What was read of it before stays; clear the pipeline's storage and start it again to read it anew";
    return this.#failed("fatal", `changed while it was being read: ${how}. ${advice}`);
  }

  #broken(cause: unknown): ConnectorError {
    const inner = typeof cause === "object" && cause !== null && "cause" in cause ? (cause.cause ?? cause) : cause;
    if ((inner as { readonly message?: unknown } | null | undefined)?.message === "bad port") {
      return this.#failed(
        "fatal",
        `cannot be read: fetch never connects to port ${this.#url.port}, which belongs to another protocol`,
        cause,
      );
    }
    const why = connectionErrors[systemCode(inner) ?? ""] ?? explainSystemError(inner);
    return this.#failed("retryable", `could not be read: ${why}`, cause);
  }

  #failed(code: "retryable" | "fatal", what: string, cause?: unknown): ConnectorError {
    // Invariant 7: a query can hold a signature, so messages name the place without it.
    return new ConnectorError(code, `url_input: ${this.#url.origin}${this.#url.pathname} ${what}.`, { cause, tag: "url_read" });
  }
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A lone "%" is itself.
    return text;
  }
}

const connectionErrors: Readonly<Record<string, string>> = {
  ECONNREFUSED: "the connection was refused (ECONNREFUSED)",
  ECONNRESET: "the connection was reset (ECONNRESET)",
  ENOTFOUND: "the host name is not known (ENOTFOUND)",
  EAI_AGAIN: "the host name could not be looked up (EAI_AGAIN)",
  ETIMEDOUT: "the connection timed out (ETIMEDOUT)",
  UND_ERR_CONNECT_TIMEOUT: "the connection timed out",
  UND_ERR_HEADERS_TIMEOUT: "the server gave no answer in time",
  UND_ERR_BODY_TIMEOUT: "the server stopped sending",
  UND_ERR_SOCKET: "the connection was closed in the middle of the content",
};
