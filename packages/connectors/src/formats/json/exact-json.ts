interface ReviverContext {
  readonly source?: string;
}
/** The parts of JSON that the compiler's library does not declare yet. */
interface ExactJson {
  rawJSON(text: string): unknown;
  parse(text: string, reviver: (key: string, value: unknown, context: ReviverContext) => unknown): unknown;
}
const exact = JSON as unknown as ExactJson;

/** Matches text that may hold a number of 16 digits or more, which a double cannot be trusted with. */
export const longNumber = /\d[\d.]{15}/;

/**
 * Parses JSON without rounding: numbers that a double may not hold exactly come as `JSON.rawJSON` objects. About five times
 * slower than `JSON.parse`, so only for records that need it.
 */
export function parseExactJson(text: string): unknown {
  return exact.parse(text, (_key, value, context) => {
    if (typeof value !== "number" || context.source === undefined) return value;
    if (context.source.length < 16 && (Number.isSafeInteger(value) || !/e/i.test(context.source))) return value;
    return exact.rawJSON(context.source);
  });
}
