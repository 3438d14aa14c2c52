import { ValueError } from "./value-error.ts";

const canonical = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const accepted = /^([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})$/;

/** Reads a UUID in any case, with or without hyphens: lower case with hyphens. */
export function parseUuid(text: string): string {
  if (canonical.test(text)) return text;
  const match = accepted.exec(text.trim().toLowerCase());
  if (match === null) throw new ValueError(`expected a UUID, found ${JSON.stringify(text.slice(0, 80))}`);
  return match.slice(1).join("-");
}
