import type { DuckDBValue } from "@duckdb/node-api";
import {
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBIntervalValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBTimeValue,
  DuckDBUUIDValue,
} from "@duckdb/node-api";
import { isDeepStrictEqual } from "node:util";
import { quoteLiteral } from "../../src/duckdb/quote.ts";
import { createRowCompiler } from "../../src/expression/create-row-compiler.ts";
import { EvaluationError } from "../../src/expression/evaluation-error.ts";
import { parseLossless } from "../../src/plan/lossless-json.ts";
import { openPlanningDatabase, type PlanningDatabase } from "../../src/plan/planning-database.ts";
import { readPlan } from "../../src/plan/read-plan.ts";
import type { PlanNode } from "../../src/plan/types.ts";
import type { Row, Value } from "../../src/types.ts";

const compiler = createRowCompiler();

/** Evaluates the same expressions by DuckDB and by our compiler, over the same rows. */
export interface Bench {
  /**
   * What differs: nothing, when both agree. `rows` are SQL literals of the columns a, b, c, …, of these types. A fault counts as a value
   * of its own, whatever its words.
   */
  differences(types: readonly string[], rows: readonly (readonly string[])[], expressions: readonly string[]): Promise<readonly string[]>;
  close(): void;
}

export async function openBench(): Promise<Bench> {
  const database = await openPlanningDatabase([]);
  return {
    async differences(types, rows, expressions) {
      await fill(database, types, rows);
      const { connection } = database;
      const columns = types.map((_, i) => nameOf(i)).join(", ");
      const given = (await connection.runAndReadAll(`SELECT ${columns} FROM x ORDER BY n`)).getRows().map((row) => row.map(canonical));
      const found: string[] = [];
      for (const expression of expressions) {
        const oracle = await connection
          .runAndReadAll(`SELECT TRY(${expression}), (${expression}) IS NULL FROM x WHERE false`)
          .then(() => connection.runAndReadAll(`SELECT TRY(${expression}) FROM x ORDER BY n`));
        const expected = oracle.getRows().map((row) => canonical(row[0]!));
        const evaluate = await evaluator(database, expression);
        given.forEach((row, i) => {
          const got = guarded(() => evaluate(row));
          if (!same(got, expected[i]!))
            found.push(`${expression} over (${rows[i]!.join(", ")}): ${show(got)}, DuckDB ${show(expected[i]!)}`);
        });
      }
      return found.slice(0, 8);
    },
    close: () => database.close(),
  };
}

const nameOf = (index: number): string => String.fromCharCode(97 + index);

async function fill({ connection }: PlanningDatabase, types: readonly string[], rows: readonly (readonly string[])[]): Promise<void> {
  await connection.run(`CREATE OR REPLACE TABLE x(n INTEGER, ${types.map((type, i) => `${nameOf(i)} ${type}`).join(", ")})`);
  const literals = rows.map((row, i) => `(${[i, ...row].join(",")})`);
  for (let i = 0; i < literals.length; i += 1000) await connection.run(`INSERT INTO x VALUES ${literals.slice(i, i + 1000).join(",")}`);
}

/** Our evaluation of one expression over rows of the columns a, b, c, … */
async function evaluator({ connection }: PlanningDatabase, expression: string): Promise<(row: Row) => Value> {
  const sql = `SELECT json_serialize_plan(${quoteLiteral(`SELECT ${expression} FROM x`)}, optimize := true)`;
  const reply = parseLossless(String((await connection.runAndReadAll(sql)).getRows()[0]![0])) as {
    plans: unknown[];
    error_message?: string;
  };
  if (reply.error_message !== undefined) throw new Error(`${expression}: ${reply.error_message}`);
  const run = evaluateNode(readPlan(reply.plans[0]));
  return (row) => run([0, ...row])[0]!;
}

function evaluateNode(node: PlanNode): (row: Row) => Row {
  if (node.kind === "scan") return (row) => node.columns.map((column) => row[column]!);
  if (node.kind !== "project") throw new Error(`unexpected ${node.kind}`);
  const input = evaluateNode(node.input);
  const project = compiler.row(node.expressions, node.input.types.length);
  return (row) => project(input(row));
}

function guarded(evaluate: () => Value): Value {
  try {
    return evaluate();
  } catch (error) {
    if (error instanceof EvaluationError) return null;
    throw error;
  }
}

const same = (a: Value, b: Value): boolean => isDeepStrictEqual(a, b);
const show = (value: Value): string =>
  Object.is(value, -0)
    ? "-0"
    : typeof value === "number"
      ? String(value)
      : (JSON.stringify(value, (_, v: unknown) => (typeof v === "bigint" ? `${v}n` : v)) ?? "");

/** A value of DuckDB's binding in canonical form. */
export function canonical(value: DuckDBValue): Value {
  if (value instanceof DuckDBDecimalValue) return value.value;
  if (value instanceof DuckDBDateValue) return value.days;
  if (value instanceof DuckDBTimeValue || value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampTZValue)
    return value.micros;
  if (value instanceof DuckDBIntervalValue) return { months: value.months, days: value.days, micros: value.micros };
  if (value instanceof DuckDBUUIDValue) return String(value);
  if (value instanceof DuckDBBlobValue) return Uint8Array.from(value.bytes);
  if (value instanceof DuckDBListValue) return value.items.map(canonical);
  if (value instanceof DuckDBStructValue) return Object.values(value.entries).map(canonical);
  if (value instanceof DuckDBMapValue) return value.entries.map(({ key, value: item }) => [canonical(key), canonical(item)]);
  return value as Value;
}
