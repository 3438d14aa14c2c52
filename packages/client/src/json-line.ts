import { ClientError } from "./errors.ts";

type Reviver = (this: unknown, key: string, value: unknown, context?: { readonly source?: string }) => unknown;

const integer = /^-?\d+$/;
/** Numbers that a double cannot hold exactly become bigints, in runtimes that show a reviver the source text. */
const exactIntegers: Reviver = (_key, value, context) =>
  typeof value === "number" && !Number.isSafeInteger(value) && context?.source !== undefined && integer.test(context.source)
    ? BigInt(context.source)
    : value;

/** Reads one line of a stream of JSON. With `bigints`, integers beyond 2^53 keep every digit. */
export function parseJsonLine(what: string, line: string, bigints = false): unknown {
  try {
    return JSON.parse(line, bigints ? exactIntegers : undefined) as unknown;
  } catch (error) {
    const shown = line.length > 80 ? `${line.slice(0, 80)}…` : line;
    throw new ClientError("malformed_reply", `${what}: this line is not JSON: ${shown}`, { cause: error });
  }
}
