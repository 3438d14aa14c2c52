import { parseError } from "./source-text.ts";

export type TokenKind = "word" | "quoted" | "string" | "number" | "punctuation" | "end";

export interface Token {
  readonly kind: TokenKind;
  /** As written. */
  readonly text: string;
  /** Word: upper case, for comparing with keywords. Quoted identifier and string: without quotes, doubling undone. */
  readonly value: string;
  /** UTF-16 offsets, half open. */
  readonly start: number;
  readonly end: number;
}

const wordStart = /[\p{L}_]/u;
const wordPart = /[\p{L}\p{N}_$]/u;
const space = /\s/;
const digit = /[0-9]/;

/**
 * Splits SQL into tokens with their offsets; comments and white space are left out.
 *
 * @throws ProgramError for an unterminated comment, string or quoted identifier, and for dollar-quoted strings.
 */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const push = (kind: TokenKind, start: number, end: number, value: string): void => {
    tokens.push({ kind, text: text.slice(start, end), value, start, end });
    at = end;
  };
  while (at < text.length) {
    const start = at;
    const char = text[at]!;
    const next = text[at + 1];
    if (space.test(char)) at++;
    else if (char === "-" && next === "-") at = endOfLine(text, at);
    else if (char === "/" && next === "*") at = endOfComment(text, at);
    else if (char === "'") {
      const end = endOfQuoted(text, at, "'", "string");
      push("string", start, end, text.slice(start + 1, end - 1).replaceAll("''", "'"));
    } else if (char === '"') {
      const end = endOfQuoted(text, at, '"', "quoted identifier");
      push("quoted", start, end, text.slice(start + 1, end - 1).replaceAll('""', '"'));
    } else if ((char === "e" || char === "E") && next === "'") {
      const end = endOfEscapeString(text, at + 1);
      push("string", start, end, text.slice(start + 2, end - 1));
    } else if (wordStart.test(char)) {
      let end = at + 1;
      while (end < text.length && wordPart.test(text[end]!)) end++;
      push("word", start, end, text.slice(start, end).toUpperCase());
    } else if (digit.test(char) || (char === "." && next !== undefined && digit.test(next))) {
      const end = endOfNumber(text, at);
      push("number", start, end, text.slice(start, end));
    } else if (char === "$" && next !== undefined && (next === "$" || wordStart.test(next))) {
      throw parseError("Dollar-quoted strings are not supported: use '…' with '' for a quote", { start, end: start + 1 });
    } else push("punctuation", start, start + 1, char);
  }
  tokens.push({ kind: "end", text: "", value: "", start: text.length, end: text.length });
  return tokens;
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end === -1 ? text.length : end;
}

/** Block comments nest, as they do in DuckDB. */
function endOfComment(text: string, from: number): number {
  let depth = 0;
  for (let i = from; i < text.length - 1; i++) {
    if (text[i] === "/" && text[i + 1] === "*") {
      depth++;
      i++;
    } else if (text[i] === "*" && text[i + 1] === "/") {
      depth--;
      i++;
      if (depth === 0) return i + 1;
    }
  }
  throw parseError("Comment is not closed: expected */", { start: from, end: from + 2 });
}

function endOfQuoted(text: string, from: number, quote: string, what: string): number {
  for (let i = from + 1; i < text.length; i++) {
    if (text[i] !== quote) continue;
    if (text[i + 1] !== quote) return i + 1;
    i++;
  }
  throw parseError(`The ${what} is not closed: expected ${quote}`, { start: from, end: from + 1 });
}

function endOfEscapeString(text: string, from: number): number {
  for (let i = from + 1; i < text.length; i++) {
    if (text[i] === "\\") i++;
    else if (text[i] === "'") {
      if (text[i + 1] !== "'") return i + 1;
      i++;
    }
  }
  throw parseError("The string is not closed: expected '", { start: from, end: from + 1 });
}

function endOfNumber(text: string, from: number): number {
  const match = /^(?:0[xX][0-9a-fA-F_]+|[0-9_]*\.?[0-9_]*(?:[eE][+-]?[0-9]+)?)/.exec(text.slice(from, from + 400));
  return from + Math.max(1, match?.[0].length ?? 1);
}
