/** The code of an operating system's error ("ENOENT"), if it is one. */
export function systemCode(error: unknown): string | undefined {
  // By shape rather than class: an error may come from another realm (a test runner's, a worker's).
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : undefined;
}

const sentences: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or directory",
  EACCES: "permission denied",
  EPERM: "the operation is not permitted",
  EISDIR: "it is a directory",
  ENOTDIR: "a part of the path is not a directory",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  ENAMETOOLONG: "the name is too long",
  ELOOP: "there are too many symbolic links in the path",
  EMFILE: "too many files are open in this process",
  ENFILE: "too many files are open on this machine",
  EIO: "the disk reported an error",
  EFBIG: "the file would be too large",
};

/** What went wrong, in words, with the system's code. */
export function explainSystemError(error: unknown): string {
  const code = systemCode(error);
  const sentence = code === undefined ? undefined : sentences[code];
  if (sentence !== undefined) return `${sentence} (${code})`;
  return typeof error === "object" && error !== null && "message" in error ? String(error.message) : String(error);
}
