import { duckdbTypeSql, formatType } from "../duckdb/column-type.ts";
import type { ColumnType } from "../types.ts";
import { createCursor, type Cursor } from "./cursor.ts";
import { parseType } from "./parse-type.ts";
import { compileError, ProgramError, unsupported } from "./source-text.ts";
import type { SqlFragment } from "./statements.ts";
import { tokenize } from "./tokenize.ts";

const word = "CONNECTOR_METADATA";
const advice = "a DEFAULT can read it as CAST(CONNECTOR_METADATA()['kafka_topic'] AS VARCHAR), and as no part of another expression";

/**
 * The keys of `CONNECTOR_METADATA()` that a column's DEFAULT reads; undefined when it reads none. What a connector tells of a record is known
 * only where the record is parsed, so the expression is not computed but looked up: it may be cast to the column's type, and nothing more.
 *
 * @throws ProgramError
 */
export function metadataDefault(expression: SqlFragment, type: ColumnType): readonly string[] | undefined {
  const tokens = tokenize(expression.sql);
  if (!tokens.some((token) => token.kind === "word" && token.value === word)) return undefined;
  const { cast, keys } = read(createCursor(expression.sql, tokens), expression);
  if (keys.length > 2) throw unsupported(`CONNECTOR_METADATA() has at most two keys; ${advice}`, expression);
  if (cast !== undefined && duckdbTypeSql(cast) !== duckdbTypeSql(type))
    throw compileError(
      `The DEFAULT is cast to ${formatType(cast)} but the column is ${formatType(type)}: cast it to the column's type`,
      expression,
    );
  return keys;
}

interface Lookup {
  readonly keys: readonly string[];
  readonly cast: ColumnType | undefined;
}

function read(cursor: Cursor, expression: SqlFragment): Lookup {
  try {
    const inCast = cursor.accept("CAST");
    if (inCast) cursor.expectPunctuation("(");
    const keys = readKeys(cursor);
    let cast: ColumnType | undefined;
    if (inCast) {
      cursor.expect("AS");
      cast = parseType(cursor);
      cursor.expectPunctuation(")");
    } else if (cursor.acceptPunctuation(":")) {
      cursor.expectPunctuation(":");
      cast = parseType(cursor);
    }
    if (cursor.peek().kind !== "end") throw cursor.fail("the end of the DEFAULT");
    return { keys, cast };
  } catch (error) {
    if (error instanceof ProgramError) throw unsupported(`CONNECTOR_METADATA() stands where it is not supported; ${advice}`, expression);
    throw error;
  }
}

function readKeys(cursor: Cursor): string[] {
  cursor.expect(word);
  cursor.expectPunctuation("(");
  cursor.expectPunctuation(")");
  const keys: string[] = [];
  while (cursor.acceptPunctuation("[")) {
    keys.push(cursor.string("a key of CONNECTOR_METADATA()").value);
    cursor.expectPunctuation("]");
  }
  return keys;
}
