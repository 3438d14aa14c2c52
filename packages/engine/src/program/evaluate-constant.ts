import type { DuckDBType, DuckDBValue } from "@duckdb/node-api";
import { duckdbMessage } from "../query/duckdb-error.ts";
import { inspectQuery } from "../query/inspect-query.ts";
import { parseSelect, QueryError } from "../query/parse-select.ts";
import type { Declared } from "./declared.ts";
import { compileError, ProgramError } from "./source-text.ts";
import type { SqlFragment } from "./statements.ts";

/** What a constant expression of a declaration gives. */
export interface Constant {
  readonly value: DuckDBValue;
  readonly type: DuckDBType;
}

/**
 * Evaluates `SELECT <before><expression><after>`: a repeatable expression without columns.
 *
 * @param word What it is for, such as "DEFAULT". @throws ProgramError at the expression
 */
export async function evaluateConstant(
  declared: Declared,
  expression: SqlFragment,
  { before, after, column, word }: { readonly before: string; readonly after: string; readonly column: string; readonly word: string },
): Promise<Constant> {
  const prefix = `SELECT ${before}`;
  const sql = `${prefix}${expression.sql}\n${after}`;
  try {
    const inspection = inspectQuery(await parseSelect(declared.connection, sql), { volatile: false });
    const problem = inspection.problems[0]?.message.replace(" in a view", ` in a ${word}`);
    if (problem !== undefined) throw compileError(problem, expression);
    if (inspection.relations.size > 0) throw compileError(`A ${word} cannot read a relation`, expression);
    const result = await declared.connection.runAndReadAll(sql);
    return { value: result.getRows()[0]?.[0] ?? null, type: result.columnType(0) };
  } catch (error) {
    if (error instanceof ProgramError) throw error;
    const offset = error instanceof QueryError ? error.offset : undefined;
    const start = offset === undefined ? expression.start : expression.start + Math.max(0, offset - prefix.length);
    const range = start < expression.end ? { start, end: expression.end } : expression;
    throw compileError(`${word} of column '${column}': ${duckdbMessage(error)}`, range);
  }
}
