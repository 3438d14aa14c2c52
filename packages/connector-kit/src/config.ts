import { ConnectorError } from "./errors.ts";

/**
 * Checks one value of a configuration and gives it its type; `path` is where it stands ("plan[0].rate").
 *
 * Why not a schema library: the texts are the point (which field, what was expected, what was given), a library's would have
 * to be replaced one by one, and loading one costs each pipeline process about 90 ms at its start.
 */
export type Check<T> = (value: unknown, path: string) => T;

/** The type that a check gives. */
export type Checked<C> = C extends Check<infer T> ? T : never;

type Shape = Readonly<Record<string, Check<unknown>>>;
type Fields<S extends Shape> = { readonly [K in keyof S]: Checked<S[K]> };

/** A problem of one field; {@link parseConfig} puts the connector's name before it. */
export function configError(path: string, problem: string): ConnectorError {
  return new ConnectorError("invalid_config", path === "" ? `the configuration ${problem}` : `"${path}" ${problem}`);
}

/** Runs a check over a connector's whole configuration. An absent configuration counts as `{}`. @throws ConnectorError `invalid_config` */
export function parseConfig<T>(owner: string, check: Check<T>, config: unknown): T {
  try {
    return check(config ?? {}, "");
  } catch (error) {
    if (error instanceof ConnectorError && error.code === "invalid_config") {
      throw new ConnectorError("invalid_config", `${owner}: ${error.message}.`, { cause: error.cause });
    }
    throw error;
  }
}

/** An object with exactly these fields. A missing field is given to its check as undefined. */
export function object<S extends Shape>(shape: S): Check<Fields<S>> {
  const names = Object.keys(shape);
  return (value, path) => {
    if (!isRecord(value)) throw expected(path, "an object", value);
    for (const key of Object.keys(value)) {
      if (!names.includes(key)) throw unknownField(path, key, names);
    }
    const entries = names.map((name) => [name, shape[name]?.(Object.hasOwn(value, name) ? value[name] : undefined, join(path, name))]);
    return Object.fromEntries(entries) as Fields<S>;
  };
}

/** The configuration of a connector that takes none. */
export const noFields: Check<Readonly<Record<string, never>>> = (value, path) => {
  if (!isRecord(value)) throw expected(path, "an empty object", value);
  const key = Object.keys(value)[0];
  if (key !== undefined) throw unknownField(path, key, []);
  return {};
};

/** A string of at least `minLength` (1 unless told) characters. */
export function text(options: { readonly minLength?: number } = {}): Check<string> {
  const { minLength = 1 } = options;
  const wanted = minLength === 0 ? "a string" : "a non-empty string";
  return (value, path) => {
    if (typeof value !== "string" || value.length < minLength) throw expected(path, wanted, value);
    return value;
  };
}

/** A string that no message may show: passwords, tokens, connection strings. */
export function secret(): Check<string> {
  return (value, path) => {
    // Invariant 7: a secret never leaves in an error, so only its kind is named.
    if (typeof value !== "string" || value === "") throw expected(path, "a non-empty string", value, { hidden: true });
    return value;
  };
}

interface Bounds {
  readonly min?: number;
  readonly max?: number;
}

/** A whole number that JavaScript holds exactly. */
export function integer(bounds: Bounds = {}): Check<number> {
  const wanted = `a whole number${describeBounds(bounds)}`;
  return (value, path) => {
    if (!Number.isSafeInteger(value) || !within(value as number, bounds)) throw expected(path, wanted, value);
    return value as number;
  };
}

/** A finite number. */
export function number(bounds: Bounds = {}): Check<number> {
  const wanted = `a number${describeBounds(bounds)}`;
  return (value, path) => {
    if (typeof value !== "number" || !Number.isFinite(value) || !within(value, bounds)) throw expected(path, wanted, value);
    return value;
  };
}

export const boolean: Check<boolean> = (value, path) => {
  if (typeof value !== "boolean") throw expected(path, "true or false", value);
  return value;
};

/** Any value, handed on as it is. */
export const anything: Check<unknown> = (value) => value;

/** One of a few words. */
export function oneOf<const W extends readonly string[]>(words: W): Check<W[number]> {
  return (value, path) => {
    if (typeof value === "string" && words.includes(value)) return value;
    const near = typeof value === "string" ? nearest(value, words) : undefined;
    const wanted = words.length > 12 && near !== undefined ? `a known word (did you mean "${near}"?)` : `one of ${quoteAll(words)}`;
    throw expected(path, wanted, value);
  };
}

/** A list whose elements all pass `element`. */
export function listOf<T>(element: Check<T>): Check<readonly T[]> {
  return (value, path) => {
    if (!Array.isArray(value)) throw expected(path, "a list", value);
    return value.map((item, index) => element(item, `${path}[${index}]`));
  };
}

/** An object with free keys, as a map. */
export function mapOf<T>(element: Check<T>): Check<ReadonlyMap<string, T>> {
  return (value, path) => {
    if (!isRecord(value)) throw expected(path, "an object", value);
    return new Map(Object.entries(value).map(([key, item]) => [key, element(item, join(path, key))]));
  };
}

/** A field that may be missing or null. */
export function optional<T>(check: Check<T>): Check<T | undefined> {
  return (value, path) => (value === undefined || value === null ? undefined : check(value, path));
}

/** A field that may be missing or null and then has a default. */
export function withDefault<T>(check: Check<T>, fallback: T): Check<T> {
  return (value, path) => (value === undefined || value === null ? fallback : check(value, path));
}

/** The error for a value of the wrong kind: what was expected, and what was given. */
export function expected(path: string, wanted: string, given: unknown, options: { readonly hidden?: boolean } = {}): ConnectorError {
  if (given === undefined) return configError(path, `is missing: expected ${wanted}`);
  return configError(path, `must be ${wanted}, but is ${options.hidden ? kindOf(given) : describe(given)}`);
}

function unknownField(path: string, key: string, allowed: readonly string[]): ConnectorError {
  const near = nearest(key, allowed);
  const hint = near === undefined ? "" : ` (did you mean "${near}"?)`;
  const rest = allowed.length === 0 ? "no fields are allowed here" : `allowed are ${quoteAll(allowed)}`;
  return configError(join(path, key), `is not a known field${hint}; ${rest}`);
}

function describe(value: unknown): string {
  if (value === null) return "null";
  if (typeof value === "string") return value === "" ? "an empty string" : `the string ${JSON.stringify(cut(value))}`;
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  if (typeof value === "boolean") return String(value);
  return kindOf(value);
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

const cut = (value: string): string => (value.length > 60 ? `${value.slice(0, 60)}…` : value);
const join = (path: string, key: string): string => (path === "" ? key : `${path}.${key}`);
const quoteAll = (words: readonly string[]): string => words.map((word) => `"${word}"`).join(", ");
const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);
const within = (value: number, { min, max }: Bounds): boolean => (min === undefined || value >= min) && (max === undefined || value <= max);

function describeBounds({ min, max }: Bounds): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  if (min !== undefined) return ` of at least ${min}`;
  return max === undefined ? "" : ` of at most ${max}`;
}

/** The known word closest to a mistyped one, if it is close enough to be meant. */
export function nearest(given: string, words: readonly string[]): string | undefined {
  const ranked = words.map((word) => ({ word, distance: editDistance(given.toLowerCase(), word) })).sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best !== undefined && best.distance <= Math.ceil(best.word.length / 3) ? best.word : undefined;
}

function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 8) return 99;
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const current = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replace = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(replace, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 99;
}
