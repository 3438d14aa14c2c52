import { Unsupported } from "./unsupported.ts";

/** One object of DuckDB's plan JSON, whose fields are read by kind; what is not as expected is refused. */
export class PlanObject {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly #what: string;

  constructor(value: unknown, what: string) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Unsupported(`${what} in an unknown form`);
    this.fields = value as Record<string, unknown>;
    this.#what = what;
  }

  /** Refuses fields beyond these that hold something: what we do not read may change the meaning. */
  only(...known: readonly string[]): this {
    for (const name in this.fields)
      if (!known.includes(name) && !isEmpty(this.fields[name])) throw new Unsupported(`${this.#what} with ${name}`);
    return this;
  }
  has(name: string): boolean {
    return !isEmpty(this.fields[name]);
  }
  raw(name: string): unknown {
    return this.fields[name];
  }
  text(name: string): string {
    return this.#read(name, (value) => typeof value === "string") as string;
  }
  /** An integer that a double holds. */
  integer(name: string): number {
    return this.#read(name, Number.isSafeInteger) as number;
  }
  flag(name: string): boolean {
    return this.fields[name] === undefined ? false : (this.#read(name, (value) => typeof value === "boolean") as boolean);
  }
  /** An absent list is an empty one. */
  list(name: string): readonly unknown[] {
    return (this.#read(name, (value) => value === undefined || Array.isArray(value)) as unknown[] | undefined) ?? [];
  }
  integers(name: string): readonly number[] {
    return this.list(name).map((item) => {
      if (!Number.isSafeInteger(item)) throw new Unsupported(`${this.#what} with ${name} in an unknown form`);
      return item as number;
    });
  }

  #read(name: string, fits: (value: unknown) => boolean): unknown {
    const value = this.fields[name];
    if (!fits(value)) throw new Unsupported(`${this.#what} with ${name} in an unknown form`);
    return value;
  }
}

const isEmpty = (value: unknown): boolean => {
  if (value === undefined || value === null || value === false || value === "") return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === "object" && Object.keys(value).length === 0;
};
