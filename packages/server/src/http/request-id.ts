import { randomBytes } from "node:crypto";

const acceptable = /^[\w.:-]{1,128}$/;

/** Makes request ids: a caller's own id when it is harmless in a log line, else a random prefix with a counter. */
export function createRequestIds(prefix: string = randomBytes(6).toString("hex")): (given: unknown) => string {
  let count = 0;
  return (given) => (typeof given === "string" && acceptable.test(given) ? given : `${prefix}-${(count += 1).toString(36)}`);
}
