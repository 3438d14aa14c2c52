import { execFileSync } from "node:child_process";

/** The document to compare with, or the reason why there is none. */
export type Base = { readonly ref: string; readonly document: string } | { readonly absent: string };

/**
 * Finds the document that callers rely on: the one of the newest release tag (`v*`) that leads to HEAD; before any release
 * the one of the commit before the change, which is HEAD while the change is not committed, else HEAD's parent.
 */
export function findBase(repository: string, path: string): Base {
  const git = (...args: string[]): string | undefined => {
    try {
      return execFileSync("git", args, { cwd: repository, encoding: "utf8", maxBuffer: 64 << 20, stdio: ["ignore", "pipe", "ignore"] });
    } catch {
      return undefined;
    }
  };
  if (git("rev-parse", "HEAD") === undefined) return { absent: "there is no commit yet" };
  const tag = git("describe", "--tags", "--match", "v*", "--abbrev=0")?.trim();
  const shallow = git("rev-parse", "--is-shallow-repository")?.trim() === "true";
  const changed = git("diff", "--quiet", "HEAD", "--", path) === undefined;
  const ref = tag ?? (changed ? "HEAD" : "HEAD~1");
  if (git("rev-parse", "--verify", `${ref}^{commit}`) === undefined) {
    return { absent: shallow ? "the clone is shallow, so the commit before is not here" : "this is the first commit" };
  }
  const document = git("show", `${ref}:${path}`);
  return document === undefined ? { absent: `${ref} has no ${path}` } : { ref, document };
}
