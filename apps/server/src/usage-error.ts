/** Something that the person who started the server can mend: shown as one sentence, with exit code 1. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
