import { ClientError } from "./errors.ts";

/** A longer line is taken for an attack or a defect. */
const maxLineLength = 256 * 1024 * 1024;

/** Cuts text that arrives in pieces into lines, without their line ends (`\n` or `\r\n`). */
export interface LineSplitter {
  readonly push: (chunk: Uint8Array) => readonly string[];
  /** The last line, when it had no line end. */
  readonly end: () => string | undefined;
}

const withoutReturn = (line: string) => (line.endsWith("\r") ? line.slice(0, -1) : line);

export function createLineSplitter(): LineSplitter {
  const decoder = new TextDecoder();
  // The pieces of an unfinished line stay apart until its end comes: joining at each arrival would be quadratic.
  let pieces: string[] = [];
  let held = 0;
  const take = (last: string): string => {
    pieces.push(last);
    const line = pieces.length === 1 ? last : pieces.join("");
    pieces = [];
    held = 0;
    return withoutReturn(line);
  };
  return {
    push: (chunk) => {
      const text = decoder.decode(chunk, { stream: true });
      const lines: string[] = [];
      let from = 0;
      for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", from)) {
        lines.push(take(text.slice(from, at)));
        from = at + 1;
      }
      if (from < text.length) {
        held += text.length - from;
        if (held > maxLineLength) {
          throw new ClientError("malformed_reply", `A line of the stream is longer than ${maxLineLength} characters.`);
        }
        pieces.push(text.slice(from));
      }
      return lines;
    },
    end: () => {
      const line = take(decoder.decode());
      return line === "" ? undefined : line;
    },
  };
}
