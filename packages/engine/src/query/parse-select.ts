import type { DuckDBConnection } from "@duckdb/node-api";
import { quoteLiteral } from "../duckdb/quote.ts";
import { readable } from "./duckdb-error.ts";

/** A mistake that DuckDB found in a query. */
export class QueryError extends Error {
  /** UTF-16 offset in the query's text. */
  readonly offset: number | undefined;
  /** True for a syntax error, false for a name or type that does not fit. */
  readonly syntax: boolean;
  constructor(message: string, offset: number | undefined, syntax: boolean) {
    super(message);
    this.name = "QueryError";
    this.offset = offset;
    this.syntax = syntax;
  }
}

interface SerializedError {
  readonly error: boolean;
  readonly error_type?: string;
  readonly error_message?: string;
  readonly error_subtype?: string;
  readonly position?: string;
  readonly candidates?: string;
}

/** DuckDB's syntax tree of exactly one SELECT (also WITH, VALUES, FROM). @throws QueryError */
export async function parseSelect(connection: DuckDBConnection, sql: string): Promise<unknown> {
  const reply = await serialize(connection, `SELECT json_serialize_sql(${quoteLiteral(sql)})`);
  if (reply.error) throw toQueryError(sql, reply);
  const statements = (reply as { statements?: readonly unknown[] }).statements ?? [];
  if (statements.length !== 1) throw new QueryError("Expected one query", 0, true);
  return statements[0];
}

/** DuckDB's bound, not optimised plan, or undefined when DuckDB cannot write it down. @throws QueryError when it does not bind. */
export async function planSelect(connection: DuckDBConnection, sql: string): Promise<unknown> {
  const reply = await serialize(connection, `SELECT json_serialize_plan(${quoteLiteral(sql)}, optimize := false)`);
  if (!reply.error) return reply;
  if (reply.error_type === "internal" || reply.error_type === "not implemented") return undefined;
  throw toQueryError(sql, reply);
}

async function serialize(connection: DuckDBConnection, sql: string): Promise<SerializedError> {
  const result = await connection.runAndReadAll(sql);
  return JSON.parse(String(result.getRows()[0]?.[0])) as SerializedError;
}

function toQueryError(sql: string, reply: SerializedError): QueryError {
  const syntax = reply.error_type === "parser";
  const at = reply.position === undefined ? undefined : Number(reply.position);
  const message = readable(reply.error_message ?? "DuckDB could not read the query");
  if (at === undefined || !Number.isSafeInteger(at)) return new QueryError(message, undefined, syntax);
  // DuckDB counts characters in a syntax error and bytes everywhere else.
  return new QueryError(message, syntax ? fromCharacters(sql, at) : fromBytes(sql, at), syntax);
}

/** The UTF-16 offset of a UTF-8 byte offset. */
export function fromBytes(text: string, bytes: number): number {
  let seen = 0;
  let at = 0;
  while (at < text.length && seen < bytes) {
    const code = text.codePointAt(at)!;
    seen += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    at += code > 0xffff ? 2 : 1;
  }
  return at;
}

function fromCharacters(text: string, characters: number): number {
  let at = 0;
  for (let i = 0; i < characters && at < text.length; i++) at += text.codePointAt(at)! > 0xffff ? 2 : 1;
  return at;
}
