import { AvroSchemaError } from "./avro-error.ts";

const primitives = ["null", "boolean", "int", "long", "float", "double", "bytes", "string"] as const;

/** A schema with every name resolved; a record may hold itself. */
export type AvroSchema =
  | { readonly kind: (typeof primitives)[number]; readonly logical?: AvroLogical }
  | { readonly kind: "fixed"; readonly name: string; readonly size: number; readonly logical?: AvroLogical }
  | { readonly kind: "enum"; readonly name: string; readonly symbols: readonly string[] }
  | { readonly kind: "array"; readonly items: AvroSchema }
  | { readonly kind: "map"; readonly values: AvroSchema }
  | { readonly kind: "union"; readonly branches: readonly AvroSchema[] }
  | AvroRecord;

/** What a type stands for, as far as it is known here. */
export interface AvroLogical {
  readonly name: string;
  readonly precision: number;
  readonly scale: number;
}

export interface AvroRecord {
  readonly kind: "record";
  /** With its namespace. */
  readonly name: string;
  readonly fields: readonly AvroField[];
}

export interface AvroField {
  readonly name: string;
  readonly schema: AvroSchema;
}

type Json = Readonly<Record<string, unknown>>;
interface Scope {
  readonly names: Map<string, AvroSchema>;
  readonly namespace: string;
  readonly depth: number;
}

const nameForm = /^[A-Za-z_][A-Za-z0-9_]*$/;
const maxDepth = 64;

/** True for what Avro takes as the name of a record or a field. */
export const isAvroName = (text: string): boolean => nameForm.test(text);

/** Reads a schema given as JSON text. @throws AvroSchemaError */
export function parseAvroSchema(text: string): AvroSchema {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // Registries answer with bare names of types too, and people give them so.
    if (!(primitives as readonly string[]).includes(text)) throw new AvroSchemaError(`the schema is not JSON: ${shown(text)}`);
    json = text;
  }
  return parse(json, { names: new Map(), namespace: "", depth: 0 });
}

function parse(json: unknown, scope: Scope): AvroSchema {
  if (scope.depth > maxDepth) throw new AvroSchemaError(`the schema is nested deeper than ${maxDepth} levels`);
  const inner = { ...scope, depth: scope.depth + 1 };
  if (typeof json === "string") return named(json, scope);
  if (Array.isArray(json)) return { kind: "union", branches: json.map((branch) => parse(branch, inner)) };
  if (!isJson(json)) throw new AvroSchemaError(`expected a schema, found ${shown(json)}`);
  const { type } = json;
  switch (type) {
    case "record":
    case "error":
      return parseRecord(json, inner);
    case "enum": {
      const symbols = listOf(json, "symbols").map((symbol) => text(symbol, "a symbol"));
      return define(json, inner, (name) => ({ kind: "enum", name, symbols }));
    }
    case "fixed": {
      const { size } = json;
      if (!Number.isSafeInteger(size) || (size as number) < 0)
        throw new AvroSchemaError(`expected "size" of a fixed, found ${shown(size)}`);
      return define(json, inner, (name) => ({ kind: "fixed", name, size: size as number, ...logicalOf(json) }));
    }
    case "array":
      return { kind: "array", items: parse(json["items"], inner) };
    case "map":
      return { kind: "map", values: parse(json["values"], inner) };
    default: {
      const schema = parse(type, inner);
      return isPrimitive(schema) ? { ...schema, ...logicalOf(json) } : schema;
    }
  }
}

function named(name: string, { names, namespace }: Scope): AvroSchema {
  const primitive = primitives.find((known) => known === name);
  if (primitive !== undefined) return { kind: primitive };
  const schema = names.get(name.includes(".") || namespace === "" ? name : `${namespace}.${name}`) ?? names.get(name);
  if (schema === undefined) throw new AvroSchemaError(`the schema speaks of a type ${shown(name)} that it does not define`);
  return schema;
}

function parseRecord(json: Json, scope: Scope): AvroSchema {
  const fields: AvroField[] = [];
  return define(
    json,
    scope,
    (name) => ({ kind: "record", name, fields }),
    (inner) => {
      for (const field of listOf(json, "fields")) {
        if (!isJson(field)) throw new AvroSchemaError(`expected a field of a record, found ${shown(field)}`);
        fields.push({ name: text(field["name"], "the name of a field"), schema: parse(field["type"], inner) });
      }
    },
  );
}

/** Makes a type with a name, which what is inside it may use. */
function define(json: Json, scope: Scope, make: (name: string) => AvroSchema, fill?: (inner: Scope) => void): AvroSchema {
  const short = text(json["name"], `the name of a ${String(json["type"])}`);
  const given = typeof json["namespace"] === "string" ? json["namespace"] : scope.namespace;
  const name = short.includes(".") || given === "" ? short : `${given}.${short}`;
  if (scope.names.has(name)) throw new AvroSchemaError(`the schema defines ${shown(name)} twice`);
  const schema = make(name);
  scope.names.set(name, schema);
  fill?.({ ...scope, namespace: name.includes(".") ? name.slice(0, name.lastIndexOf(".")) : "" });
  return schema;
}

function logicalOf(json: Json): { readonly logical?: AvroLogical } {
  const { logicalType, precision, scale } = json;
  if (typeof logicalType !== "string") return {};
  return {
    logical: { name: logicalType, precision: typeof precision === "number" ? precision : 0, scale: typeof scale === "number" ? scale : 0 },
  };
}

function listOf(json: Json, key: string): readonly unknown[] {
  const list = json[key];
  if (Array.isArray(list)) return list;
  throw new AvroSchemaError(`expected "${key}" to be a list, found ${shown(list)}`);
}

function text(value: unknown, what: string): string {
  if (typeof value === "string" && value !== "") return value;
  throw new AvroSchemaError(`expected ${what}, found ${shown(value)}`);
}

const isPrimitive = (schema: AvroSchema): boolean => (primitives as readonly string[]).includes(schema.kind);
const isJson = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);
const shown = (value: unknown): string => (JSON.stringify(value) ?? "nothing").slice(0, 100);

/** A schema in a few words, for messages. */
export function describeSchema(schema: AvroSchema): string {
  if (schema.kind === "union") return `a union of ${schema.branches.map(describeSchema).join(", ")}`;
  const logical = "logical" in schema && schema.logical !== undefined ? schema.logical : undefined;
  if (logical?.name === "decimal") return `${schema.kind} (decimal ${logical.precision},${logical.scale})`;
  return logical === undefined ? schema.kind : `${schema.kind} (${logical.name})`;
}
