import { createCursor, type Cursor } from "./cursor.ts";
import { parseProperties } from "./parse-properties.ts";
import { parseColumnList, parseTable } from "./parse-table.ts";
import { parseError, ProgramError, unsupported, type SourceText } from "./source-text.ts";
import type { CreateIndex, CreateView, Statement } from "./statements.ts";
import { tokenize, type Token } from "./tokenize.ts";

export interface ParsedProgram {
  readonly statements: readonly Statement[];
  /** One for each statement that could not be read. */
  readonly errors: readonly ProgramError[];
  /** Lower-case names of the relations that those statements would declare. */
  readonly broken: readonly string[];
}

/** Parses a program's statements; a mistake in one does not hide those in others. */
export function parseProgram(source: SourceText): ParsedProgram {
  const statements: Statement[] = [];
  const errors: ProgramError[] = [];
  const broken: string[] = [];
  const attempt = <T>(work: () => T): T | undefined => {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof ProgramError)) throw error;
      errors.push(error);
      return undefined;
    }
  };
  const tokens = attempt(() => tokenize(source.text)) ?? [];
  for (const statement of splitStatements(tokens)) {
    const parsed = attempt(() => parseStatement(createCursor(source.text, statement), source));
    if (parsed !== undefined) statements.push(parsed);
    else broken.push(...declaredName(statement));
  }
  return { statements, errors, broken };
}

/** The name after CREATE … TABLE or VIEW, if there is one. */
function declaredName(statement: readonly Token[]): string[] {
  const word = statement.findIndex((token) => token.value === "TABLE" || token.value === "VIEW");
  const name = statement[word + 1];
  if (word < 0 || word > 2 || name === undefined || (name.kind !== "word" && name.kind !== "quoted")) return [];
  return [name.value.toLowerCase()];
}

/** Token lists of the statements between semicolons, each with an `end` token. */
export function splitStatements(tokens: readonly Token[]): Token[][] {
  const statements: Token[][] = [];
  let current: Token[] = [];
  for (const token of tokens) {
    const ends = token.kind === "end" || (token.kind === "punctuation" && token.text === ";");
    if (!ends) current.push(token);
    else {
      if (current.length > 0) {
        current.push({ kind: "end", text: "", value: "", start: token.start, end: token.start });
        statements.push(current);
      }
      current = [];
    }
  }
  return statements;
}

const refusedCreate = ["TYPE", "FUNCTION", "AGGREGATE", "LINEAR", "SCHEMA", "DATABASE", "SEQUENCE", "MACRO"];

function parseStatement(cursor: Cursor, source: SourceText): Statement {
  const first = cursor.peek();
  if (!cursor.accept("CREATE")) throw refuse(cursor);
  if (cursor.at("OR", "REPLACE"))
    throw unsupported("CREATE OR REPLACE is not supported: a program declares each relation once", cursor.peek());
  const refused = refusedCreate.find((word) => cursor.at(word));
  if (refused !== undefined)
    throw unsupported(`CREATE ${refused === "LINEAR" ? "LINEAR AGGREGATE" : refused} is not supported`, {
      start: first.start,
      end: cursor.peek().end,
    });
  if (cursor.accept("TABLE")) return finish(cursor, parseTable(cursor, source));
  if (cursor.accept("INDEX")) return finish(cursor, parseIndex(cursor));
  const mode = cursor.accept("MATERIALIZED") ? "materialized" : cursor.accept("LOCAL") ? "local" : "plain";
  if (cursor.accept("VIEW")) return parseView(cursor, source, mode);
  throw cursor.fail(mode === "plain" ? "TABLE, VIEW, MATERIALIZED VIEW, LOCAL VIEW or INDEX" : "VIEW");
}

function refuse(cursor: Cursor): ProgramError {
  const token = cursor.peek();
  const known: Readonly<Record<string, string>> = {
    SET: "SET is not supported in a program",
    DECLARE: "DECLARE RECURSIVE VIEW is not supported: recursion inside one view, WITH RECURSIVE, is",
    LATENESS: "The LATENESS statement is not supported: declare LATENESS on a table's column",
    DROP: "DROP is not supported: leave the relation out of the program",
    SELECT: "A program has no queries of its own: write CREATE VIEW name AS SELECT …",
    INSERT: "A program has no INSERT: send rows through a connector, ingress or an ad-hoc query",
  };
  const words = token.kind === "word" ? known[token.value] : undefined;
  return words === undefined
    ? parseError(`Expected CREATE TABLE, CREATE VIEW or CREATE INDEX but found '${token.text}'`, token)
    : unsupported(words, token);
}

function finish<T>(cursor: Cursor, statement: T): T {
  if (cursor.peek().kind !== "end") throw cursor.fail("';'");
  return statement;
}

function parseIndex(cursor: Cursor): CreateIndex {
  const name = cursor.identifier("an index name");
  cursor.expect("ON");
  const relation = cursor.identifier("a view name");
  return { kind: "index", name, relation, columns: parseColumnList(cursor) };
}

/** Words that a query may begin with. */
export const queryWords: ReadonlySet<string> = new Set(["SELECT", "WITH", "VALUES", "FROM"]);

function parseView(cursor: Cursor, source: SourceText, mode: CreateView["mode"]): CreateView {
  if (cursor.at("IF", "NOT", "EXISTS"))
    throw unsupported("CREATE VIEW IF NOT EXISTS is not supported: a program declares each view once", cursor.peek());
  const name = cursor.identifier("a view name");
  const columns = cursor.atPunctuation("(") ? parseColumnList(cursor) : undefined;
  const properties = parseProperties(cursor, source, "view");
  cursor.expect("AS");
  const first = cursor.peek();
  if (!queryWords.has(first.value) && !cursor.atPunctuation("(")) throw cursor.fail("a query: SELECT, WITH or VALUES");
  let last = first;
  while (cursor.peek().kind !== "end") last = cursor.next();
  const query = { sql: source.text.slice(first.start, last.end), start: first.start, end: last.end };
  return { kind: "view", name, mode, columns, properties, query };
}
