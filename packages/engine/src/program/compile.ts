import { DuckDBInstance } from "@duckdb/node-api";
import type { CompileResult, Index, Table, View } from "../types.ts";
import { compileLateness } from "./compile-lateness.ts";
import { compileIndex } from "./compile-index.ts";
import { checkDefaults, compileTable } from "./compile-table.ts";
import { compileView } from "./compile-view.ts";
import { checkEmitFinal } from "./check-emit-final.ts";
import { clockTable } from "./clock-table.ts";
import type { NamedToken } from "./cursor.ts";
import { declare, type Declared } from "./declared.ts";
import { errorView, errorViewName } from "./error-view.ts";
import { parseProgram } from "./parse-program.ts";
import { compileError, createSourceText, ProgramError, toCompilerMessage } from "./source-text.ts";
import type { Statement } from "./statements.ts";

/**
 * Compiles a program: declarations are parsed here, queries are bound by DuckDB. Reports one mistake per statement, for
 * all statements that can be judged independently.
 */
export async function compileProgram(sql: string): Promise<CompileResult> {
  const source = createSourceText(sql);
  const parsed = parseProgram(source);
  const instance = await DuckDBInstance.create(":memory:", {
    threads: "1",
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
  });
  const connection = await instance.connect();
  try {
    await connection.run("SET TimeZone = 'UTC'");
    await connection.run("SET temp_directory = ''");
    await connection.run("SET enable_external_access = false");
    await connection.run("SET lock_configuration = true");
    const broken = new Set(parsed.broken);
    const declared: Declared = { source, connection, relations: new Map(), broken, warnings: [], used: new Set() };
    return await compileStatements(declared, parsed.statements, [...parsed.errors]);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function compileStatements(declared: Declared, statements: readonly Statement[], errors: ProgramError[]): Promise<CompileResult> {
  const tables: Table[] = [];
  const views: View[] = [errorView];
  const indexes: Index[] = [];
  await declare(declared, errorView);
  for (const statement of statements) {
    try {
      checkName(statement.name, declared, statement.kind === "index" ? indexes : undefined);
      if (statement.kind === "table") {
        const declaration = compileTable(statement, declared);
        await checkDefaults(statement, declared);
        const lateness = await compileLateness(statement, declared);
        const table = lateness.length === 0 ? declaration : { ...declaration, lateness };
        await declare(declared, table);
        tables.push(table);
      } else if (statement.kind === "view") {
        const view = await compileView(statement, declared);
        if (view === undefined) declared.broken.add(statement.name.name.toLowerCase());
        else {
          await declare(declared, view);
          views.push(view);
        }
      } else {
        const index = compileIndex(statement, declared);
        if (index !== undefined) indexes.push(index);
      }
    } catch (error) {
      if (!(error instanceof ProgramError)) throw error;
      errors.push(error);
      if (statement.kind !== "index") declared.broken.add(statement.name.name.toLowerCase());
    }
  }
  if (errors.length === 0) {
    if (declared.relations.has(clockTable.name)) tables.push(clockTable);
    const program = { tables: tables.map((table) => withUse(table, declared.used)), views, indexes };
    const error = await checkEmitFinal(program, declared.source);
    if (error === undefined) return { ok: true, program, warnings: declared.warnings };
    errors.push(error);
  }
  errors.sort((a, b) => a.start - b.start);
  return { ok: false, messages: errors.map((error) => toCompilerMessage(declared.source, error)) };
}

function withUse(table: Table, used: ReadonlySet<string>): Table {
  const name = table.name.toLowerCase();
  return { ...table, fields: table.fields.map((field, column) => ({ ...field, unused: !used.has(`${name}.${column}`) })) };
}

const reserved = new Set(["user", "now"]);

function checkName(name: NamedToken, declared: Declared, indexes: readonly Index[] | undefined): void {
  const lower = name.name.toLowerCase();
  if (lower.startsWith("feldera")) throw compileError(`Names that begin with 'feldera' are reserved: rename '${name.name}'`, name.token);
  if (reserved.has(lower) && !name.caseSensitive)
    throw compileError(`'${name.name}' is a reserved word: rename it or write it in double quotes`, name.token);
  if (lower === errorViewName) throw compileError(`'${errorViewName}' is a system view: choose another name`, name.token);
  if (indexes?.some((index) => index.name.toLowerCase() === lower) === true)
    throw compileError(`An index '${name.name}' is already declared`, name.token);
  const other = declared.relations.get(lower);
  if (other === undefined) return;
  throw other.name === name.name
    ? compileError(`A ${other.kind} '${name.name}' is already declared`, name.token)
    : compileError(`'${name.name}' and the ${other.kind} '${other.name}' differ only in case, which is not supported`, name.token);
}
