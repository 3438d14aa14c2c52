import { crc32 } from "node:zlib";

/**
 * A segment is a head, then frames. A frame is what one sync made durable: `[magic, segment, offset, length, crc32]` and records.
 * A frame is written only after the sync of the one before it, so behind a broken frame a whole one means damage, not a crash.
 */
const headText = "HGJRNL";
/** Rises with every change of what stands in a segment. */
export const formatVersion = 1;
export const headBytes = 8;
export const frameHeadBytes = 20;
const magic = 0x31_4a_47_48;

export function segmentHead(): Buffer {
  const head = Buffer.alloc(headBytes);
  head.write(headText, 0, "latin1");
  head.writeUInt16LE(formatVersion, 6);
  return head;
}

/** What a segment begins with: our head, another version's, a part of one, or something else. */
export function readHead(
  data: Buffer,
): { readonly kind: "ours" | "short" | "foreign" } | { readonly kind: "version"; readonly version: number } {
  const text = data.subarray(0, Math.min(6, data.length)).toString("latin1");
  if (!headText.startsWith(text)) return { kind: "foreign" };
  if (data.length < headBytes) return { kind: "short" };
  const version = data.readUInt16LE(6);
  return version === formatVersion ? { kind: "ours" } : { kind: "version", version };
}

/** Fills the head of a frame whose records stand behind it already. */
export function sealFrame(frame: Buffer, segment: number, offset: number): void {
  frame.writeUInt32LE(magic, 0);
  frame.writeUInt32LE(segment, 4);
  frame.writeUInt32LE(offset, 8);
  frame.writeUInt32LE(frame.length - frameHeadBytes, 12);
  frame.writeUInt32LE(checksum(frame), 16);
}

/** The end of the whole frame at `offset`; undefined when none stands there. */
export function frameEnd(data: Buffer, segment: number, offset: number): number | undefined {
  if (offset + frameHeadBytes > data.length || data.readUInt32LE(offset) !== magic) return undefined;
  if (data.readUInt32LE(offset + 4) !== segment || data.readUInt32LE(offset + 8) !== offset) return undefined;
  const end = offset + frameHeadBytes + data.readUInt32LE(offset + 12);
  if (end > data.length) return undefined;
  return checksum(data.subarray(offset, end)) === data.readUInt32LE(offset + 16) ? end : undefined;
}

/** Where the next whole frame behind `offset` begins, wherever that is. */
export function nextFrame(data: Buffer, segment: number, offset: number): number | undefined {
  const mark = Buffer.alloc(4);
  mark.writeUInt32LE(magic);
  for (let at = data.indexOf(mark, offset); at >= 0; at = data.indexOf(mark, at + 1)) {
    if (frameEnd(data, segment, at) !== undefined) return at;
  }
  return undefined;
}

const checksum = (frame: Buffer): number => crc32(frame.subarray(frameHeadBytes), crc32(frame.subarray(0, 16)));
