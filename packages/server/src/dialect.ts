/** The published APIs that this server speaks, each with its own error bodies and its own ways to show a key. */
export type Dialect = "pipelines" | "connect" | "sts";

/** The dialect of a path, also of one that no operation has. */
export function dialectOf(path: string): Dialect {
  if (path === "/connect" || path.startsWith("/connect/")) return "connect";
  if (path === "/sts" || path.startsWith("/sts/")) return "sts";
  return "pipelines";
}
