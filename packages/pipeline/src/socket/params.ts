import { PipelineError } from "../errors.ts";

/** A bad or missing parameter of a request. */
export function invalidParam(text: string): PipelineError {
  return new PipelineError("InvalidParam", `Invalid parameter: ${text}`, { error: text });
}

/** A boolean query parameter. @throws PipelineError `InvalidParam` */
export function booleanParam(query: URLSearchParams, name: string, fallback = false): boolean {
  const value = query.get(name);
  if (value === null) return fallback;
  if (value === "true") return true;
  if (value === "false") return false;
  throw invalidParam(`'${name}' must be true or false, but it is '${value}'`);
}

/** Query parameters as a format's configuration: true and false become booleans, whole numbers numbers. */
export function formatConfig(query: URLSearchParams, except: ReadonlySet<string>): Record<string, unknown> {
  const config: Record<string, unknown> = {};
  for (const [key, value] of query) if (!except.has(key)) config[key] = coerced(value);
  return config;
}

function coerced(value: string): unknown {
  if (value === "true") return true;
  if (value === "false") return false;
  return /^(0|[1-9][0-9]{0,14})$/.test(value) ? Number(value) : value;
}

/** A required query parameter. @throws PipelineError `InvalidParam` */
export function requiredParam(query: URLSearchParams, name: string): string {
  const value = query.get(name);
  if (value === null) throw invalidParam(`'${name}' is missing`);
  return value;
}
