import { DuckDBInstance, type DuckDBConnection, type DuckDBValue } from "@duckdb/node-api";
import { Unsupported } from "../../src/plan/unsupported.ts";
import { openPlanner } from "../../src/plan/plan-select.ts";
import { compileProgram } from "../../src/program/compile.ts";
import type { Delta, DeltaEntry, Row, Value } from "../../src/types.ts";
import { buildChain, type Step } from "./build-chain.ts";
import { createDice, type Dice } from "./dice.ts";
import { randomRow, rowSql } from "./random-rows.ts";

const columns =
  "g INTEGER, i INTEGER, l BIGINT, d DECIMAL(10,2), d3 DECIMAL(4,1), x DOUBLE, f REAL, s VARCHAR, b BOOLEAN, sm SMALLINT, ts TIMESTAMP";

/** Compares operators, built from DuckDB's plan of a query over the table t, with DuckDB itself. */
export interface QueryBench {
  /** Runs random inserts and deletes through the operators; after each step all output so far must equal DuckDB's result. */
  check(sql: string, options?: { readonly digits?: number; readonly seed?: number; readonly steps?: number }): Promise<void>;
  /** Why the compiler refuses a query; undefined when it does not. */
  refusal(sql: string): Promise<string | undefined>;
  close(): void;
}

export async function openQueryBench(): Promise<QueryBench> {
  const compiled = await compileProgram(`CREATE TABLE t(${columns});`);
  if (!compiled.ok) throw new Error(compiled.messages[0]?.message);
  const planner = await openPlanner(compiled.program.tables);
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  await connection.run(`CREATE TABLE t(${columns})`);
  const build = async (sql: string): Promise<() => Step> => {
    const plan = await planner.plan(sql);
    return () => buildChain(plan);
  };
  return {
    async check(sql, { digits = 17, seed = 1, steps = 6 } = {}) {
      const run = new Run(await build(sql), createDice(seed), digits);
      for (let i = 0; i < steps; i++) {
        const rows = run.step(i);
        await fill(connection, rows);
        run.expect(await read(connection, sql), `${sql}\nstep ${i}, seed ${seed}`, i === 2 || i === steps - 2);
      }
    },
    async refusal(sql) {
      try {
        (await build(sql))();
        return undefined;
      } catch (error) {
        if (error instanceof Unsupported) return error.message;
        throw error;
      }
    },
    close() {
      planner.close();
      connection.closeSync();
      instance.closeSync();
    },
  };
}

class Run {
  private rows: Row[] = [];
  private readonly output = new Map<string, number>();
  private readonly build: () => Step;
  private readonly keptStep: Step;
  private readonly dice: Dice;
  private readonly digits: number;

  constructor(build: () => Step, dice: Dice, digits: number) {
    this.build = build;
    this.keptStep = build();
    this.dice = dice;
    this.digits = digits;
  }

  /** Feeds a random delta; gives the rows of the table after it. The first delta is empty, the last one empties the table. */
  step(index: number): readonly Row[] {
    const delta = index === 0 ? [] : index === 5 ? this.rows.map((row): DeltaEntry => [row, -1]) : this.randomDelta();
    if (index === 5) this.rows = [];
    this.addUp(this.output, this.keptStep(delta));
    return this.rows;
  }

  /** What was given so far, and what new operators give for all rows at once, must be `expected`. */
  expect(expected: readonly Row[], context: string, alsoRebuilt: boolean): void {
    const wanted = new Map<string, number>();
    this.addUp(
      wanted,
      expected.map((row): DeltaEntry => [row, 1]),
    );
    compare(this.output, wanted, `${context}, kept`);
    if (!alsoRebuilt) return;
    const rebuilt = new Map<string, number>();
    this.addUp(rebuilt, this.build()(this.dice.shuffle(this.rows.map((row): DeltaEntry => [row, 1]))));
    compare(rebuilt, wanted, `${context}, rebuilt`);
  }

  private randomDelta(): Delta {
    const delta: DeltaEntry[] = [];
    for (const row of this.rows.filter(() => this.dice.chance(0.3))) {
      this.rows.splice(this.rows.indexOf(row), 1);
      delta.push([row, -1]);
    }
    for (let n = this.dice.below(25); n >= 0; n--) {
      const row = this.rows.length > 0 && this.dice.chance(0.15) ? this.dice.pick(this.rows) : randomRow(this.dice);
      this.rows.push(row);
      delta.push([row, 1]);
      // Comes and goes within the step, in an order that the shuffle decides.
      if (this.dice.chance(0.2)) {
        const passing = randomRow(this.dice);
        delta.push([passing, 2], [passing, -1], [passing, -1]);
      }
    }
    return this.dice.shuffle(delta);
  }

  private addUp(total: Map<string, number>, delta: Delta): void {
    for (const [row, weight] of delta) {
      const key = row.map((value) => text(value, this.digits)).join(" | ");
      const sum = (total.get(key) ?? 0) + weight;
      if (sum === 0) total.delete(key);
      else total.set(key, sum);
    }
  }
}

function compare(actual: ReadonlyMap<string, number>, expected: ReadonlyMap<string, number>, context: string): void {
  const list = (bag: ReadonlyMap<string, number>): string[] => [...bag].map(([row, count]) => `${count} × ${row}`).sort();
  const [got, wanted] = [list(actual), list(expected)];
  if (got.join("\n") === wanted.join("\n")) return;
  const missing = wanted.filter((row) => !got.includes(row));
  const extra = got.filter((row) => !wanted.includes(row));
  throw new Error(`${context}\nmissing:\n  ${missing.join("\n  ")}\nextra:\n  ${extra.join("\n  ")}`);
}

function text(value: Value, digits: number): string {
  if (value === null) return "NULL";
  if (typeof value === "bigint") return `${value}n`;
  if (value instanceof Uint8Array) return JSON.stringify(Buffer.from(value).toString("hex"));
  if (typeof value === "number") return String(Number.isFinite(value) ? Number(value.toPrecision(digits)) + 0 : value);
  return Array.isArray(value) ? `[${value.map((item: Value) => text(item, digits)).join(", ")}]` : JSON.stringify(value);
}

async function fill(connection: DuckDBConnection, rows: readonly Row[]): Promise<void> {
  await connection.run("DELETE FROM t");
  if (rows.length > 0) await connection.run(`INSERT INTO t VALUES ${rows.map(rowSql).join(", ")}`);
}

async function read(connection: DuckDBConnection, sql: string): Promise<Row[]> {
  const result = await connection.runAndReadAll(sql);
  return result.getRows().map((row) => row.map(canonical));
}

/** The values that occur here in canonical form. */
function canonical(value: DuckDBValue): Value {
  if (value === null || typeof value !== "object") return value;
  if ("scale" in value && "value" in value) return value.value;
  if ("micros" in value && !("months" in value)) return value.micros;
  if ("items" in value) return value.items.map(canonical);
  if ("entries" in value && !Array.isArray(value.entries)) return Object.values(value.entries).map(canonical);
  if ("bytes" in value) return Buffer.from(value.bytes).toString("hex");
  throw new Error(`no canonical form for ${value.constructor.name}`);
}
