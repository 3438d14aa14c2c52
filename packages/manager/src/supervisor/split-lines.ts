import { StringDecoder } from "node:string_decoder";
import type { Readable } from "node:stream";

/** A longer line is cut into several, so that output without line ends does not pile up. */
const longest = 16_384;

/** Calls `onLine` for each line of a stream, without its end. */
export function splitLines(stream: Readable, onLine: (line: string) => void): void {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  const take = (text: string): void => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line.endsWith("\r") ? line.slice(0, -1) : line);
    for (; rest.length > longest; rest = rest.slice(longest)) onLine(rest.slice(0, longest));
  };
  stream.on("data", (chunk: Buffer) => {
    take(decoder.write(chunk));
  });
  stream.on("end", () => {
    take(decoder.end());
    if (rest !== "") onLine(rest);
  });
  stream.on("error", () => undefined);
}
