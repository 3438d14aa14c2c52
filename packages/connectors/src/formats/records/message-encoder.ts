import type { Delta, Row } from "@headgate/engine";
import type { EncodedChunk, EncodedMessage, EncodeError } from "@headgate/connector-kit";
import { maxCopies } from "./chunk-encoder.ts";

/** How many messages, and bytes in them, are handed over at once: enough to fill a request, little enough to hold. */
const chunkMessages = 5000;
const chunkBytes = 4 * 1024 * 1024;
const noBytes = new Uint8Array(0);

/** Makes the message of one change; `weight` is positive for an insert. */
export type MessageWriter = (row: Row, weight: number) => EncodedMessage;

/**
 * Encodes a delta as messages, one for each copy of a row. Deletes come first: a reader that applies messages in order never removes
 * what it has just been given.
 */
export function* encodeMessages(delta: Delta, write: MessageWriter): Generator<EncodedChunk | EncodeError> {
  const collector = new MessageCollector();
  for (const deletes of delta.some((entry) => entry[1] < 0) ? [true, false] : [false]) {
    for (const [row, weight] of delta) {
      if (weight < 0 !== deletes || weight === 0) continue;
      const message = encodeMessage(row, weight, write);
      if ("message" in message) {
        yield message;
        continue;
      }
      for (let copy = Math.abs(weight); copy > 0; copy--) {
        collector.add(message);
        if (collector.full) yield collector.take();
      }
    }
  }
  if (!collector.empty) yield collector.take();
}

/** Gathers messages to chunks. */
export class MessageCollector {
  #messages: EncodedMessage[] = [];
  #bytes = 0;

  get empty(): boolean {
    return this.#messages.length === 0;
  }
  get full(): boolean {
    return this.#messages.length >= chunkMessages || this.#bytes >= chunkBytes;
  }
  add(message: EncodedMessage): void {
    this.#messages.push(message);
    this.#bytes += (message.key?.byteLength ?? 0) + (message.value?.byteLength ?? 0);
  }
  take(): EncodedChunk {
    const messages = this.#messages;
    this.#messages = [];
    this.#bytes = 0;
    return { bytes: noBytes, records: messages.length, messages };
  }
}

function encodeMessage(row: Row, weight: number, write: MessageWriter): EncodedMessage | EncodeError {
  try {
    if (Math.abs(weight) <= maxCopies) return write(row, weight);
    return { message: `the view holds ${Math.abs(weight)} copies of a row; use SELECT DISTINCT, or count them` };
  } catch (error) {
    return encodeFault(error);
  }
}

/** What is told of a row that a format cannot express. */
export function encodeFault(error: unknown): EncodeError {
  return { message: `a row cannot be encoded: ${error instanceof Error ? error.message : String(error)}` };
}
