import type { Format } from "ajv";

const within = (low: number, high: number) => (value: number) => Number.isInteger(value) && value >= low && value <= high;

/** Formats of OpenAPI that JSON Schema does not define, with the meaning that express-openapi-validator gives them. */
export const openApiFormats: Readonly<Record<string, Format>> = {
  int32: { type: "number", validate: within(-(2 ** 31), 2 ** 31 - 1) },
  int64: { type: "number", validate: within(-(2 ** 63), 2 ** 63 - 1) },
  float: { type: "number", validate: (value: number) => Number.isFinite(Math.fround(value)) },
  double: { type: "number", validate: () => true },
  binary: true,
  password: true,
};
