/** A value that does not fit its column; the message says what was expected and what was given. */
export class ValueError extends Error {
  readonly suggestion: string | undefined;
  constructor(message: string, suggestion?: string) {
    super(message);
    this.name = "ValueError";
    this.suggestion = suggestion;
  }
}

const shownLength = 80;

/** Shows a JSON value inside an error message, cut to a bounded length. */
export function showValue(value: unknown): string {
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object" && value !== null) {
    const source = rawNumber(value);
    return source === undefined ? "an object" : `number ${source.slice(0, shownLength)}`;
  }
  if (typeof value !== "string") return value === null ? "null" : `${typeof value} ${String(value)}`;
  return `string ${JSON.stringify(value.length > shownLength ? `${value.slice(0, shownLength)}…` : value)}`;
}

/** Number text that a JavaScript number cannot hold, kept by the lossless JSON reader (`JSON.rawJSON`). */
export function rawNumber(value: object): string | undefined {
  const raw = (value as { readonly rawJSON?: unknown }).rawJSON;
  // Records are made by JSON.parse and are never frozen; JSON.rawJSON objects are frozen and have no prototype.
  return typeof raw === "string" && Object.getPrototypeOf(value) === null ? raw : undefined;
}
