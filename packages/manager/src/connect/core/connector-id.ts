import { createHash } from "node:crypto";

const alphabet = "abcdefghijklmnopqrstuvwxyz234567";
const length = 6;

/**
 * The id of a connector, "lcc-abc123": the same for the same parts. `parts` name the connector and this life of it, so that one that was
 * deleted and created again has another.
 */
export function connectorId(parts: readonly string[]): string {
  const digest = createHash("sha256").update(JSON.stringify(parts)).digest();
  return `lcc-${Array.from(digest.subarray(0, length), (byte) => alphabet[byte % alphabet.length]).join("")}`;
}

/** An id that is not in use: {@link connectorId}, with a number among the parts when another connector came to the same one. */
export function freeConnectorId(parts: readonly string[], isUsed: (id: string) => boolean): string {
  for (let attempt = 0; ; attempt += 1) {
    const id = connectorId(attempt === 0 ? parts : [...parts, String(attempt)]);
    if (!isUsed(id)) return id;
  }
}
