import { ConnectorError } from "@headgate/connector-kit";

/** Reads the fields of a format's configuration; every problem names the field, what was expected and what was given. */
export interface ConfigFields {
  choice<T extends string>(name: string, allowed: readonly T[], fallback: T): T;
  flag(name: string, fallback: boolean): boolean;
  count(name: string, fallback: number): number;
  /** One ASCII character. */
  character<F extends string | undefined>(name: string, fallback: F): string | F;
  text(name: string): string | undefined;
  /** Whatever is given; undefined when absent or null. */
  value(name: string): unknown;
  /** Refuses fields that were not asked for. */
  end(): void;
}

/**
 * Opens the configuration of a format. Values may be strings, as query parameters are: "true", "100".
 *
 * @throws ConnectorError `invalid_config`
 */
export function configFields(format: string, config: unknown): ConfigFields {
  if (config !== undefined && config !== null && (typeof config !== "object" || Array.isArray(config))) {
    throw new ConnectorError("invalid_config", `format "${format}": expected "config" to be an object, found ${show(config)}`);
  }
  const given = new Map<string, unknown>(Object.entries(config ?? {}));
  const known = new Set<string>();
  const take = (name: string): unknown => {
    known.add(name);
    return given.get(name) ?? undefined;
  };
  const refuse = (name: string, expected: string): never => {
    throw new ConnectorError("invalid_config", `format "${format}": expected "${name}" to be ${expected}, found ${show(given.get(name))}`);
  };
  return {
    choice: (name, allowed, fallback) => {
      const value = take(name) ?? fallback;
      return allowed.find((option) => option === value) ?? refuse(name, `one of ${allowed.map(show).join(", ")}`);
    },
    flag: (name, fallback) => {
      const value = take(name) ?? fallback;
      if (value === true || value === "true") return true;
      return value === false || value === "false" ? false : refuse(name, "true or false");
    },
    count: (name, fallback) => {
      const value = take(name) ?? fallback;
      const number = typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : value;
      return typeof number === "number" && Number.isSafeInteger(number) && number > 0 ? number : refuse(name, "a positive integer");
    },
    character: (name, fallback) => {
      const value = take(name);
      if (value === undefined) return fallback;
      return typeof value === "string" && /^[\x01-\x7f]$/.test(value) ? value : refuse(name, "one ASCII character");
    },
    text: (name) => {
      const value = take(name);
      return value === undefined || typeof value === "string" ? value : refuse(name, "a string");
    },
    value: take,
    end: () => {
      for (const name of given.keys()) {
        if (known.has(name)) continue;
        const names = [...known].map(show).join(", ");
        throw new ConnectorError("invalid_config", `format "${format}": unknown field "${name}"; it takes ${names || "no fields"}`);
      }
    },
  };
}

function show(value: unknown): string {
  return (JSON.stringify(value) ?? "nothing").slice(0, 100);
}
