import { isUtf8 } from "node:buffer";
import type { ParseError } from "@headgate/connector-kit";

/** How much of an offending record an error shows. */
export const shownBytes = 1024;

export interface RecordErrorParts {
  readonly description: string;
  readonly eventNumber?: number | undefined;
  readonly field?: string | undefined;
  readonly text?: string | undefined;
  readonly bytes?: Uint8Array | undefined;
  readonly suggestion?: string | undefined;
  readonly tag?: string | undefined;
}

/** Builds a parse error; what it shows of the record is cut to a bounded length. */
export function recordError(parts: RecordErrorParts): ParseError {
  return {
    description: parts.description,
    eventNumber: parts.eventNumber,
    field: parts.field,
    invalidText: parts.text?.slice(0, shownBytes),
    invalidBytes: parts.bytes?.slice(0, shownBytes),
    suggestion: parts.suggestion,
    tag: parts.tag,
  };
}

/** Shows a piece of a buffer as text when it is text, else as bytes. */
export function shownRecord(data: Buffer, from: number, to: number): { text: string } | { bytes: Uint8Array } {
  const piece = data.subarray(from, Math.min(to, from + shownBytes));
  if (isUtf8(piece)) return { text: piece.toString("utf8", 0, piece.length) };
  // A cut may fall inside a character: up to three bytes of it stand at the end.
  for (let cut = 1; cut <= 3 && from + shownBytes < to; cut++) {
    const shorter = piece.subarray(0, piece.length - cut);
    if (isUtf8(shorter)) return { text: shorter.toString("utf8", 0, shorter.length) };
  }
  return { bytes: new Uint8Array(piece) };
}
