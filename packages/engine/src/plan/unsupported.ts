/**
 * Thrown by the plan reader and the compiler for what is not proven to equal DuckDB: the view is then recomputed instead. The
 * message is the reason that users read, for example "function levenshtein(VARCHAR, VARCHAR)".
 */
export class Unsupported extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = "Unsupported";
  }
}
