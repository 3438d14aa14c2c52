import { Unsupported } from "../../plan/unsupported.ts";

/** A regular expression for which DuckDB's RE2 and JavaScript agree. */
export interface Pattern {
  /** JavaScript source, for flags "u". */
  readonly source: string;
  /** Number of capturing groups. */
  readonly groups: number;
  /** Whether it can match the empty text. */
  readonly nullable: boolean;
}

/** What is known of a part of a pattern. */
interface Part {
  readonly source: string;
  readonly nullable: boolean;
  /** Whether a quantifier other than `?` is inside. */
  readonly repeats: boolean;
  /** Capturing groups inside, not counting the part itself. */
  readonly inner: number;
  /** Whether the part itself is a capturing group. */
  readonly capturing?: boolean;
  /** Whether `^` is inside; whether `$` is: DuckDB's optimiser loses them in the middle of text. */
  readonly starts: boolean;
  readonly ends: boolean;
}

const classes: Readonly<Record<string, string>> = { d: "0-9", w: "0-9A-Za-z_", s: "\\t\\n\\f\\r " };
const controls: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", f: "\f" };
const longest = 300;
const mostRepeats = 200;

/**
 * Reads a pattern by a strict grammar: characters, classes, groups, alternatives, anchors and quantifiers. Left out is what
 * the two engines read differently (empty or nested repetition, groups inside a repeated group, Unicode case) or know alone.
 *
 * @throws Unsupported
 */
export function parsePattern(text: string, dotAll: boolean): Pattern {
  if (text.length > longest) throw new Unsupported("regular expression of more than 300 characters");
  const input = [...text];
  let at = 0;
  let groups = 0;
  const refuse = (what: string): never => {
    throw new Unsupported(`regular expression with ${what}`);
  };

  const alternatives = (): Part => {
    const parts = [sequence()];
    while (input[at] === "|") {
      at++;
      parts.push(sequence());
    }
    return { ...join(parts, "|"), nullable: parts.some((part) => part.nullable) };
  };

  const sequence = (): Part => {
    const parts: Part[] = [];
    while (at < input.length && input[at] !== "|" && input[at] !== ")") parts.push(quantified(atom()));
    if (parts.some((part, i) => (part.starts && i > 0) || (part.ends && i < parts.length - 1))) refuse("an anchor in its middle");
    return { ...join(parts, ""), nullable: parts.every((part) => part.nullable) };
  };

  const quantified = (part: Part): Part => {
    const quantifier = readQuantifier();
    if (quantifier === undefined) return part;
    if (part.nullable || part.starts || part.ends) refuse("a repeated part that can be empty");
    if (quantifier.source !== "?" && part.repeats) refuse("a repetition inside a repetition");
    if (part.inner > 0) refuse("a group inside a repeated group");
    if (input[at] === "?") {
      at++;
      quantifier.source += "?";
    }
    if (["*", "+", "?", "{"].includes(input[at] ?? "")) refuse("two quantifiers in a row");
    const simple = quantifier.source[0] === "?";
    return {
      ...part,
      source: part.source + quantifier.source,
      nullable: quantifier.least === 0,
      repeats: part.repeats || !simple,
      inner: part.inner + Number(part.capturing === true),
      capturing: false,
    };
  };

  const readQuantifier = (): { source: string; readonly least: number } | undefined => {
    const next = input[at];
    if (next === "*" || next === "+" || next === "?") {
      at++;
      return { source: next, least: next === "+" ? 1 : 0 };
    }
    if (next !== "{") return undefined;
    const found = /^\{(\d{1,3})(,(\d{0,3}))?\}/.exec(input.slice(at, at + 12).join(""));
    if (found === null) return refuse("a brace that is not a quantifier");
    const least = Number(found[1]);
    const most = found[3] === undefined || found[3] === "" ? least : Number(found[3]);
    if (most > mostRepeats || most < least || most === 0) refuse("such a count");
    at += found[0].length;
    return { source: found[0], least };
  };

  const atom = (): Part => {
    const next = input[at++]!;
    switch (next) {
      case "(":
        return group();
      case "[":
        return literal(characterClass());
      case ".":
        return literal(dotAll ? "[^]" : "[^\\n]");
      case "^":
      case "$":
        return { ...literal(next), nullable: true, starts: next === "^", ends: next === "$" };
      case "\\":
        return escaped();
      case "*":
      case "+":
      case "?":
      case "{":
      case "}":
      case "]":
        return refuse(`a bare ${next}`);
      default:
        return literal(quote(next));
    }
  };

  const group = (): Part => {
    let capturing = true;
    if (input[at] === "?") {
      if (input[at + 1] !== ":") refuse("flags, names or looking around");
      at += 2;
      capturing = false;
    }
    if (capturing) groups++;
    const part = alternatives();
    if (input[at++] !== ")") refuse("a group that is not closed");
    // A group that is repeated itself keeps its last turn in both engines; one inside it does not.
    return { ...part, source: `${capturing ? "(" : "(?:"}${part.source})`, inner: part.inner, capturing };
  };

  const escaped = (): Part => {
    const next = input[at++] ?? refuse("a backslash at its end");
    if (next === "b" || next === "B") return { ...literal(`\\${next}`), nullable: true };
    if ("dws".includes(next)) return literal(`[${classes[next]!}]`);
    if ("DWS".includes(next)) return literal(`[^${classes[next.toLowerCase()]!}]`);
    return literal(quote(escapedCharacter(next)));
  };

  const escapedCharacter = (next: string): string => {
    const control = controls[next];
    if (control !== undefined) return control;
    return /^[!-/:-@[-`{-~]$/.test(next) ? next : refuse(`\\${next}`);
  };

  const characterClass = (): string => {
    let source = "[";
    if (input[at] === "^") {
      at++;
      source += "^";
    }
    if (input[at] === "]") refuse("an empty class");
    while (input[at] !== "]") {
      const low = member();
      if (input[at] === "-" && input[at + 1] !== "]") {
        at++;
        const high = member();
        if (low.length !== 1 || high.length !== 1 || low[0]! > high[0]!) refuse("such a range");
        source += `${quoteInClass(low[0]!)}-${quoteInClass(high[0]!)}`;
      } else source += low.length === 1 ? quoteInClass(low[0]!) : low.slice(1).join("");
    }
    at++;
    return `${source}]`;
  };

  /** A class's next member: [code point] of a character, or [-1, source] of a class by letter. */
  const member = (): [number] | [number, string] => {
    const next = input[at++] ?? refuse("a class that is not closed");
    if (next === "[") refuse("a bracket inside a class");
    if (next !== "\\") return [next.codePointAt(0)!];
    const name = input[at++] ?? refuse("a backslash at its end");
    const named = classes[name];
    return named === undefined ? [escapedCharacter(name).codePointAt(0)!] : [-1, named];
  };

  const whole = alternatives();
  if (at < input.length) refuse("a parenthesis too many");
  return { source: whole.source, groups, nullable: whole.nullable };
}

function join(parts: readonly Part[], separator: string): Omit<Part, "nullable"> {
  return {
    source: parts.map((part) => part.source).join(separator),
    repeats: parts.some((part) => part.repeats),
    starts: parts.some((part) => part.starts),
    ends: parts.some((part) => part.ends),
    inner: parts.reduce((sum, part) => sum + part.inner + Number(part.capturing === true), 0),
  };
}
const literal = (source: string): Part => ({ source, nullable: false, repeats: false, inner: 0, starts: false, ends: false });
const quote = (character: string): string => (/^[A-Za-z0-9]$/.test(character) ? character : codePoint(character.codePointAt(0)!));
const quoteInClass = codePoint;
function codePoint(value: number): string {
  return `\\u{${value.toString(16)}}`;
}
