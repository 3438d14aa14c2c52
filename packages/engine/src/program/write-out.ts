import { clockTable } from "./clock-table.ts";
import { tokenize, type Token } from "./tokenize.ts";
import { writeOutWindow, type WrittenOut } from "./window-functions.ts";

/** A query in DuckDB's words, and where its text came from. */
export interface RewrittenQuery {
  readonly sql: string;
  /** The offset in the query as written of an offset in `sql`. */
  toSource(offset: number): number;
  /** It reads the pipeline's clock. */
  readonly usesClock: boolean;
}

/**
 * Writes out what the dialect has and DuckDB does not: the table functions TUMBLE and HOP, and NOW() as the pipeline's clock, which
 * moves from step to step.
 *
 * @throws ProgramError with offsets in `sql`
 */
export function writeOut(sql: string): RewrittenQuery {
  const tokens = tokenize(sql);
  const pieces: Piece[] = [];
  let copied = 0;
  let usesClock = false;
  for (let i = 0; i < tokens.length; i++) {
    const now = writeOutNow(tokens, i);
    const written = now ?? writeOutWindow(sql, tokens, i);
    if (written === undefined) continue;
    usesClock ||= now !== undefined;
    const start = tokens[i]!.start;
    pieces.push({ text: sql.slice(copied, start), from: copied, fixed: false }, { text: written.text, from: start, fixed: true });
    i += written.tokens - 1;
    copied = tokens[i]!.end;
  }
  if (pieces.length === 0) return { sql, toSource: (offset) => offset, usesClock };
  pieces.push({ text: sql.slice(copied), from: copied, fixed: false });
  return { sql: pieces.map((piece) => piece.text).join(""), toSource: (offset) => sourceOffset(pieces, offset), usesClock };
}

/** NOW() and CURRENT_TIMESTAMP; an aggregate, so that DuckDB needs no proof that the clock has one row. */
function writeOutNow(tokens: readonly Token[], at: number): WrittenOut | undefined {
  const token = tokens[at]!;
  const isWord = (name: string): boolean => token.kind === "word" && token.value === name && tokens[at - 1]?.text !== ".";
  const text = `(SELECT max(now) FROM ${clockTable.name})`;
  if (isWord("CURRENT_TIMESTAMP")) return { text, tokens: 1 };
  const called = tokens[at + 1]?.text === "(" && tokens[at + 2]?.text === ")";
  return isWord("NOW") && called ? { text, tokens: 3 } : undefined;
}

interface Piece {
  readonly text: string;
  readonly from: number;
  /** Every offset in it stands for its beginning. */
  readonly fixed: boolean;
}

function sourceOffset(pieces: readonly Piece[], offset: number): number {
  let at = 0;
  for (const piece of pieces) {
    if (offset < at + piece.text.length) return piece.fixed ? piece.from : piece.from + offset - at;
    at += piece.text.length;
  }
  const last = pieces.at(-1)!;
  return last.from + last.text.length;
}
