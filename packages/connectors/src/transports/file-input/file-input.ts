import { constants, type Stats } from "node:fs";
import { open, stat, type FileHandle } from "node:fs/promises";
import {
  abortable,
  boolean,
  ConnectorError,
  integer,
  object,
  optional,
  parseConfig,
  systemClock,
  text,
  withDefault,
  type Checked,
  type Clock,
  type InputChunk,
  type InputTransport,
  type InputTransportDefinition,
} from "@headgate/connector-kit";
import { explainSystemError } from "../system-error.ts";
import { FileHead, headBytes } from "./file-head.ts";
import { FileWatch } from "./file-watch.ts";

const defaultBufferBytes = 128 * 1024;
/** One read never hands on more than this, whatever buffer the configuration asks for. */
const maxChunkBytes = 1024 * 1024;

const check = object({
  path: text(),
  buffer_size_bytes: optional(integer({ min: 1 })),
  follow: withDefault(boolean, false),
});
type FileInputConfig = Checked<typeof check>;

/** What the outside gives a file input; tests give their own. */
export interface FileInputPorts {
  readonly clock: Clock;
  /** How often a followed file is looked at when the system does not tell of changes. */
  readonly pollMs: number;
}

/** How much of a file was handed on, and a digest of how it begins, by which it is known again. */
type FilePosition = {
  readonly offset: number;
  readonly head: string;
};

/** Makes the `file_input` definition: reads a file from its start; with `follow`, waits for more at its end. */
export function createFileInput(ports: FileInputPorts = { clock: systemClock, pollMs: 250 }): InputTransportDefinition<FileInputConfig> {
  return {
    name: "file_input",
    format: "required",
    parseConfig: (config) => parseConfig("file_input", check, config),
    create: (config, { resumeAt }) => new FileInput(config, ports, resumeAt as FilePosition | undefined),
  };
}

/** Relative paths are relative to the working directory of the process. Only regular files can be read. */
class FileInput implements InputTransport {
  readonly #path: string;
  readonly #follow: boolean;
  readonly #chunkBytes: number;
  readonly #watch: FileWatch;
  #handle: FileHandle | undefined;
  /** Everything before it has been handed on. */
  #position = 0;
  /** The next thing to hand on is an end of message, so that the parser does not join what it holds to another file's start. */
  #mustFlush = false;
  readonly #resumeAt: FilePosition | undefined;
  #head = new FileHead();

  constructor(config: FileInputConfig, ports: FileInputPorts, resumeAt: FilePosition | undefined) {
    this.#resumeAt = resumeAt;
    this.#path = config.path;
    this.#follow = config.follow;
    this.#chunkBytes = Math.min(config.buffer_size_bytes ?? defaultBufferBytes, maxChunkBytes);
    this.#watch = new FileWatch(config.path, ports);
  }

  async open(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const handle = await this.#openFile();
    this.#handle = handle;
    if (this.#resumeAt !== undefined) await this.#resume(handle, this.#resumeAt);
    if (this.#follow) this.#watch.start();
  }

  async read(signal: AbortSignal): Promise<InputChunk | undefined> {
    for (;;) {
      signal.throwIfAborted();
      if (this.#mustFlush) {
        this.#mustFlush = false;
        return { kind: "message", bytes: new Uint8Array(0) };
      }
      const handle = this.#opened();
      const bytes = await this.#readAt(handle, signal);
      if (bytes !== undefined) {
        // The position moves only with bytes that are handed on: an aborted read is simply read again.
        this.#head.add(bytes, this.#position);
        this.#position += bytes.byteLength;
        return { kind: "bytes", bytes };
      }
      if (!this.#follow) return undefined;
      const seen = this.#watch.version;
      if (await this.#replaced(handle, signal)) continue;
      const { size } = await abortable(handle.stat(), signal);
      if (size < this.#position) this.#restart(size);
      if (size === this.#position) await this.#watch.changed(seen, signal);
    }
  }

  /** The file's bytes before the place are never read again, so the file must still begin as it did. */
  position(held: number): FilePosition | undefined {
    const offset = this.#position - held;
    return offset < 0 || this.#mustFlush ? undefined : { offset, head: this.#head.digest(offset) };
  }

  async close(): Promise<void> {
    this.#watch.stop();
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close().catch(() => undefined);
  }

  /** Goes on behind what an earlier run has taken. @throws ConnectorError `invalid_config` when this is not that file any more */
  async #resume(handle: FileHandle, { head, offset }: FilePosition): Promise<void> {
    const advice = "Restore the file, or clear the pipeline's storage to read it from its start";
    const { size } = await handle.stat();
    if (size < offset) {
      const text = `has ${size} bytes, but ${offset} bytes of it were read before the restart. ${advice}`;
      throw new ConnectorError("invalid_config", `file_input: "${this.#path}" ${text}.`, { tag: "file_truncated" });
    }
    const start = Buffer.alloc(Math.min(offset, headBytes));
    await handle.read(start, 0, start.length, 0);
    this.#head.add(start, 0);
    if (this.#head.digest(offset) !== head) {
      const text = `is another file than the one that was read before the restart: it begins differently. ${advice}`;
      throw new ConnectorError("invalid_config", `file_input: "${this.#path}" ${text}.`, { tag: "file_replaced" });
    }
    this.#position = offset;
  }

  async #readAt(handle: FileHandle, signal: AbortSignal): Promise<Uint8Array | undefined> {
    const buffer = Buffer.allocUnsafeSlow(this.#chunkBytes);
    try {
      const { bytesRead } = await abortable(handle.read(buffer, 0, buffer.byteLength, this.#position), signal);
      return bytesRead === 0 ? undefined : buffer.subarray(0, bytesRead);
    } catch (error) {
      signal.throwIfAborted();
      throw this.#failure("retryable", "cannot be read", error);
    }
  }

  /** Rotation: another file stands at the path, and this one is read to its end. The new one is read from its start. */
  async #replaced(handle: FileHandle, signal: AbortSignal): Promise<boolean> {
    const [ours, current] = await abortable(Promise.all([handle.stat(), stat(this.#path).catch(() => undefined)]), signal);
    if (current === undefined || sameFile(ours, current) || ours.size > this.#position) return false;
    const next = await this.#openFile();
    this.#handle = next;
    this.#position = 0;
    this.#head = new FileHead();
    this.#mustFlush = true;
    this.#watch.restart();
    await handle.close().catch(() => undefined);
    return true;
  }

  /** Truncation is reported, since rows may be missing, and then the file is read again from its start. */
  #restart(size: number): never {
    const before = this.#position;
    this.#position = 0;
    this.#head = new FileHead();
    this.#mustFlush = true;
    const message = `file_input: "${this.#path}" shrank from ${before} to ${size} bytes; it is read again from its start.`;
    throw new ConnectorError("retryable", message, { tag: "file_truncated" });
  }

  async #openFile(): Promise<FileHandle> {
    try {
      // Looked at before it is opened: opening a FIFO would wait for a writer.
      const found = await stat(this.#path);
      if (!found.isFile()) throw this.#refusal(found);
      return await open(this.#path, constants.O_RDONLY);
    } catch (error) {
      if (error instanceof ConnectorError) throw error;
      // A followed file that was there before may come back; at the start a missing file is a mistake.
      throw this.#failure(this.#handle === undefined ? "fatal" : "retryable", "cannot be opened", error);
    }
  }

  #refusal(found: Stats): ConnectorError {
    const kind = found.isDirectory() ? "a directory" : "not a regular file";
    return new ConnectorError("invalid_config", `file_input: "${this.#path}" is ${kind}; "path" must name a regular file.`);
  }

  #failure(code: "fatal" | "retryable", what: string, cause: unknown): ConnectorError {
    const message = `file_input: "${this.#path}" ${what}: ${explainSystemError(cause)}.`;
    return new ConnectorError(code, message, { cause, tag: "file_read" });
  }

  #opened(): FileHandle {
    if (this.#handle === undefined) throw new ConnectorError("fatal", `file_input: "${this.#path}" is not open.`);
    return this.#handle;
  }
}

const sameFile = (a: Stats, b: Stats): boolean => a.ino === b.ino && a.dev === b.dev;

/**
 * Reads a file: `{"path", "buffer_size_bytes"?, "follow"?}`. After a restart it goes on behind what was read, also in the middle of a line that
 * is still being written; a file that is shorter then, or begins differently, is refused.
 */
export const fileInput: InputTransportDefinition<FileInputConfig> = createFileInput();
