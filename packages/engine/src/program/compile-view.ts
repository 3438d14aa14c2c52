import type { DuckDBPreparedStatement } from "@duckdb/node-api";
import { fromDuckDBType } from "../duckdb/column-type.ts";
import { duckdbMessage } from "../query/duckdb-error.ts";
import { inspectQuery } from "../query/inspect-query.ts";
import { fromBytes, parseSelect, planSelect, QueryError } from "../query/parse-select.ts";
import { eachColumnRead, neverNull } from "../query/plan-columns.ts";
import { volatileInPlan } from "../query/volatile-in-plan.ts";
import type { Field, Relation, SqlIdentifier, View } from "../types.ts";
import { checkColumnNames } from "./compile-table.ts";
import { clockTable } from "./clock-table.ts";
import { declare, type Declared } from "./declared.ts";
import { compileError, parseError, ProgramError } from "./source-text.ts";
import type { CreateView, SqlFragment, TextRange } from "./statements.ts";
import { tokenize, type Token } from "./tokenize.ts";
import { writeOut, type RewrittenQuery } from "./write-out.ts";

/** Binds a view against what is declared before it; undefined when it reads a relation that is itself broken. */
export async function compileView(statement: CreateView, declared: Declared): Promise<View | undefined> {
  const { query } = statement;
  if (statement.columns !== undefined) checkColumnNames(statement.columns);
  const written = writeOutAt(query);
  if (written.usesClock && !declared.relations.has(clockTable.name)) await declare(declared, clockTable);
  const checked = await checkQuery(statement, written, declared);
  if (checked === undefined) return undefined;
  const { reads, plan } = checked;
  const prepared = await declared.connection.prepare(written.sql).catch((error: unknown) => {
    throw compileError(duckdbMessage(error), query);
  });
  const fields = fieldsOf(prepared, statement, reads);
  prepared.destroySync();
  markUsed(plan, reads, declared);
  const certain = neverNull(plan, declared.relations);
  const emitFinal = emitFinalColumn(statement, fields, declared);
  return {
    kind: "view",
    name: statement.name.name,
    caseSensitive: statement.name.caseSensitive,
    fields: fields.map((field, i) => (certain[i] === true ? { ...field, columnType: { ...field.columnType, nullable: false } } : field)),
    materialized: statement.mode === "materialized",
    local: statement.mode === "local",
    properties: statement.properties,
    position: declared.source.position(statement.name.token.start, statement.name.token.end),
    query: written.sql,
    ...(emitFinal === undefined ? {} : { emitFinal }),
  };
}

function emitFinalColumn({ name, properties }: CreateView, fields: readonly Field[], { source }: Declared): number | undefined {
  const property = properties["emit_final"];
  if (property === undefined) return undefined;
  const column = fields.findIndex(
    (field) => field.name === property.value || (!field.caseSensitive && field.name === property.value.toLowerCase()),
  );
  if (column >= 0) return column;
  const known = fields.map((field) => field.name).join(", ");
  throw compileError(
    `emit_final names a column '${property.value}' that view '${name.name}' does not have; there are: ${known}`,
    source.range(property.valuePosition),
  );
}

/** @throws ProgramError with offsets in the program. */
function writeOutAt(query: SqlFragment): RewrittenQuery {
  try {
    return writeOut(query.sql);
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error;
    throw new ProgramError(error.errorType, error.message, { start: query.start + error.start, end: query.start + error.end });
  }
}

/** Notes which columns the view reads; all of them when DuckDB cannot write its plan down. */
function markUsed(plan: unknown, reads: readonly Relation[], declared: Declared): void {
  const mark = (relation: string, column: number): void => void declared.used.add(`${relation}.${column}`);
  if (plan !== undefined) eachColumnRead(plan, mark);
  else for (const { name, fields } of reads) fields.forEach((_, column) => mark(name.toLowerCase(), column));
}

interface CheckedQuery {
  readonly reads: readonly Relation[];
  /** DuckDB's bound plan, or undefined when DuckDB cannot write it down. */
  readonly plan: unknown;
}

/** The relations that the query reads, and its plan; undefined when one of them is broken. @throws ProgramError */
async function checkQuery(statement: CreateView, written: RewrittenQuery, declared: Declared): Promise<CheckedQuery | undefined> {
  const { query } = statement;
  const rangeAt = (offset: number | undefined): TextRange =>
    tokenAt(query.sql, offset === undefined ? undefined : written.toSource(offset), query);
  const bytesAt = (offset: number | undefined): TextRange => rangeAt(offset === undefined ? undefined : fromBytes(written.sql, offset));
  const fail = (error: unknown): ProgramError => {
    if (!(error instanceof QueryError)) throw error;
    return (error.syntax ? parseError : compileError)(error.message, rangeAt(error.offset));
  };
  const tree = await parseSelect(declared.connection, written.sql).catch((error: unknown) => {
    throw fail(error);
  });
  const inspection = inspectQuery(tree, { volatile: false });
  const problem = inspection.problems[0];
  if (problem !== undefined) throw compileError(problem.message, bytesAt(problem.offset));
  const reads: Relation[] = [];
  for (const [name, offset] of inspection.relations) {
    if (declared.broken.has(name)) return undefined;
    const relation = declared.relations.get(name);
    if (relation === undefined) throw compileError(unknownRelation(name, statement, declared), bytesAt(offset));
    reads.push(relation);
  }
  const plan = await planSelect(declared.connection, written.sql).catch((error: unknown) => {
    throw fail(error);
  });
  const hidden = volatileInPlan(plan);
  if (hidden !== undefined) throw compileError(`${hidden}() is not supported in a view: its value changes from step to step`, query);
  return { reads, plan };
}

function unknownRelation(name: string, statement: CreateView, declared: Declared): string {
  if (name === statement.name.name.toLowerCase()) return `View '${name}' reads itself, which is not supported`;
  const known = [...declared.relations.values()].map((relation) => relation.name).join(", ");
  return `No table or view '${name}' is declared before this view; there are: ${known}`;
}

/** The token of the query that begins at an offset, as a range of the program. */
function tokenAt(sql: string, offset: number | undefined, query: TextRange): TextRange {
  if (offset === undefined) return query;
  const token = tokenize(sql).find((candidate) => candidate.end > offset);
  if (token === undefined || token.kind === "end") return { start: query.end - 1, end: query.end };
  return { start: query.start + Math.max(token.start, offset), end: query.start + token.end };
}

function fieldsOf(prepared: DuckDBPreparedStatement, statement: CreateView, reads: readonly Relation[]): Field[] {
  const count = prepared.columnCount;
  const given = statement.columns;
  if (given !== undefined && given.length !== count)
    throw compileError(
      `View '${statement.name.name}' lists ${given.length} column names but its query has ${count} columns`,
      given[0]!.token,
    );
  const nameOf = namer(tokenize(statement.query.sql), reads);
  const fields: Field[] = [];
  for (let i = 0; i < count; i++) {
    const name = given?.[i] ?? nameOf(prepared.columnName(i));
    const columnType = fromDuckDBType(prepared.columnType(i));
    if (columnType === undefined)
      throw compileError(
        `Column '${name.name}' has the type ${String(prepared.columnType(i))}, which is not supported in a view: cast it`,
        statement.query,
      );
    if (fields.some((field) => field.name.toLowerCase() === name.name.toLowerCase()))
      throw compileError(`The view has two columns called '${name.name}': give one another name with AS`, statement.query);
    if (name.name.toLowerCase() === "rowid")
      throw compileError("A column cannot be called 'rowid': choose another name with AS", statement.query);
    fields.push({ name: name.name, caseSensitive: name.caseSensitive, columnType, unused: false });
  }
  return fields;
}

/**
 * DuckDB keeps a name's spelling but not whether it was quoted. It was when the query has it in quotes, or when it comes
 * from a column that was declared in quotes and the query does not spell it without.
 */
function namer(tokens: readonly Token[], reads: readonly Relation[]): (name: string) => SqlIdentifier {
  const quoted = new Set(tokens.filter((token) => token.kind === "quoted").map((token) => token.value));
  const words = new Set(tokens.filter((token) => token.kind === "word").map((token) => token.text));
  const inherited = new Set(reads.flatMap((relation) => relation.fields.filter((field) => field.caseSensitive).map((field) => field.name)));
  return (name) =>
    quoted.has(name) || (inherited.has(name) && !words.has(name))
      ? { name, caseSensitive: true }
      : { name: name.toLowerCase(), caseSensitive: false };
}
