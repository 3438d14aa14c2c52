import { Unsupported } from "../../plan/unsupported.ts";
import { nextCharacter } from "./characters.ts";

/** One piece of a LIKE pattern: text, any one character (1) or any text (2). */
type Piece = string | 1 | 2;

/** Prepares a LIKE pattern: `%` is any text, `_` any character; `escape` before a character takes it as it is. */
export function createLike(pattern: string, escape = ""): (text: string) => boolean {
  const pieces = parse(pattern, escape);
  if (pieces.every((piece) => piece !== 1)) return createSegmentLike(pieces as (string | 2)[]);
  return (text) => matchesPieces(text, pieces);
}

function parse(pattern: string, escape: string): Piece[] {
  const pieces: Piece[] = [];
  let text = "";
  const special = (piece: 1 | 2): void => {
    if (text !== "") pieces.push(text);
    text = "";
    if (piece !== 2 || pieces.at(-1) !== 2) pieces.push(piece);
  };
  for (let i = 0; i < pattern.length; i++) {
    const unit = pattern[i]!;
    if (unit === escape) {
      if (++i >= pattern.length) throw new Unsupported("LIKE pattern that ends with its escape character");
      text += pattern[i]!;
    } else if (unit === "%") special(2);
    else if (unit === "_") special(1);
    else text += unit;
  }
  if (text !== "") pieces.push(text);
  return pieces;
}

/** Without `_` each text between two `%` is simply searched for, from left to right. */
function createSegmentLike(pieces: readonly (string | 2)[]): (text: string) => boolean {
  if (!pieces.includes(2)) {
    const whole = pieces.join("");
    return (text) => text === whole;
  }
  const first = pieces[0] === 2 ? "" : pieces[0]!;
  const last = pieces.at(-1) === 2 ? "" : (pieces.at(-1) as string);
  const middle = pieces.slice(first === "" ? 0 : 1, last === "" ? undefined : -1).filter((piece) => piece !== 2);
  return (text) => {
    const end = text.length - last.length;
    if (end < first.length || !text.startsWith(first) || !text.endsWith(last)) return false;
    let at = first.length;
    for (const part of middle) {
      const found = text.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return at <= end;
  };
}

/** Goes back to the last `%` alone, which is enough: an earlier one could only skip more. */
function matchesPieces(text: string, pieces: readonly Piece[]): boolean {
  let at = 0;
  let piece = 0;
  let resumePiece = -1;
  let resumeAt = 0;
  for (;;) {
    const next = pieces[piece];
    if (next === 2) {
      resumePiece = ++piece;
      resumeAt = at;
      continue;
    }
    if (next === undefined ? at === text.length : next === 1 ? at < text.length : text.startsWith(next, at)) {
      if (next === undefined) return true;
      at = next === 1 ? nextCharacter(text, at) : at + next.length;
      piece++;
    } else {
      if (resumePiece < 0 || resumeAt >= text.length) return false;
      resumeAt = nextCharacter(text, resumeAt);
      at = resumeAt;
      piece = resumePiece;
    }
  }
}
