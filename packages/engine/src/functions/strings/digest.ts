import { createHash } from "node:crypto";
import type { Overload } from "../types.ts";
import { pure } from "../overload.ts";

/** A digest of text or bytes, in lower-case hexadecimal. */
export function digest(name: "md5" | "sha1" | "sha256"): readonly Overload[] {
  const evaluate = (data: string | Uint8Array): string => createHash(name).update(data).digest("hex");
  return [pure(`${name}(VARCHAR)`, evaluate), pure(`${name}(BLOB)`, evaluate)];
}
