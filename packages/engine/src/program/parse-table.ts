import type { Cursor, NamedToken } from "./cursor.ts";
import { parseProperties } from "./parse-properties.ts";
import { parseType } from "./parse-type.ts";
import { compileError, unsupported, type SourceText } from "./source-text.ts";
import type { ColumnDeclaration, CreateTable, ForeignKey, SqlFragment } from "./statements.ts";

/** Parses what follows `CREATE TABLE`. */
export function parseTable(cursor: Cursor, source: SourceText): CreateTable {
  if (cursor.at("IF", "NOT", "EXISTS"))
    throw unsupported("CREATE TABLE IF NOT EXISTS is not supported: a program declares each table once", cursor.peek());
  const name = cursor.identifier("a table name");
  cursor.expectPunctuation("(");
  const columns: ColumnDeclaration[] = [];
  const foreignKeys: ForeignKey[] = [];
  let primaryKey: readonly NamedToken[] | undefined;
  do {
    if (atTableConstraint(cursor)) {
      const keyToken = cursor.peek();
      const columnList = parseConstraint(cursor, foreignKeys);
      if (columnList === undefined) continue;
      if (primaryKey !== undefined) throw compileError("PRIMARY KEY is declared twice", keyToken);
      primaryKey = columnList;
    } else columns.push(parseColumn(cursor, foreignKeys));
  } while (cursor.acceptPunctuation(","));
  cursor.expectPunctuation(")");
  const properties = parseProperties(cursor, source, "table");
  return { kind: "table", name, columns, primaryKey, foreignKeys, properties };
}

const tableConstraints = [["CONSTRAINT"], ["PRIMARY", "KEY"], ["FOREIGN", "KEY"]];
function atTableConstraint(cursor: Cursor): boolean {
  if (tableConstraints.some((words) => cursor.at(...words))) return true;
  const after = cursor.peek(1);
  return (cursor.at("CHECK") || cursor.at("UNIQUE")) && after.kind === "punctuation" && after.text === "(";
}

/** The primary key's columns, or undefined for another constraint. */
function parseConstraint(cursor: Cursor, foreignKeys: ForeignKey[]): readonly NamedToken[] | undefined {
  if (cursor.accept("CONSTRAINT")) cursor.identifier("a constraint name");
  const token = cursor.peek();
  if (cursor.accept("PRIMARY", "KEY")) return parseColumnList(cursor);
  if (cursor.accept("FOREIGN", "KEY")) {
    const columns = parseColumnList(cursor);
    cursor.expect("REFERENCES");
    foreignKeys.push({ columns, ...parseReference(cursor) });
    return undefined;
  }
  if (cursor.at("CHECK") || cursor.at("UNIQUE")) throw unsupported(`${token.value} constraints are not supported`, token);
  throw cursor.fail("PRIMARY KEY or FOREIGN KEY");
}

function parseReference(cursor: Cursor): { table: NamedToken; references: readonly NamedToken[] } {
  const table = cursor.identifier("a table name");
  return { table, references: parseColumnList(cursor) };
}

/** `(a, b)` */
export function parseColumnList(cursor: Cursor): readonly NamedToken[] {
  cursor.expectPunctuation("(");
  const columns: NamedToken[] = [];
  do columns.push(cursor.identifier("a column name"));
  while (cursor.acceptPunctuation(","));
  cursor.expectPunctuation(")");
  return columns;
}

function parseColumn(cursor: Cursor, foreignKeys: ForeignKey[]): ColumnDeclaration {
  const name = cursor.identifier("a column name");
  const type = parseType(cursor);
  let nullable = true;
  let primaryKey = false;
  let fallback: SqlFragment | undefined;
  let lateness: SqlFragment | undefined;
  for (;;) {
    const token = cursor.peek();
    if (cursor.accept("NOT", "NULL")) nullable = false;
    else if (cursor.accept("NULL")) continue;
    else if (cursor.accept("PRIMARY", "KEY")) primaryKey = true;
    else if (cursor.accept("INTERNED")) continue;
    else if (cursor.accept("DEFAULT")) fallback = parseExpression(cursor);
    else if (cursor.accept("LATENESS")) lateness = parseExpression(cursor);
    else if (cursor.at("REFERENCES") || cursor.at("FOREIGN", "KEY")) {
      cursor.accept("FOREIGN", "KEY");
      cursor.expect("REFERENCES");
      foreignKeys.push({ columns: [name], ...parseReference(cursor) });
    } else if (token.kind === "word" && unsupportedColumnWords.has(token.value))
      throw unsupported(`${token.value} is not supported in a column declaration`, token);
    else break;
  }
  return { name, type: { ...type, nullable: nullable && !primaryKey }, primaryKey, default: fallback, lateness };
}

const unsupportedColumnWords = new Set(["CHECK", "UNIQUE", "WATERMARK", "GENERATED", "COLLATE", "CONSTRAINT", "AS"]);
const constraintWords = new Set([...unsupportedColumnWords, "PRIMARY", "FOREIGN", "REFERENCES", "LATENESS", "DEFAULT", "INTERNED"]);
constraintWords.delete("AS");

/** An expression ends at a comma or closing parenthesis of its own level, or at the next constraint. */
function parseExpression(cursor: Cursor): SqlFragment {
  const first = cursor.peek();
  let last = first;
  let depth = 0;
  for (let count = 0; ; count++) {
    const token = cursor.peek();
    if (token.kind === "end") break;
    if (depth === 0 && (cursor.atPunctuation(",") || cursor.atPunctuation(")"))) break;
    if (depth === 0 && count > 0 && token.kind === "word") {
      const isNot = last.kind === "word" && last.value === "IS";
      if (constraintWords.has(token.value) || (!isNot && cursor.at("NOT", "NULL"))) break;
    }
    if (cursor.atPunctuation("(") || cursor.atPunctuation("[") || cursor.atPunctuation("{")) depth++;
    if (cursor.atPunctuation(")") || cursor.atPunctuation("]") || cursor.atPunctuation("}")) depth--;
    last = cursor.next();
  }
  if (last === first && (first.kind === "end" || first.kind === "punctuation")) throw cursor.fail("an expression");
  return { sql: cursor.text.slice(first.start, last.end), start: first.start, end: last.end };
}
