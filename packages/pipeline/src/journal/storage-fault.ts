import { PipelineError } from "../errors.ts";

const advice: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full: free space and start the pipeline again",
  EDQUOT: "the disk quota is used up: free space and start the pipeline again",
  EACCES: "this process may not access it: give it the permission",
  EPERM: "this process may not access it: give it the permission",
  EROFS: "the file system is read-only: make it writable, or choose another data directory",
  EMFILE: "too many files are open: raise the limit (ulimit -n)",
  ENFILE: "too many files are open: raise the limit",
  EIO: "the device reports an error: check the disk",
};

/** The end of a pipeline whose storage cannot be used: names the file, what happened, and what to do. */
export function storageFault(path: string, problem: string, cause?: unknown): PipelineError {
  return new PipelineError("StorageError", `${path}: ${problem}`, { path, error: problem }, cause === undefined ? {} : { cause });
}

/** A failed operation on a file of the storage. Whatever was acknowledged before is on disk. */
export function ioFault(path: string, what: string, cause: unknown): PipelineError {
  const code = (cause as NodeJS.ErrnoException | undefined)?.code ?? "";
  const why = advice[code] ?? (cause instanceof Error ? cause.message : String(cause));
  return storageFault(path, `${what} failed (${code === "" ? "no code" : code}): ${why}. Nothing that was acknowledged is lost`, cause);
}
