const maxCandidates = 5;

/** DuckDB's words for an error, without the query excerpt that follows them and advice that no user of ours can take. */
export function duckdbMessage(error: unknown): string {
  return readable(error instanceof Error ? error.message : String(error));
}

/** Leaves out what stands after the sentence that names the mistake, and all but the first overloads of a function. */
export function readable(text: string): string {
  const end = text.search(/\n+(?:LINE \d+:|Possible solutions:|See also https?:)/);
  const lines = (end === -1 ? text : text.slice(0, end)).trim().split("\n");
  const first = lines.findIndex((line) => line.trim() === "Candidate functions:") + 1;
  const omitted = lines.length - first - maxCandidates;
  return first === 0 || omitted <= 1 ? lines.join("\n") : [...lines.slice(0, first + maxCandidates), `\t… and ${omitted} more`].join("\n");
}
