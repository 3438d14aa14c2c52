/** How one field of a published configuration object is read: its check, and the value that stands when it is absent. */
export interface Field {
  /** Expands `value`, found at `path`. @throws FieldError */
  readonly read: (value: unknown, path: string) => unknown;
}

/** A value that does not fit. The message names the field, what was expected and what was given. */
export class FieldError extends Error {
  readonly field: string;
  constructor(field: string, expected: string, given: unknown) {
    super(`${field === "" ? "the value" : `field '${field}'`} must be ${expected}, not ${show(given)}`);
    this.name = "FieldError";
    this.field = field;
  }
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** A field that takes its default when it is absent, and null as well unless null is a value of its own. */
function field(standard: unknown, expected: string, test: (value: unknown) => boolean, nullable: boolean): Field {
  return {
    read: (value, path) => {
      if (value === undefined) return standard;
      if (value === null && nullable) return null;
      if (!test(value)) throw new FieldError(path, nullable ? `${expected} or null` : expected, value);
      return value;
    },
  };
}

const whole = (least: number) => (value: unknown) => Number.isSafeInteger(value) && (value as number) >= least;
const anyString = (value: unknown): boolean => typeof value === "string";

// One reader for each kind of field; those called optional take null as a value of its own.
export const boolean = (standard: boolean): Field => field(standard, "true or false", (v) => typeof v === "boolean", false);
export const integer = (standard: number, least = 0): Field =>
  field(standard, `a whole number of at least ${String(least)}`, whole(least), false);
export const optionalInteger = (standard: number | null = null, least = 0): Field =>
  field(standard, `a whole number of at least ${String(least)}`, whole(least), true);
export const optionalNumber = (): Field =>
  field(null, "a number of at least 0", (v) => typeof v === "number" && Number.isFinite(v) && v >= 0, true);
export const string = (standard: string): Field => field(standard, "a string", anyString, false);
export const optionalString = (): Field => field(null, "a string", anyString, true);
export const anything = (standard: unknown): Field => field(standard, "anything", () => true, true);
export const choice = (standard: string, ...values: readonly string[]): Field =>
  field(standard, `one of ${values.join(", ")}`, (v) => anyString(v) && values.includes(v as string), false);
export const optionalChoice = (...values: readonly string[]): Field =>
  field(null, `one of ${values.join(", ")}`, (v) => anyString(v) && values.includes(v as string), true);
export const integers = (): Field => field([], "an array of whole numbers", (v) => Array.isArray(v) && v.every(whole(0)), false);
export const strings = (): Field => field({}, "an object of strings", (v) => isObject(v) && Object.values(v).every(anyString), false);
export const freeObject = (): Field => field({}, "an object", isObject, false);

/** An object of known fields: unknown keys are refused, absent ones filled in. */
export function object(fields: Readonly<Record<string, Field>>): Field {
  return {
    read: (value, path) => {
      const given = value ?? {};
      if (!isObject(given)) throw new FieldError(path, "an object", value);
      const at = (key: string): string => (path === "" ? key : `${path}.${key}`);
      for (const key of Object.keys(given)) {
        if (!Object.hasOwn(fields, key)) throw new UnknownFieldError(at(key), Object.keys(fields));
      }
      return Object.fromEntries(Object.entries(fields).map(([key, each]) => [key, each.read(given[key], at(key))]));
    },
  };
}

/** A key that the object does not have. */
export class UnknownFieldError extends FieldError {
  constructor(path: string, known: readonly string[]) {
    super(path, "known", undefined);
    this.message = `unknown field '${path}'; known fields are ${known.join(", ")}`;
  }
}

/** True for what JSON calls an object. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
