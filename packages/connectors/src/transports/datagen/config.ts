import {
  anything,
  configError,
  expected,
  integer,
  listOf,
  mapOf,
  number,
  object,
  oneOf,
  optional,
  withDefault,
  type Check,
  type Checked,
} from "@headgate/connector-kit";
import { textStrategies } from "./text-strategies.ts";

const strategies = ["increment", "uniform", "zipf", ...textStrategies] as const;
export type Strategy = (typeof strategies)[number];

/** How the values of one column (or element, key, value, struct field) are made. */
export interface FieldSettings {
  readonly strategy: Strategy;
  /** Half open; what it bounds depends on the type. Read with the column's type. */
  readonly range: readonly [unknown, unknown] | undefined;
  readonly scale: number;
  readonly values: readonly unknown[] | undefined;
  readonly null_percentage: number | undefined;
  /** Exponent of zipf. */
  readonly e: number;
  readonly key: FieldSettings | undefined;
  readonly value: FieldSettings | undefined;
  readonly fields: ReadonlyMap<string, FieldSettings> | undefined;
}

const pair: Check<readonly [unknown, unknown]> = (value, path) => {
  if (!Array.isArray(value) || value.length !== 2) throw expected(path, "a list of two bounds, [from, below]", value);
  return [value[0], value[1]];
};

const nonEmptyList: Check<readonly unknown[]> = (value, path) => {
  const list = listOf(anything)(value, path);
  if (list.length === 0) throw expected(path, "a list with at least one value", value);
  return list;
};

// A function, since settings nest in settings.
const settings: Check<FieldSettings> = (value, path) => fieldSettings(value, path);

const fieldSettings: Check<FieldSettings> = object({
  strategy: withDefault(oneOf(strategies), "increment"),
  range: optional(pair),
  scale: withDefault(number(), 1),
  values: optional(nonEmptyList),
  null_percentage: optional(integer({ min: 0, max: 100 })),
  e: withDefault(number({ min: 0 }), 1),
  key: optional(settings),
  value: optional(settings),
  fields: optional(mapOf(settings)),
});

/** What a column without settings does. */
export const defaultSettings: FieldSettings = fieldSettings({}, "");

const plan = object({
  limit: optional(integer({ min: 0 })),
  rate: optional(integer({ min: 1 })),
  worker_chunk_size: optional(integer({ min: 1 })),
  fields: withDefault(mapOf(fieldSettings), new Map<string, FieldSettings>()),
});
export type Plan = Checked<typeof plan>;

const noTransactions: Check<number | undefined> = (value, path) => {
  const rows = optional(integer({ min: 0 }))(value, path);
  if (rows !== undefined && rows > 0) throw configError(path, "asks for transactions, which are not supported; leave it out");
  return rows;
};

/** The configuration of `datagen`. Unknown fields are refused at every level. */
export const datagenConfig = object({
  plan: withDefault(listOf(plan), [plan({}, "plan[0]")]),
  workers: withDefault(integer({ min: 1 }), 1),
  seed: optional(integer()),
  transaction_size: noTransactions,
});
export type DatagenConfig = Checked<typeof datagenConfig>;
