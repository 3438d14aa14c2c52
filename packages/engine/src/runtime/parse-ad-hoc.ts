import { EngineError } from "../errors.ts";
import { createCursor } from "../program/cursor.ts";
import { queryWords, splitStatements } from "../program/parse-program.ts";
import { ProgramError } from "../program/source-text.ts";
import { tokenize, type Token } from "../program/tokenize.ts";

export type AdHocStatement =
  | { readonly kind: "select"; readonly sql: string }
  | {
      readonly kind: "insert";
      readonly table: string;
      readonly columns: readonly string[] | undefined;
      readonly query: string;
    };

/** Splits an ad-hoc request; everything but queries and INSERT is refused by name. @throws EngineError `ad_hoc_query` */
export function parseAdHoc(text: string): AdHocStatement[] {
  try {
    return splitStatements(tokenize(text)).map((tokens) => parseStatement(text, tokens));
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error;
    throw new EngineError("ad_hoc_query", error.message, { cause: error });
  }
}

function parseStatement(text: string, tokens: readonly Token[]): AdHocStatement {
  const first = tokens[0]!;
  const end = tokens[tokens.length - 2]!.end;
  const isQuery = queryWords.has(first.value) || first.text === "(";
  if (isQuery) return { kind: "select", sql: text.slice(first.start, end) };
  const cursor = createCursor(text, tokens);
  if (!cursor.accept("INSERT"))
    throw new EngineError(
      "ad_hoc_query",
      `${first.text.toUpperCase()} is not supported in an ad-hoc query: only SELECT and INSERT INTO are`,
    );
  cursor.expect("INTO");
  const table = cursor.identifier("a table name").name;
  const columns: string[] = [];
  const listed = cursor.acceptPunctuation("(");
  if (listed) {
    do columns.push(cursor.identifier("a column name").name);
    while (cursor.acceptPunctuation(","));
    cursor.expectPunctuation(")");
  }
  const query = cursor.peek();
  if (!queryWords.has(query.value)) throw cursor.fail("VALUES or SELECT");
  return { kind: "insert", table, columns: listed ? columns : undefined, query: text.slice(query.start, end) };
}
