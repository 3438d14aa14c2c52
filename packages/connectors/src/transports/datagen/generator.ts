import { configError } from "@headgate/connector-kit";
import type { ColumnType, Value } from "@headgate/engine";
import { defaultSettings, type FieldSettings } from "./config.ts";
import { domainOf } from "./domain.ts";
import { byteType, parseLiteral } from "./literal.ts";
import { booleans, floats, lengths, texts, uuids, type GenerateContext } from "./scalars.ts";
import { isTextStrategy } from "./text-strategies.ts";
import { wholeNumbers, type Generate } from "./whole-numbers.ts";
import { zipf } from "./zipf.ts";

/** Turns the settings of one column into what makes its values. @throws ConnectorError `invalid_config` when they do not fit its type */
export function createGenerator(settings: FieldSettings, type: ColumnType, path: string, context: GenerateContext): Generate {
  const { null_percentage: nulls = 0 } = settings;
  if (nulls > 0 && !type.nullable) throw configError(`${path}.null_percentage`, "is above 0, but the column is NOT NULL");
  refuseMisplaced(settings, type, path);
  const make = settings.values === undefined ? generatorOfType(settings, type, path, context) : listed(settings, type, path, context);
  if (nulls === 0) return make;
  const { random } = context;
  return (index) => (random.unit() * 100 < nulls ? null : make(index));
}

function refuseMisplaced(settings: FieldSettings, type: ColumnType, path: string): void {
  if (isTextStrategy(settings.strategy)) {
    if (type.type !== "VARCHAR" && type.type !== "CHAR") {
      throw configError(`${path}.strategy`, `"${settings.strategy}" gives text, but the column is ${type.type}`);
    }
    if (settings.values !== undefined)
      throw configError(`${path}.values`, `cannot be given together with the strategy "${settings.strategy}"`);
  }
  if (settings.fields !== undefined && type.type !== "STRUCT")
    throw configError(`${path}.fields`, "is for columns of a structured type only");
  if (settings.key !== undefined && type.type !== "MAP") throw configError(`${path}.key`, "is for columns of type MAP only");
  if (settings.value !== undefined && !["MAP", "ARRAY", "BINARY", "VARBINARY"].includes(type.type)) {
    throw configError(`${path}.value`, "is for columns of type ARRAY, MAP, BINARY and VARBINARY only");
  }
}

function listed(settings: FieldSettings, type: ColumnType, path: string, { random }: GenerateContext): Generate {
  const values = (settings.values ?? []).map((given, i) => parseLiteral(given, type, `${path}.values[${i}]`));
  const at = (index: number): Value => values[index] ?? null;
  if (settings.strategy === "increment") return (index) => at(index % values.length);
  if (settings.strategy === "uniform") return () => at(random.below(values.length));
  const rank = zipf(values.length, settings.e, random);
  return () => at(rank() - 1);
}

function generatorOfType(settings: FieldSettings, type: ColumnType, path: string, context: GenerateContext): Generate {
  const { random } = context;
  const domain = domainOf(type);
  if (domain !== undefined) return wholeNumbers(settings, domain, path, random);
  switch (type.type) {
    case "BOOLEAN":
      return booleans(settings, random);
    case "REAL":
    case "DOUBLE":
      return floats(settings, type, path, random);
    case "CHAR":
    case "VARCHAR":
      return texts(settings, type, path, context);
    case "UUID":
      return uuids(settings, random);
    case "BINARY":
    case "VARBINARY":
      return bytes(settings, type, path, context);
    case "ARRAY":
      return arrays(settings, type, path, context);
    case "MAP":
      return maps(settings, type, path, context);
    case "STRUCT":
      return structs(settings, type, path, context);
    case "VARIANT": {
      const number = floats(settings, { type: "DOUBLE", nullable: false }, path, random);
      return (index) => JSON.stringify(number(index));
    }
    default:
      return () => null;
  }
}

const fewElements = [0, 5] as const;

function bytes(settings: FieldSettings, type: ColumnType, path: string, context: GenerateContext): Generate {
  const fixed = type.type === "BINARY" && type.precision !== undefined && type.precision > 0 ? type.precision : undefined;
  const longest = type.precision !== undefined && type.precision >= 0 ? type.precision : Infinity;
  const length = lengths(settings, fixed === undefined ? fewElements : [fixed, fixed + 1], path, context.random);
  const byte = createGenerator(settings.value ?? defaultSettings, byteType, `${path}.value`, context);
  return (index) => Uint8Array.from({ length: Math.min(length(index), longest) }, (_, i) => byte(i) as number);
}

function arrays(settings: FieldSettings, type: ColumnType, path: string, context: GenerateContext): Generate {
  if (type.component === undefined) return () => [];
  const length = lengths(settings, fewElements, path, context.random);
  const element = createGenerator(settings.value ?? defaultSettings, type.component, `${path}.value`, context);
  return (index) => Array.from({ length: length(index) }, (_, i) => element(i));
}

function maps(settings: FieldSettings, type: ColumnType, path: string, context: GenerateContext): Generate {
  if (type.key === undefined || type.value === undefined) return () => [];
  const size = lengths(settings, fewElements, path, context.random);
  const key = createGenerator(settings.key ?? defaultSettings, type.key, `${path}.key`, context);
  const value = createGenerator(settings.value ?? defaultSettings, type.value, `${path}.value`, context);
  return (index) => {
    // A key stands in a map once; one that is drawn again replaces its value.
    const entries = new Map<unknown, Value>();
    const count = size(index);
    for (let i = 0; i < count; i += 1) {
      const k = key(i);
      entries.set(typeof k === "object" ? JSON.stringify(k) : k, [k, value(i)]);
    }
    return [...entries.values()];
  };
}

function structs(settings: FieldSettings, type: ColumnType, path: string, context: GenerateContext): Generate {
  const members = createGenerators(settings.fields ?? new Map(), type.fields ?? [], `${path}.fields`, context);
  return (index) => members.map((make) => make(index));
}

/** Generators for all fields of a row, in order. Settings are found by column name, in any case unless the name was quoted. */
export function createGenerators(
  settings: ReadonlyMap<string, FieldSettings>,
  fields: readonly { readonly name: string; readonly caseSensitive: boolean; readonly columnType: ColumnType }[],
  path: string,
  context: GenerateContext,
): readonly Generate[] {
  const byColumn = new Map<string, { readonly written: string; readonly settings: FieldSettings }>();
  for (const [written, given] of settings) {
    const field =
      fields.find(({ name }) => name === written) ??
      fields.find(({ name, caseSensitive }) => !caseSensitive && name.toLowerCase() === written.toLowerCase());
    if (field === undefined) {
      throw configError(`${path}.${written}`, `names no column; the columns are ${fields.map(({ name }) => `"${name}"`).join(", ")}`);
    }
    if (byColumn.has(field.name)) throw configError(`${path}.${written}`, `gives settings for the column "${field.name}" a second time`);
    byColumn.set(field.name, { written, settings: given });
  }
  return fields.map((field) => {
    const given = byColumn.get(field.name);
    return createGenerator(given?.settings ?? defaultSettings, field.columnType, `${path}.${given?.written ?? field.name}`, context);
  });
}
