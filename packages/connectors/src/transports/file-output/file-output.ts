import { randomBytes } from "node:crypto";
import { basename, dirname, join, resolve } from "node:path";
import {
  ConnectorError,
  SinkPositionLost,
  object,
  parseConfig,
  text,
  type Checked,
  type EncodedChunk,
  type OutputContext,
  type OutputTransport,
  type OutputTransportDefinition,
  type SinkReset,
} from "@headgate/connector-kit";
import { explainSystemError, systemCode } from "../system-error.ts";
import { AppendingFile } from "./appending-file.ts";
import { nodeFileSystem, type OutputFile, type OutputFileSystem, type PathKind } from "./file-system.ts";

const check = object({ path: text() });
type FileOutputConfig = Checked<typeof check>;

/** Makes the `file_output` definition on a file system. */
export function createFileOutput(fileSystem: OutputFileSystem = nodeFileSystem): OutputTransportDefinition<FileOutputConfig> {
  return {
    name: "file_output",
    format: "required",
    parseConfig: (config) => parseConfig("file_output", check, config),
    destination: ({ path }) => resolve(path),
    create: (config, context) => new FileOutput(config, context, fileSystem),
  };
}

/** A snapshot on its way: complete in `file`, invisible until it is renamed over the target. */
interface OpenSnapshot {
  readonly path: string;
  readonly file: AppendingFile;
  renamed: boolean;
}

/** Errors at opening that only a change of the configuration (or of the machine) mends. */
const configurationErrors = new Set(["ENOENT", "EACCES", "EPERM", "EISDIR", "ENOTDIR", "EROFS", "ENAMETOOLONG", "ELOOP"]);

/**
 * Writes chunks behind each other into one file. Relative paths are relative to the working directory of the process; a
 * symbolic link is written through. A reset writes the snapshot beside the file and renames it over: a reader sees the old
 * content or the new, never a part.
 */
class FileOutput implements OutputTransport {
  readonly reset: SinkReset = { begin: (signal) => this.#begin(signal), commit: (signal) => this.#commit(signal) };
  readonly #fs: OutputFileSystem;
  readonly #path: string;
  /** The file itself, behind all symbolic links. */
  #target: string;
  /** The file still holds what an earlier run left: a first write that is not a snapshot's replaces it. */
  #inherited: boolean;
  readonly #resumeAt: number | undefined;
  #current: AppendingFile | undefined;
  #snapshot: OpenSnapshot | undefined;

  constructor(config: FileOutputConfig, context: OutputContext, fileSystem: OutputFileSystem) {
    this.#fs = fileSystem;
    this.#path = config.path;
    this.#target = config.path;
    this.#resumeAt = typeof context.resumeAt === "number" ? context.resumeAt : undefined;
    this.#inherited = this.#resumeAt === undefined && (context.keepContent ?? false);
  }

  async open(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    try {
      // Looked at before it is opened: opening a FIFO would wait for a reader.
      this.#refuse(await this.#fs.kind(this.#path));
      const file = await this.#fs.open(this.#path);
      this.#current = new AppendingFile(file);
      this.#target = await this.#fs.resolve(this.#path);
      await this.#removeLeftovers();
      if (this.#resumeAt !== undefined) await this.#resume(file, this.#current, this.#resumeAt);
      else if (!this.#inherited) await this.#current.empty();
    } catch (error) {
      if (error instanceof ConnectorError) throw error;
      const code = configurationErrors.has(systemCode(error) ?? "") ? "invalid_config" : "fatal";
      const message = `file_output: "${this.#path}" cannot be opened for writing: ${explainSystemError(error)}.`;
      throw new ConnectorError(code, message, { cause: error, tag: "file_open" });
    }
  }

  async write(chunk: EncodedChunk, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const file = this.#snapshot?.file ?? this.#opened();
    await this.#attempt("file_write", "cannot be written", signal, async () => {
      if (this.#inherited && this.#snapshot === undefined) {
        await file.empty();
        this.#inherited = false;
      }
      await file.append(chunk.bytes, signal);
    });
  }

  /** How long the file is, without a snapshot on its way. */
  position(): number {
    return this.#inherited ? 0 : (this.#current?.length ?? 0);
  }

  async sync(): Promise<void> {
    await this.#current?.syncAcknowledged();
  }

  async #resume(file: OutputFile, current: AppendingFile, length: number): Promise<void> {
    const size = await file.size();
    if (size < length) {
      await current.close();
      this.#current = undefined;
      const text = `has ${size} bytes, but ${length} bytes were written before the restart`;
      const advice = "Restore the file, or clear the pipeline's storage to begin anew";
      throw new SinkPositionLost(`file_output: "${this.#path}" ${text}. ${advice}.`);
    }
    await current.resumeAt(length);
  }

  async close(): Promise<void> {
    await this.#abandon();
    const current = this.#current;
    this.#current = undefined;
    await current?.close();
  }

  async #begin(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await this.#abandon();
    const path = `${this.#target}${snapshotMark}${randomBytes(6).toString("hex")}`;
    await this.#attempt("file_reset", "cannot be replaced by a snapshot", signal, async () => {
      const file = await this.#fs.createLike(path, this.#target);
      this.#snapshot = { path, file: new AppendingFile(file), renamed: false };
    });
  }

  async #commit(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const snapshot = this.#snapshot;
    if (snapshot === undefined) throw new ConnectorError("fatal", `file_output: no snapshot of "${this.#path}" is open.`);
    await this.#attempt("file_reset", "cannot be replaced by a snapshot", signal, async () => {
      if (!snapshot.renamed) {
        await snapshot.file.sync();
        await this.#fs.rename(snapshot.path, this.#target);
        snapshot.renamed = true;
      }
      // A retry after a failure here must not rename again: the file beside the target is gone.
      await this.#fs.syncDirectory(dirname(this.#target));
    });
    const old = this.#current;
    this.#current = snapshot.file;
    this.#snapshot = undefined;
    this.#inherited = false;
    await old?.close();
  }

  /** Gives up an open snapshot. Never throws: a file that cannot be removed now is removed at the next opening. */
  async #abandon(): Promise<void> {
    const snapshot = this.#snapshot;
    this.#snapshot = undefined;
    if (snapshot === undefined) return;
    if (snapshot.renamed) {
      // It stands in the target's place already; only making that durable had failed.
      await this.#current?.close();
      this.#current = snapshot.file;
      this.#inherited = false;
      return;
    }
    await snapshot.file.close();
    await this.#fs.remove(snapshot.path).catch(() => undefined);
  }

  async #removeLeftovers(): Promise<void> {
    const directory = dirname(this.#target);
    const name = basename(this.#target);
    const ours = (entry: string): boolean => entry.startsWith(name) && leftover.test(entry.slice(name.length));
    // A directory that cannot be listed may still be written to; leftovers then stay.
    const entries = await this.#fs.list(directory).catch(() => []);
    await Promise.all(entries.filter(ours).map((entry) => this.#fs.remove(join(directory, entry)).catch(() => undefined)));
  }

  #refuse(kind: PathKind): void {
    if (kind === "file" || kind === "missing") return;
    const what = kind === "directory" ? "a directory" : "not a regular file";
    throw new ConnectorError(
      "invalid_config",
      `file_output: "${this.#path}" is ${what}; "path" must name a regular file or one to create.`,
    );
  }

  async #attempt(tag: string, what: string, signal: AbortSignal, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (signal.aborted && error === signal.reason) throw error;
      throw new ConnectorError("retryable", `file_output: "${this.#path}" ${what}: ${explainSystemError(error)}.`, { cause: error, tag });
    }
  }

  #opened(): AppendingFile {
    if (this.#current === undefined) throw new ConnectorError("fatal", `file_output: "${this.#path}" is not open.`);
    return this.#current;
  }
}

const snapshotMark = ".headgate-snapshot-";
const leftover = /^\.headgate-snapshot-[0-9a-f]{12}$/;

/**
 * Writes a file: `{"path"}`. Created or emptied when the pipeline starts without storage, or for the first time. With storage a later start
 * cuts off what was written and not acknowledged, and goes on there: each change stands in the file exactly once.
 */
export const fileOutput: OutputTransportDefinition<FileOutputConfig> = createFileOutput();
