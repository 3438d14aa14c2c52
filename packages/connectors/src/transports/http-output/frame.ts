export type FrameFormat = "json" | "csv";

const utf8 = new TextEncoder();
const decoder = new TextDecoder();
const end = utf8.encode("}\r\n");

/**
 * One element of the stream: a JSON object and a line end. JSON data is put in as the encoder wrote it, without being read
 * again; `bytes` undefined gives a frame without data.
 */
export function encodeFrame(sequence: number, snapshot: boolean, bytes: Uint8Array | undefined, format: FrameFormat): Uint8Array {
  const head = `{"sequence_number":${sequence},"snapshot":${snapshot}`;
  if (bytes === undefined) return utf8.encode(`${head}}\r\n`);
  if (format === "csv") return utf8.encode(`${head},"text_data":${JSON.stringify(decoder.decode(bytes))}}\r\n`);
  if (bytes.byteLength === 0) return utf8.encode(`${head},"json_data":[]}\r\n`);
  return Buffer.concat([utf8.encode(`${head},"json_data":`), withoutLineEnd(bytes), end]);
}

/** An encoder may end its array with a line feed, which would cut the object in two for readers of lines. */
function withoutLineEnd(bytes: Uint8Array): Uint8Array {
  let length = bytes.byteLength;
  while (length > 0 && (bytes[length - 1] === 10 || bytes[length - 1] === 13)) length -= 1;
  return length === bytes.byteLength ? bytes : bytes.subarray(0, length);
}
