import { constants } from "node:fs";
import { open, readdir, realpath, rename, stat, unlink, type FileHandle } from "node:fs/promises";
import { systemCode } from "../system-error.ts";

/** An open file, as file_output writes it. */
export interface OutputFile {
  /** Writes at `position` and tells how many bytes were written, which may be fewer than given. */
  write(bytes: Uint8Array, position: number): Promise<number>;
  truncate(length: number): Promise<void>;
  sync(): Promise<void>;
  /** Bytes in the file. */
  size(): Promise<number>;
  close(): Promise<void>;
}

export type PathKind = "missing" | "file" | "directory" | "other";

/** What file_output needs of a file system; tests give one that fails. */
export interface OutputFileSystem {
  kind(path: string): Promise<PathKind>;
  /** Opens for writing and creates what is missing. The content stays as it is. */
  open(path: string): Promise<OutputFile>;
  /** Creates a file that must not exist yet, with the owner and permissions of `like` as far as possible. */
  createLike(path: string, like: string): Promise<OutputFile>;
  /** The path with every symbolic link resolved. */
  resolve(path: string): Promise<string>;
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  list(directory: string): Promise<readonly string[]>;
  syncDirectory(directory: string): Promise<void>;
}

const wrap = (handle: FileHandle): OutputFile => ({
  write: async (bytes, position) => (await handle.write(bytes, 0, bytes.byteLength, position)).bytesWritten,
  truncate: (length) => handle.truncate(length),
  sync: () => handle.sync(),
  size: async () => (await handle.stat()).size,
  close: () => handle.close(),
});

/** The machine's file system. */
export const nodeFileSystem: OutputFileSystem = {
  kind: async (path) => {
    try {
      const found = await stat(path);
      if (found.isFile()) return "file";
      return found.isDirectory() ? "directory" : "other";
    } catch (error) {
      if (systemCode(error) === "ENOENT") return "missing";
      throw error;
    }
  },
  // "a" would ignore positions on Linux, and "r+" does not create.
  open: async (path) => wrap(await open(path, constants.O_WRONLY | constants.O_CREAT)),
  createLike: async (path, like) => {
    const model = await stat(like).catch(() => undefined);
    const handle = await open(path, "wx");
    if (model !== undefined) {
      // Best effort: only a privileged process may give a file away, and some file systems know no modes.
      await handle.chown(model.uid, model.gid).catch(() => undefined);
      await handle.chmod(model.mode & 0o777).catch(() => undefined);
    }
    return wrap(handle);
  },
  resolve: (path) => realpath(path),
  rename: (from, to) => rename(from, to),
  remove: (path) => unlink(path),
  list: (directory) => readdir(directory),
  syncDirectory: async (directory) => {
    const handle = await open(directory, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
};
