import { EvaluationError } from "../../expression/evaluation-error.ts";
import type { Json } from "./json-value.ts";

const spaces = /[ \t\n\r]*/y;
const number = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
const special = /-?(?:nan|inf(?:inity)?)/iy;

const plain = /[^"\\\u0000-\u001f]*/y;
const escapes: Readonly<Record<string, string>> = { '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

/** JavaScript's stack is the limit here, which DuckDB does not have. */
const deepest = 1000;

/** Reads JSON by the rules of DuckDB's reader: NaN and infinities, and a comma after the last item, are let through. Undefined when it is malformed. */
export function parseJson(text: string): Json | undefined {
  let at = 0;
  let depth = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found !== null) at = pattern.lastIndex;
    return found;
  };
  const next = (expected: string): boolean => {
    take(spaces);
    if (text[at] !== expected) return false;
    at++;
    return true;
  };

  const value = (): Json | undefined => {
    take(spaces);
    switch (text[at]) {
      case "{":
        return nested(object);
      case "[":
        return nested(array);
      case '"': {
        const content = string();
        return content === undefined ? undefined : { type: "VARCHAR", value: content };
      }
      default:
        return word("null")
          ? { type: "NULL" }
          : word("true")
            ? { type: "BOOLEAN", value: true }
            : word("false")
              ? { type: "BOOLEAN", value: false }
              : numeral();
    }
  };
  const nested = (inner: () => Json | undefined): Json | undefined => {
    if (++depth > deepest) throw new EvaluationError("JSON nested too deep");
    const result = inner();
    depth--;
    return result;
  };
  const word = (expected: string): boolean => {
    if (!text.startsWith(expected, at)) return false;
    at += expected.length;
    return true;
  };
  const array = (): Json | undefined => {
    const items: Json[] = [];
    at++;
    while (!next("]")) {
      const item = value();
      if (item === undefined) return undefined;
      items.push(item);
      if (!next(",")) return next("]") ? { type: "ARRAY", items } : undefined;
    }
    return { type: "ARRAY", items };
  };
  const object = (): Json | undefined => {
    const entries: [string, Json][] = [];
    at++;
    while (!next("}")) {
      const key = text[at] === '"' ? string() : undefined;
      if (key === undefined || !next(":")) return undefined;
      const item = value();
      if (item === undefined) return undefined;
      entries.push([key, item]);
      if (!next(",")) return next("}") ? { type: "OBJECT", entries } : undefined;
    }
    return { type: "OBJECT", entries };
  };
  const string = (): string | undefined => {
    let content = "";
    at++;
    for (;;) {
      content += take(plain)![0];
      const unit = text[at++];
      if (unit === '"') return content;
      if (unit !== "\\") return undefined;
      const escaped = escape();
      if (escaped === undefined) return undefined;
      content += escaped;
    }
  };
  const escape = (): string | undefined => {
    const letter = text[at++] ?? "";
    if (letter !== "u") return escapes[letter];
    const unit = hexadecimal();
    if (unit === undefined || (unit >= 0xdc00 && unit <= 0xdfff)) return undefined;
    if (unit < 0xd800 || unit > 0xdbff) return String.fromCharCode(unit);
    if (text[at++] !== "\\" || text[at++] !== "u") return undefined;
    const low = hexadecimal();
    return low === undefined || low < 0xdc00 || low > 0xdfff ? undefined : String.fromCharCode(unit, low);
  };
  const hexadecimal = (): number | undefined => {
    const digits = text.slice(at, at + 4);
    at += 4;
    return /^[0-9a-fA-F]{4}$/.test(digits) ? parseInt(digits, 16) : undefined;
  };
  const numeral = (): Json | undefined => {
    const found = take(number);
    if (found !== null) return numberOf(found[0], found[1] !== undefined || found[2] !== undefined);
    const name = take(special)?.[0];
    return name === undefined ? undefined : { type: "DOUBLE", text: name };
  };

  const result = value();
  take(spaces);
  return at === text.length ? result : undefined;
}

function numberOf(text: string, real: boolean): Json {
  if (real) {
    const value = Number(text);
    return { type: "DOUBLE", text: Number.isFinite(value) ? realText(value) : text };
  }
  const value = BigInt(text);
  if (text.startsWith("-")) return value < -(2n ** 63n) ? { type: "DOUBLE", text } : { type: "BIGINT", text: String(value) };
  return { type: value < 2n ** 64n ? "UBIGINT" : "DOUBLE", text };
}

function realText(value: number): string {
  if (Object.is(value, -0)) return "-0.0";
  const text = String(value).replace("e+", "e");
  return /[.e]/.test(text) ? text : `${text}.0`;
}
