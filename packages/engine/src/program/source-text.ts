import type { CompilerMessage, SourcePosition } from "../types.ts";

/** A program's text with a table of its line starts: turns offsets into the positions that compilers report. */
export interface SourceText {
  readonly text: string;
  /** Position of the half-open range `[start, end)` of UTF-16 offsets; an empty range still covers one column. */
  position(start: number, end: number): SourcePosition;
  /** The offsets of a position. */
  range(position: SourcePosition): { readonly start: number; readonly end: number };
  /** The lines of a position with a marker below the first. */
  snippet(position: SourcePosition): string;
}

export function createSourceText(text: string): SourceText {
  const lineStarts = [0];
  for (let i = text.indexOf("\n"); i !== -1; i = text.indexOf("\n", i + 1)) lineStarts.push(i + 1);
  const locate = (offset: number): { line: number; column: number } => {
    let low = 0;
    let high = lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (lineStarts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - lineStarts[low]! + 1 };
  };
  return {
    text,
    position(start, end) {
      const from = Math.max(0, Math.min(start, text.length));
      const first = locate(from);
      const last = locate(Math.max(from, Math.min(end, text.length) - 1));
      return { startLine: first.line, startColumn: first.column, endLine: last.line, endColumn: last.column };
    },
    range: ({ startLine, startColumn, endLine, endColumn }) => ({
      start: lineStarts[startLine - 1]! + startColumn - 1,
      end: lineStarts[endLine - 1]! + endColumn,
    }),
    snippet(position) {
      const from = lineStarts[position.startLine - 1] ?? 0;
      const next = lineStarts[position.startLine];
      const line = text.slice(from, next === undefined ? text.length : next - 1).replace(/\r$/, "");
      const prefix = `${String(position.startLine).padStart(5)}|`;
      const width = position.endLine === position.startLine ? position.endColumn - position.startColumn + 1 : 1;
      // Tabs are kept so that the marker stands under the token in any tab width.
      const blank = (line.slice(0, position.startColumn - 1) + " ".repeat(position.startColumn)).slice(0, position.startColumn - 1);
      return `${prefix}${line}\n${" ".repeat(prefix.length)}${blank.replace(/[^\t]/g, " ")}${"^".repeat(Math.max(1, width))}`;
    },
  };
}

/** A mistake in a program, at the half-open range `[start, end)` of its text. */
export class ProgramError extends Error {
  readonly errorType: string;
  readonly start: number;
  readonly end: number;
  constructor(errorType: string, message: string, range: { readonly start: number; readonly end: number }) {
    super(message);
    this.name = "ProgramError";
    this.errorType = errorType;
    this.start = range.start;
    this.end = range.end;
  }
}

export const parseError = (message: string, range: { readonly start: number; readonly end: number }): ProgramError =>
  new ProgramError("Error parsing SQL", message, range);
export const compileError = (message: string, range: { readonly start: number; readonly end: number }): ProgramError =>
  new ProgramError("Compilation error", message, range);
export const unsupported = (message: string, range: { readonly start: number; readonly end: number }): ProgramError =>
  new ProgramError("Not supported", message, range);

export function toCompilerMessage(source: SourceText, error: ProgramError, warning = false): CompilerMessage {
  const position = source.position(error.start, error.end);
  return { warning, errorType: error.errorType, message: error.message, position, snippet: source.snippet(position) };
}
