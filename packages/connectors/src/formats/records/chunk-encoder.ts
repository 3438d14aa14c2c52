import type { Delta, Row } from "@headgate/engine";
import type { EncodedChunk, EncodeError } from "@headgate/connector-kit";

/** More copies of one row than this are taken for a mistake in the view, and are not written out one by one. */
export const maxCopies = 1_000_000;
/** A chunk is closed at this many characters too, whatever the number of its records. */
const maxChunkLength = 4 * 1024 * 1024;

export interface ChunkShape {
  /** Most records in a chunk. */
  readonly records: number;
  readonly open: string;
  readonly separator: string;
  readonly close: string;
  /** How one change is written; `weight` is positive for an insert. */
  readonly write: (row: Row, weight: number) => string;
  /** True when a change is one record whatever its weight; else a weight of n is n records. */
  readonly weighted: boolean;
  /** Most characters in a chunk; a single longer record is a chunk of its own. */
  readonly length?: number;
}

/**
 * Encodes a delta in chunks of whole records. Deletes come first: a reader that applies records in order never removes
 * what it has just been given.
 */
export function* encodeChunks(delta: Delta, shape: ChunkShape): Generator<EncodedChunk | EncodeError> {
  const { open, separator, close, length = maxChunkLength, write } = shape;
  let text = "";
  let records = 0;
  const cut = (): EncodedChunk => {
    const chunk = { bytes: Buffer.from(open + text + close, "utf8"), records };
    text = "";
    records = 0;
    return chunk;
  };
  for (const deletes of delta.some((entry) => entry[1] < 0) ? [true, false] : [false]) {
    for (let at = 0; at < delta.length; at++) {
      const [row, weight] = delta[at] as Delta[number];
      if (weight < 0 !== deletes || weight === 0) continue;
      const copies = shape.weighted ? 1 : Math.abs(weight);
      const record = encodeRecord(row, weight, copies, write);
      if (typeof record !== "string") {
        yield record;
        continue;
      }
      for (let copy = 0; copy < copies; copy++) {
        text = records === 0 ? record : text + separator + record;
        records++;
        if (records >= shape.records || text.length >= length) yield cut();
      }
    }
  }
  if (records > 0) yield cut();
}

function encodeRecord(row: Row, weight: number, copies: number, write: ChunkShape["write"]): string | EncodeError {
  try {
    if (copies <= maxCopies) return write(row, weight);
    const start = write(row, weight).slice(0, 200);
    return { message: `the view holds ${copies} copies of ${start}…; use SELECT DISTINCT, or count them` };
  } catch (error) {
    return { message: `a row cannot be encoded: ${error instanceof Error ? error.message : String(error)}` };
  }
}
