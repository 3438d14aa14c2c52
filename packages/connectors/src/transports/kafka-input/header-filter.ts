import { configError, expected, text, type Check } from "@headgate/connector-kit";

/** A message's headers as the client gives them. */
export type Headers = readonly (readonly [name: Uint8Array | null, value: Uint8Array | null])[];
/** True for a message that is let through. */
export type HeaderFilter = (headers: Headers) => boolean;

/** A tree of `header`, `and`, `or` and `not` is deep enough with this. */
const maxDepth = 32;

/**
 * Compiles a filter on headers: `{"header": {"name", "pattern"}}`, `{"and": […]}`, `{"or": […]}`, `{"not": …}`. A pattern is a regular
 * expression for the whole value, which is looked at as bytes: each one is a character, so that values that are no text can be told too.
 */
export const headerFilter: Check<HeaderFilter> = (value, path) => compile(value, path, 0);

function compile(value: unknown, path: string, depth: number): HeaderFilter {
  const wanted = 'an object with one of "header", "and", "or", "not"';
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw expected(path, wanted, value);
  const [entry, ...more] = Object.entries(value);
  if (entry === undefined || more.length > 0)
    throw configError(path, `must be ${wanted}, but has ${String(more.length + Number(entry !== undefined))} fields`);
  if (depth > maxDepth) throw configError(path, `is nested more than ${String(maxDepth)} levels deep`);
  const [kind, inner] = entry;
  const at = `${path}.${kind}`;
  if (kind === "header") return compileLeaf(inner, at);
  if (kind === "not") {
    const filter = compile(inner, at, depth + 1);
    return (headers) => !filter(headers);
  }
  if (kind !== "and" && kind !== "or") throw configError(path, `must be ${wanted}, but has "${kind}"`);
  if (!Array.isArray(inner)) throw expected(at, "a list of filters", inner);
  const filters = inner.map((item, index) => compile(item, `${at}[${String(index)}]`, depth + 1));
  return kind === "and" ? (headers) => filters.every((filter) => filter(headers)) : (headers) => filters.some((filter) => filter(headers));
}

function compileLeaf(value: unknown, path: string): HeaderFilter {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw expected(path, 'an object with "name" and "pattern"', value);
  const { name, pattern, ...others } = value as { name?: unknown; pattern?: unknown };
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw configError(`${path}.${unknown}`, 'is not a known field; allowed are "name", "pattern"');
  const wantedName = Buffer.from(text()(name, `${path}.name`), "utf8");
  const matches = compilePattern(text({ minLength: 0 })(pattern, `${path}.pattern`), `${path}.pattern`);
  return (headers) => headers.some(([header, content]) => header !== null && wantedName.equals(header) && matches(content));
}

function compilePattern(pattern: string, path: string): (value: Uint8Array | null) => boolean {
  // Characters beyond ASCII stand for their bytes in UTF-8, as the value's do.
  const bytes = Buffer.from(pattern, "utf8").toString("latin1");
  try {
    const expression = new RegExp(`^(?:${bytes})$`, "s");
    return (value) =>
      expression.test(value === null ? "" : Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("latin1"));
  } catch (cause) {
    throw configError(path, `is not a regular expression: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}
