import { parse } from "node:querystring";

/**
 * Parses a query string into plain values; a repeated name becomes a list. Names with brackets have no meaning in the
 * contract and are dropped, so that they cannot grow into nested objects on the way through the validator.
 */
export function parseQuery(search: string): Record<string, unknown> {
  const query: Record<string, unknown> = {};
  if (search === "") return query;
  for (const [name, value] of Object.entries(parse(search))) {
    if (!name.includes("[") && name !== "__proto__") query[name] = value;
  }
  return query;
}
