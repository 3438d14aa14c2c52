import { open, readdir, readFile, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { ByteReader } from "./byte-reader.ts";
import { frameEnd, frameHeadBytes, headBytes, nextFrame, readHead } from "./frame.ts";
import { ioFault, storageFault } from "./storage-fault.ts";

/** A record as it stands in a segment. */
export interface StoredRecord {
  readonly segment: number;
  readonly kind: number;
  readonly payload: ByteReader;
}

/** A sequence of segment files in a directory: `<name>-<number>.log`. */
export interface SegmentSequence {
  readonly directory: string;
  readonly name: string;
}

export const segmentPath = ({ directory, name }: SegmentSequence, number: number): string =>
  join(directory, `${name}-${String(number).padStart(8, "0")}.log`);

/** The numbers of the segments that are there, in order. */
export async function listSegments({ directory, name }: SegmentSequence): Promise<number[]> {
  const pattern = new RegExp(`^${name}-(\\d{8,})\\.log$`);
  const entries = await readdir(directory).catch((error: unknown) => {
    throw ioFault(directory, "listing the directory", error);
  });
  const numbers = entries.flatMap((entry) => {
    const match = pattern.exec(entry);
    return match === null ? [] : [Number(match[1])];
  });
  return numbers.sort((a, b) => a - b);
}

const clearAdvice = "Restore it from a copy, or clear the pipeline's storage, which loses what it holds";

/**
 * Checks that the segments from `first` on are all there and whole, and cuts off what a crash left half written at the very end.
 *
 * @returns their numbers. @throws PipelineError `StorageError` that names the file
 */
export async function repairSegments(
  sequence: SegmentSequence,
  first: number,
  options: { readonly mayBeEmpty?: boolean } = {},
): Promise<number[]> {
  const numbers = (await listSegments(sequence)).filter((number) => number >= first);
  let expected = first;
  for (const number of numbers) {
    if (number !== expected) throw missing(sequence, expected);
    expected += 1;
  }
  if (numbers.length === 0 && first > 1 && options.mayBeEmpty !== true) throw missing(sequence, first);
  const last = numbers.at(-1);
  for (const number of numbers) await repairSegment(sequence, number, number === last);
  return numbers;
}

const missing = (sequence: SegmentSequence, number: number): Error =>
  storageFault(segmentPath(sequence, number), `the file is missing, but what it holds is still needed. ${clearAdvice}`);

async function repairSegment(sequence: SegmentSequence, number: number, last: boolean): Promise<void> {
  const path = segmentPath(sequence, number);
  const data = await readWhole(path);
  const end = wholeLength(path, data, number, last);
  if (end === data.length) return;
  let file: FileHandle | undefined;
  try {
    file = await open(path, "r+");
    await file.truncate(end);
    await file.datasync();
  } catch (error) {
    throw ioFault(path, "cutting off what a crash left half written", error);
  } finally {
    await file?.close();
  }
}

/** Bytes up to the end of the last whole frame; only the last segment may hold something behind it. */
function wholeLength(path: string, data: Buffer, number: number, last: boolean): number {
  const head = readHead(data);
  if (head.kind === "version") {
    const text = `it was written by another version of Headgate (journal format ${String(head.version)}). Start the pipeline with that version`;
    throw storageFault(path, `${text}, or clear its storage`);
  }
  if (head.kind === "short" && last) return 0;
  if (head.kind !== "ours") throw storageFault(path, `it is not a journal segment, or its beginning is damaged. ${clearAdvice}`);
  let at = headBytes;
  for (let end = frameEnd(data, number, at); end !== undefined; end = frameEnd(data, number, at)) at = end;
  if (at === data.length) return at;
  const behind = nextFrame(data, number, at);
  if (last && behind === undefined) return at;
  throw storageFault(
    path,
    `it is damaged at byte ${String(at)}${behind === undefined ? "" : ", and whole records follow"}. ${clearAdvice}`,
  );
}

/** The records of a segment that {@link repairSegments} has seen, in order. */
export async function readSegment(sequence: SegmentSequence, number: number): Promise<StoredRecord[]> {
  const path = segmentPath(sequence, number);
  const data = await readWhole(path);
  const records: StoredRecord[] = [];
  let at = headBytes;
  for (let end = frameEnd(data, number, at); end !== undefined; end = frameEnd(data, number, at)) {
    for (let record = at + frameHeadBytes; record < end;) {
      const length = data.readUInt32LE(record);
      const from = record + 5;
      if (from + length > end) throw storageFault(path, `the record at byte ${String(record)} is longer than its frame. ${clearAdvice}`);
      records.push({ segment: number, kind: data[record + 4] ?? 0, payload: new ByteReader(data, from, from + length) });
      record = from + length;
    }
    at = end;
  }
  return records;
}

async function readWhole(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw ioFault(path, "reading the file", error);
  }
}
