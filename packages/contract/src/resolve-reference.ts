import type { OpenApiDocument, ReferenceObject } from "./document.ts";

/** Follows a reference into the bundled document; what is not a reference is returned as it is. */
export function resolveReference<T extends object>(document: OpenApiDocument, value: T | ReferenceObject): T {
  if (!("$ref" in value)) return value;
  const keys = value.$ref.replace(/^#\//, "").split("/");
  const target = keys.reduce<unknown>(
    (node, key) => (node as Readonly<Record<string, unknown>> | undefined)?.[key.replaceAll("~1", "/").replaceAll("~0", "~")],
    document,
  );
  if (target === undefined) throw new Error(`The document has nothing at ${value.$ref}.`);
  return target as T;
}
