import fc from "fast-check";
import { resolve, type JsonSchema, type OpenApiDocument } from "../../src/document.ts";

type Schema = JsonSchema & { readonly $ref?: string };

/** Values that a schema of the document accepts. */
export function arbitraryValue(document: OpenApiDocument, schema: unknown, depth = 0): fc.Arbitrary<unknown> {
  const s = resolve<Schema>(document, schema as Schema);
  if (s["const"] !== undefined) return fc.constant(s["const"]);
  if (Array.isArray(s["enum"])) return fc.constantFrom(...(s["enum"] as unknown[]));
  const choices = (s["oneOf"] ?? s["anyOf"]) as readonly unknown[] | undefined;
  if (choices !== undefined) return fc.oneof(...choices.map((choice) => arbitraryValue(document, choice, depth)));
  const types = ([] as unknown[]).concat(s["type"] ?? []);
  if (types.length === 0) return fc.jsonValue({ maxDepth: 1 });
  return fc.oneof(...types.map((type) => ofType(document, s, type, depth)));
}

function ofType(document: OpenApiDocument, s: Schema, type: unknown, depth: number): fc.Arbitrary<unknown> {
  switch (type) {
    case "null":
      return fc.constant(null);
    case "boolean":
      return fc.boolean();
    case "integer":
      return fc.integer({ min: Number(s["minimum"] ?? -(2 ** 31)), max: Number(s["maximum"] ?? 2 ** 31 - 1) });
    case "number":
      return fc.double({ noNaN: true, noDefaultInfinity: true });
    case "array":
      return depth > 3 ? fc.constant([]) : fc.array(arbitraryValue(document, s["items"] ?? {}, depth + 1), { maxLength: 3 });
    case "object": {
      const properties = Object.entries((s["properties"] ?? {}) as Readonly<Record<string, unknown>>);
      const model = Object.fromEntries(properties.map(([name, property]) => [name, arbitraryValue(document, property, depth + 1)]));
      return fc.record(model, { requiredKeys: (s["required"] ?? []) as string[], noNullPrototype: true });
    }
    default:
      return fc.string({ maxLength: 12 });
  }
}
