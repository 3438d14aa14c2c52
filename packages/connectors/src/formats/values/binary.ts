import { ValueError } from "./value-error.ts";

const form = /^(?:0x|\\x)?((?:[0-9a-f]{2})*)$/i;

/** Reads hexadecimal digits, with or without a 0x in front. */
export function parseHex(text: string): Uint8Array {
  const match = form.exec(text);
  if (match === null) {
    throw new ValueError(`expected an even number of hexadecimal digits, found ${JSON.stringify(text.slice(0, 80))}`);
  }
  return new Uint8Array(Buffer.from(match[1] ?? "", "hex"));
}

/** Writes bytes as hexadecimal digits with 0x in front. */
export function formatHex(bytes: Uint8Array): string {
  return `0x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex")}`;
}
