import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import { Unsupported } from "../../src/plan/unsupported.ts";
import { appendRows } from "../../src/duckdb/append-rows.ts";
import { duckdbType, duckdbTypeSql, fromDuckDBType } from "../../src/duckdb/column-type.ts";
import { fromDuckDBValue } from "../../src/duckdb/from-duckdb-value.ts";
import { quoteIdentifier } from "../../src/duckdb/quote.ts";
import { EvaluationError } from "../../src/expression/evaluation-error.ts";
import { createFunctionBuilder } from "../../src/expression/generate.ts";
import { findIntrinsic } from "../../src/expression/intrinsics.ts";
import { findFunction } from "../../src/functions/function-table.ts";
import type { Expression, PlanType } from "../../src/plan/types.ts";
import type { ColumnType, Value } from "../../src/types.ts";
import { isFixed, planType, type Argument, type Random } from "./arguments.ts";

export interface ProveOptions {
  readonly rows?: number;
  /** Instead of tuples that are drawn. */
  readonly tuples?: readonly (readonly Value[])[];
  /** The call in SQL, where it is not written as a function. */
  readonly sql?: string;
}

/** Compares the function table with DuckDB. */
export interface Prover {
  /** Calls the function on `rows` tuples drawn from the arguments; @throws Error that lists what differs. */
  prove(name: string, args: readonly Argument[], options?: ProveOptions): Promise<void>;
  close(): void;
}

/** Opens a DuckDB set up as the engine's, and draws from a fixed seed. */
export async function createProver(): Promise<Prover> {
  const instance = await DuckDBInstance.create(":memory:", { autoinstall_known_extensions: "false", threads: "1" });
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  // It calls date_trunc on the ends of a column, and faults for rows that are not asked for.
  await connection.run("SET disabled_optimizers = 'statistics_propagation'");
  const random = createRandom(20_240_229);
  return {
    async prove(name, args, { rows = 400, tuples, sql } = {}) {
      const drawn = tuples ?? Array.from({ length: rows }, () => args.map((argument) => argument.draw(random)));
      await compare(connection, name, args, drawn, sql);
    },
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

async function compare(
  connection: DuckDBConnection,
  name: string,
  args: readonly Argument[],
  tuples: readonly (readonly Value[])[],
  sql: string | undefined,
): Promise<void> {
  const columns = args.map((argument, i) => ({ name: `a${i}`, type: argument.column, duckdbType: duckdbType(argument.column) }));
  const declared = columns.map((column) => `${column.name} ${duckdbTypeSql(column.type)}`);
  await connection.run(`CREATE OR REPLACE TABLE input (${["id INTEGER", ...declared].join(", ")})`);
  const id = {
    name: "id",
    type: { type: "INTEGER", nullable: false } as ColumnType,
    duckdbType: duckdbType({ type: "INTEGER", nullable: false }),
  };
  const target = { catalog: "memory", schema: "main", table: "input", columns: [id, ...columns] };
  await appendRows(
    connection,
    target,
    tuples.map((tuple, i) => [i, ...tuple]),
  );
  const call = sql ?? `${quoteIdentifier(name)}(${args.map((argument, i) => argument.sql(`a${i}`)).join(", ")})`;
  const read = await connection.runAndReadAll(`SELECT TRY(${call}) FROM input ORDER BY id`);
  const huge = String(read.columnType(0)) === "HUGEINT" || String(read.columnType(0)) === "UHUGEINT";
  const resultColumn = huge ? ({ type: "BIGINT", nullable: true } as ColumnType) : fromDuckDBType(read.columnType(0))!;
  const expected = read.getRows().map((row) => fromDuckDBValue(row[0]!, resultColumn));
  const evaluate = bindCall(name, args, huge ? { id: "HUGEINT" } : planType(resultColumn));
  const wrong: string[] = [];
  const noFault: number[] = [];
  const faults: number[] = [];
  for (const [i, tuple] of tuples.entries()) {
    const given = attempt(() => evaluate(tuple));
    if (given === fault) faults.push(i);
    else if (given === null) noFault.push(i);
    const value = given === fault ? null : given;
    if (show(value) !== show(expected[i]!))
      wrong.push(`${name}(${tuple.map(show).join(", ")}): DuckDB ${show(expected[i]!)}, ours ${given === fault ? "a fault" : show(value)}`);
  }
  if (wrong.length > 0) throw new Error(`${wrong.length} of ${tuples.length} differ\n${wrong.slice(0, 12).join("\n")}`);
  // TRY gives NULL for a fault: where ours is NULL there must be none, where ours is a fault there must be one.
  await connection.run(`SELECT ${call} FROM input WHERE id IN (${["-1", ...noFault].join(", ")})`);
  for (const row of faults.slice(0, 10)) {
    const failed = await connection.runAndReadAll(`SELECT ${call} FROM input WHERE id = ${row}`).then(
      () => false,
      () => true,
    );
    if (!failed) throw new Error(`${name}(${tuples[row]!.map(show).join(", ")}) is NULL in DuckDB, not a fault`);
  }
}

/** Whether the function table has no proof for the call: the compiler then leaves it to DuckDB. */
export function isRefused(name: string, args: readonly Argument[], result: PlanType = { id: "VARCHAR" }): boolean {
  try {
    bindCall(name, args, result);
    return false;
  } catch (error) {
    if (error instanceof Unsupported) return true;
    throw error;
  }
}

const fault = Symbol("fault");
function attempt(run: () => Value): Value | typeof fault {
  try {
    return run();
  } catch (error) {
    if (error instanceof EvaluationError) return fault;
    throw error;
  }
}

function bindCall(name: string, args: readonly Argument[], result: PlanType): (tuple: readonly Value[]) => Value {
  const types = args.map((argument) => argument.plan);
  const overload = findIntrinsic(name, types, result) ?? findFunction(name, types, result);
  if (overload === undefined) throw new Unsupported(`${name}(${types.map((type) => type.id).join(", ")})`);
  const expressions = args.map((argument, index): Expression =>
    isFixed(argument) ? { kind: "constant", value: argument.value, type: argument.plan } : { kind: "column", index, type: argument.plan },
  );
  const call = { args: expressions, types, result };
  const evaluate = overload.bind(call) as (...values: readonly Value[]) => Value;
  const names = args.map((_, i) => `a${i}`);
  const source = overload.inline?.(names, call);
  const inlined = source === undefined ? undefined : (build(names, source) as typeof evaluate);
  return (tuple) => {
    if (overload.onNull === "null" && tuple.includes(null)) return null;
    const value = evaluate(...tuple);
    if (inlined !== undefined && show(inlined(...tuple)) !== show(value))
      throw new Error(`${name} inline differs on ${tuple.map(show).join(", ")}`);
    return value;
  };
}

function build(names: readonly string[], source: string): unknown {
  const builder = createFunctionBuilder();
  builder.add(`return ${source};`);
  return builder.build(names);
}

/** A value as text that tells types, -0 and every bit of a number apart. */
export function show(value: Value): string {
  if (value === null) return "NULL";
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  if (typeof value === "bigint") return `${value}n`;
  if (value instanceof Uint8Array) return `x${Buffer.from(value).toString("hex")}`;
  if (Array.isArray(value)) return `[${(value as readonly Value[]).map(show).join(", ")}]`;
  if (typeof value === "object") return `interval(${(Object.values(value) as Value[]).map(show).join(", ")})`;
  return JSON.stringify(value);
}

export function createRandom(seed: number): Random {
  let state = seed;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  return {
    next,
    below: (limit) => Math.floor(next() * limit),
    pick: (items) => items[Math.floor(next() * items.length)]!,
  };
}
