/** A JSON value that keeps what DuckDB keeps: the order and repetition of keys, and whole numbers of any size. */
export type Json =
  | { readonly type: "NULL" }
  | { readonly type: "BOOLEAN"; readonly value: boolean }
  /** `text` is the number as DuckDB writes it. */
  | { readonly type: "UBIGINT" | "BIGINT" | "DOUBLE"; readonly text: string }
  | { readonly type: "VARCHAR"; readonly value: string }
  | { readonly type: "ARRAY"; readonly items: readonly Json[] }
  | { readonly type: "OBJECT"; readonly entries: readonly (readonly [key: string, value: Json])[] };

const escapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};

function quote(text: string): string {
  const escaped = text.replace(
    /["\\\u0000-\u001f]/g,
    (unit) => escapes[unit] ?? `\\u${unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`,
  );
  return `"${escaped}"`;
}

/** The value as DuckDB writes it: without spaces. */
export function writeJson(json: Json): string {
  switch (json.type) {
    case "NULL":
      return "null";
    case "BOOLEAN":
      return String(json.value);
    case "VARCHAR":
      return quote(json.value);
    case "ARRAY":
      return `[${json.items.map(writeJson).join(",")}]`;
    case "OBJECT":
      return `{${json.entries.map(([key, value]) => `${quote(key)}:${writeJson(value)}`).join(",")}}`;
    default:
      return json.text;
  }
}
