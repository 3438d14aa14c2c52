import type { ErrorObject } from "ajv";
import type { Ajv2020 } from "ajv/dist/2020.js";
import type { OpenApiDocument, ParameterObject } from "../document.ts";
import type { Operation } from "../operation.ts";
import { anchored, createAjv } from "./ajv.ts";
import { toRequestError, type Failure } from "./request-failure.ts";

/** The parts of a request that a parameter can stand in; values are coerced and defaults filled in place. */
export interface ParameterValues {
  readonly query: Record<string, unknown>;
  readonly headers: Record<string, unknown>;
  readonly params: Record<string, unknown>;
}
/** @throws RequestError `InvalidRequest`, or the operation's published code. */
export type ParameterCheck = (values: ParameterValues) => void;

/**
 * The second lane: validators compiled once from the same document, for operations whose body is not JSON.
 * Its verdicts and messages must be those of the validator of record (test/validation/differential.test.ts).
 */
export function createParameterChecks(document: OpenApiDocument, operations: readonly Operation[]): ReadonlyMap<string, ParameterCheck> {
  const ajv = createAjv(document, { coerceTypes: true, useDefaults: true, strictNumbers: true });
  return new Map(operations.map((operation) => [operation.id, compileCheck(ajv, operation)]));
}

function compileCheck(ajv: Ajv2020, operation: Operation): ParameterCheck {
  const part = (place: ParameterObject["in"]) => group(operation.parameters.filter((parameter) => parameter.in === place));
  const validate = ajv.compile({
    properties: { query: part("query"), headers: part("header"), params: part("path") },
  });
  return (values) => {
    if (!validate(values)) throw toRequestError((validate.errors ?? []).map(toFailure), values);
  };
}

function group(parameters: readonly ParameterObject[]): object {
  if (parameters.length === 0) return {};
  const name = (p: ParameterObject): string => (p.in === "header" ? p.name.toLowerCase() : p.name);
  return {
    type: "object",
    properties: Object.fromEntries(parameters.map((p) => [name(p), anchored(p.schema ?? {})])),
    required: parameters.filter((p) => p.required === true).map(name),
  };
}

/** Points at the property that is missing or too many, as the validator of record does, and spells out enumerations. */
function toFailure(error: ErrorObject): Failure {
  const params = error.params as Readonly<Record<string, unknown>>;
  const property = params["missingProperty"] ?? params["additionalProperty"] ?? params["unevaluatedProperty"];
  const pointer = typeof property === "string" ? `${error.instancePath}/${property}` : error.instancePath;
  const allowed = params["allowedValues"];
  const message = Array.isArray(allowed) ? `${error.message ?? ""}: ${allowed.join(", ")}` : (error.message ?? "is invalid");
  return { pointer, keyword: error.keyword, message };
}
