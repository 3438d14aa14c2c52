import { bundle, createConfig } from "@redocly/openapi-core";
import type { OpenApiDocument } from "../src/document.ts";

/** Reads the document and its files into one, with paths as written and component maps sorted by name. */
export async function bundleDocument(specPath: string): Promise<OpenApiDocument> {
  const result = await bundle({ ref: specPath, config: await createConfig({}) });
  const errors = result.problems.filter((problem) => problem.severity === "error");
  if (errors.length > 0) {
    const lines = errors.map((problem) => `  ${problem.location[0]?.source.absoluteRef ?? specPath}: ${problem.message}`);
    throw new Error(`The OpenAPI document cannot be bundled:\n${lines.join("\n")}`);
  }
  const document = result.bundle.parsed as OpenApiDocument;
  const components = Object.fromEntries(
    sortedEntries(document.components).map(([kind, map]) => [kind, Object.fromEntries(sortedEntries(map))]),
  );
  return { ...document, components } as OpenApiDocument;
}

function sortedEntries<T>(map: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1));
}
