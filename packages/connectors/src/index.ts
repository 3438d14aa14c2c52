/** The built-in connectors: transports under `transports/`, formats under `formats/`, listed in one registry. */
export { builtinConnectors } from "./registry.ts";
export { createHttpOutput, type HttpOutput, type HttpOutputOptions } from "./transports/http-output/http-output.ts";
export { createJsonRowEncoder } from "./formats/json/json-row-encoder.ts";
export { compileTextWriter, type TextWriter } from "./formats/values/write-text.ts";
