import { enumValues } from "./generated/enums.ts";
import type { components } from "./generated/schema.ts";

/** Every schema of the document by its name: `Schemas["PipelineInfo"]`. */
export type Schemas = components["schemas"];
export type ErrorCode = Schemas["ErrorCode"];
/** Every code that an error of this document can carry. */
export const errorCodeValues: readonly ErrorCode[] = enumValues.ErrorCode;

const known: ReadonlySet<string> = new Set(errorCodeValues);
/** Tells a code of this document from any other string. */
export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === "string" && known.has(value);
}
