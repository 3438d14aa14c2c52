/** DuckDB's words for an error, without the query excerpt that follows them. */
export function duckdbMessage(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const excerpt = text.search(/\n+LINE \d+:/);
  return (excerpt === -1 ? text : text.slice(0, excerpt)).trim();
}
