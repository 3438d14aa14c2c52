import type { OpenApiDocument } from "../src/document.ts";

/** Renders the members of every named enum of strings, for code that has to go through them. */
export function renderEnums(document: OpenApiDocument): string {
  const rows = Object.entries(document.components.schemas).flatMap(([name, schema]) =>
    schema["type"] === "string" && Array.isArray(schema["enum"]) ? [`  ${name}: ${JSON.stringify(schema["enum"])},`] : [],
  );
  return `/** The members of every enum of the document, by the name of its schema. */\nexport const enumValues = {\n${rows.join("\n")}\n} as const;\n`;
}
