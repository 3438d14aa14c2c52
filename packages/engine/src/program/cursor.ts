import type { SqlIdentifier } from "../types.ts";
import { parseError, type ProgramError } from "./source-text.ts";
import type { Token } from "./tokenize.ts";

/** An identifier with the token it came from. */
export interface NamedToken extends SqlIdentifier {
  readonly token: Token;
}

/** Reads one statement's tokens from left to right. */
export interface Cursor {
  readonly text: string;
  peek(ahead?: number): Token;
  next(): Token;
  /** True when the coming tokens are exactly these words. */
  at(...words: string[]): boolean;
  /** Consumes these words when they come next. */
  accept(...words: string[]): boolean;
  expect(...words: string[]): Token;
  /** The coming token is this punctuation character. */
  atPunctuation(char: string): boolean;
  acceptPunctuation(char: string): boolean;
  expectPunctuation(char: string): Token;
  identifier(what: string): NamedToken;
  string(what: string): Token;
  integer(what: string): number;
  fail(expected: string): ProgramError;
}

/** `tokens` ends with an `end` token. */
export function createCursor(text: string, tokens: readonly Token[]): Cursor {
  const last = tokens[tokens.length - 1]!;
  let index = 0;
  const peek = (ahead = 0): Token => tokens[index + ahead] ?? last;
  const next = (): Token => {
    const token = peek();
    if (index < tokens.length - 1) index++;
    return token;
  };
  const at = (...words: string[]): boolean => words.every((word, i) => peek(i).kind === "word" && peek(i).value === word);
  const atPunctuation = (char: string): boolean => peek().kind === "punctuation" && peek().text === char;
  const fail = (expected: string): ProgramError => {
    const token = peek();
    const found = token.kind === "end" ? "the end of the statement" : `'${token.text}'`;
    return parseError(`Expected ${expected} but found ${found}`, token.kind === "end" ? endRange(tokens) : token);
  };
  return {
    text,
    peek,
    next,
    at,
    accept(...words) {
      if (!at(...words)) return false;
      for (const _ of words) next();
      return true;
    },
    expect(...words) {
      let token = peek();
      for (const word of words) {
        if (!at(word)) throw fail(word);
        token = next();
      }
      return token;
    },
    atPunctuation,
    acceptPunctuation(char) {
      if (!atPunctuation(char)) return false;
      next();
      return true;
    },
    expectPunctuation(char) {
      if (!atPunctuation(char)) throw fail(`'${char}'`);
      return next();
    },
    identifier(what) {
      const token = peek();
      if (token.kind === "quoted") {
        if (token.value === "") throw parseError(`Expected ${what} but found an empty quoted identifier`, token);
        return { name: token.value, caseSensitive: true, token: next() };
      }
      if (token.kind === "word") return { name: token.text.toLowerCase(), caseSensitive: false, token: next() };
      throw fail(what);
    },
    string(what) {
      if (peek().kind !== "string") throw fail(`${what} as a '…' string`);
      return next();
    },
    integer(what) {
      const token = peek();
      if (token.kind !== "number" || !/^[0-9]+$/.test(token.text)) throw fail(what);
      return Number(next().text);
    },
    fail,
  };
}

/** Just after the last token that is there, so that "unexpected end" points at something visible. */
function endRange(tokens: readonly Token[]): { start: number; end: number } {
  const before = tokens[tokens.length - 2] ?? tokens[tokens.length - 1]!;
  return { start: Math.max(before.start, before.end - 1), end: before.end };
}
