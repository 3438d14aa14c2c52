import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  compileProgram,
  createEngine,
  EngineError,
  type Engine,
  type Maintenance,
  type Program,
  type Row,
  type StorageLocation,
  type Value,
} from "@headgate/engine";
import { addDelta, rowText, snapshotOf, type Bag } from "../runtime/model.ts";
import { createTableModel, toBatches, type Step, type TableModel } from "./changes.ts";
import { openPlainDuckDB, type PlainDuckDB } from "./plain-duckdb.ts";

export interface Checked {
  /** Undefined when the program does not bind: why. */
  readonly unbound?: string;
  /** How the engine kept each view. */
  readonly views: ReadonlyMap<string, Maintenance>;
  /** The most rows that each view had after a step. */
  readonly most: ReadonlyMap<string, number>;
  /** Steps compared; fewer than given when a query's fault ended the program. */
  readonly steps: number;
  /** The fault of the data that both sides met. */
  readonly fault?: string;
}

export interface CheckOptions {
  /** `view.column` whose values are right up to rounding only. */
  readonly approximate?: ReadonlySet<string>;
  /** After this step (1 for the first) the engine is closed and another goes on from what it stored. */
  readonly restartAfter?: number | undefined;
  /** The engine to look at. */
  readonly createEngine?: typeof createEngine;
}

/** What the engine gave and what DuckDB gives. */
export class Mismatch extends Error {
  constructor(message: string) {
    super(message);
    this.name = "Mismatch";
  }
}

/**
 * Runs a program step by step, and after each compares for every view: the deltas so far added up = snapshot = the same query
 * over the same tables in a plain DuckDB, exactly, types included.
 *
 * A fault of the data (overflow, a cast that fails) must show on both sides, and ends the run. Where DuckDB itself faults only
 * with or only without its optimiser, both are right.
 *
 * @throws Mismatch
 */
export async function checkMaintained(sql: string, steps: readonly Step[], options: CheckOptions = {}): Promise<Checked> {
  const compiled = await compileProgram(sql);
  if (!compiled.ok)
    return { unbound: compiled.messages.map((message) => message.message).join("\n"), views: new Map(), most: new Map(), steps: 0 };
  const { program } = compiled;
  const plain = await openPlainDuckDB(program);
  const folder = options.restartAfter === undefined ? undefined : await mkdtemp(join(tmpdir(), "headgate-oracle-"));
  const storage: StorageLocation = folder === undefined ? { kind: "memory" } : { kind: "directory", path: folder };
  const running: Running = { engine: undefined, start: () => (options.createEngine ?? createEngine)({ program, storage, threads: 1 }) };
  try {
    return await followSteps(running, program, plain, steps, options);
  } finally {
    await running.engine?.close();
    plain.close();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }
}

interface Running {
  engine: Engine | undefined;
  readonly start: () => Promise<Engine>;
}

async function restart(running: Running, step: number): Promise<Engine> {
  await running.engine!.commit();
  await running.engine!.close();
  const engine = await running.start();
  running.engine = engine;
  if (engine.restored?.step !== step) throw new Mismatch(`restarted after step ${step}, the engine stands at ${engine.restored?.step}`);
  return engine;
}

async function followSteps(
  running: Running,
  program: Program,
  plain: PlainDuckDB,
  steps: readonly Step[],
  options: CheckOptions,
): Promise<Checked> {
  let engine = await running.start();
  running.engine = engine;
  const { views } = engine.dataflow;
  const most = new Map<string, number>();
  const model = createTableModel(program);
  const followed = new Map<string, Bag>([...program.tables, ...program.views].map(({ name }) => [name, new Map()]));
  for (const [index, step] of steps.entries()) {
    const where = `after step ${index + 1}`;
    if (index > 0 && index === options.restartAfter) engine = await restart(running, index);
    model.apply(step);
    for (const { name } of program.tables) if (index === 0 || step.has(name)) await plain.fill(name, model.rows(name));
    const got = await attempt(() => engine.step({ changes: toBatches(step), watch: new Set(followed.keys()) }));
    const expected = await attempt(() => readViews(plain, program));
    if (got.fault !== undefined || expected.fault !== undefined) {
      const fault = got.fault ?? expected.fault!;
      if (got.fault !== undefined && expected.fault !== undefined) return { views, most, steps: index, fault };
      if (await faultsEitherWay(plain, program, expected.fault !== undefined)) return { views, most, steps: index, fault };
      throw new Mismatch(got.fault === undefined ? `${where}: only DuckDB faults: ${fault}` : `${where}: only the engine faults: ${fault}`);
    }
    for (const [name, bag] of followed) follow(bag, got.value!.deltas.get(name) ?? [], `${where}, ${name}`);
    for (const [name, rows] of expected.value!) most.set(name, Math.max(most.get(name) ?? 0, rows.length));
    await compare(engine, model, followed, expected.value!, where, options);
  }
  return { views, most, steps: steps.length };
}

interface Attempt<T> {
  readonly value?: T;
  readonly fault?: string;
}

/** @throws whatever is not a fault of the data */
async function attempt<T>(work: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { value: await work() };
  } catch (error) {
    if (error instanceof EngineError && error.code !== "runtime") throw error;
    if (error instanceof TypeError || error instanceof ReferenceError) throw error;
    const cause = (error as Error).cause;
    if (cause instanceof TypeError || cause instanceof ReferenceError)
      throw new Mismatch(`the engine broke: ${cause.stack ?? cause.message}`);
    return { fault: (error as Error).message };
  }
}

async function readViews(plain: PlainDuckDB, program: Program): Promise<Map<string, Row[]>> {
  const contents = new Map<string, Row[]>();
  for (const { name } of program.views) contents.set(name, await plain.read(name));
  return contents;
}

/** Whether DuckDB's own answer on a fault changes with its optimiser. */
async function faultsEitherWay(plain: PlainDuckDB, program: Program, faulted: boolean): Promise<boolean> {
  await plain.run("PRAGMA disable_optimizer");
  const again = await attempt(() => readViews(plain, program));
  await plain.run("PRAGMA enable_optimizer");
  return (again.fault !== undefined) !== faulted;
}

function follow(bag: Bag, delta: Parameters<typeof addDelta>[1], where: string): void {
  try {
    addDelta(bag, delta);
  } catch (error) {
    throw new Mismatch(`${where}: ${(error as Error).message}`);
  }
}

async function compare(
  engine: Engine,
  model: TableModel,
  followed: ReadonlyMap<string, Bag>,
  expected: ReadonlyMap<string, Row[]>,
  where: string,
  { approximate = new Set() }: CheckOptions,
): Promise<void> {
  for (const relation of [...engine.program.tables, ...engine.program.views]) {
    const { name } = relation;
    const loose = relation.fields.map((field) => approximate.has(`${name}.${field.name}`));
    const truth = bagOf(expected.get(name) ?? model.rows(name), loose);
    const deltas = loose.includes(true) ? loosen(followed.get(name)!, loose) : followed.get(name)!;
    assertSame(deltas, truth, `${where}, ${name}: deltas added up against DuckDB`);
    if (!relation.materialized) continue;
    const { bag } = await snapshotOf(engine, name);
    assertSame(loose.includes(true) ? loosen(bag, loose) : bag, truth, `${where}, ${name}: snapshot against DuckDB`);
  }
}

function bagOf(rows: readonly Row[], loose: readonly boolean[]): Bag {
  const bag: Bag = new Map();
  for (const row of rows) count(bag, rowText(row.map((value, i) => (loose[i] === true ? rounded(value) : value))), 1);
  return bag;
}

const count = (bag: Bag, text: string, weight: number): void => void bag.set(text, (bag.get(text) ?? 0) + weight);

/** The same rows with approximate columns rounded; the text of a number has no separator in it. */
function loosen(bag: Bag, loose: readonly boolean[]): Bag {
  const rounder: Bag = new Map();
  for (const [text, weight] of bag) {
    const cells = text.split(" | ");
    const cell = (value: string, i: number): string =>
      loose[i] === true && value.startsWith("number:") ? rowText([rounded(Number(value.slice(7)))]) : value;
    count(rounder, cells.map(cell).join(" | "), weight);
  }
  return rounder;
}

function rounded(value: Value): Value {
  if (typeof value !== "number" || !Number.isFinite(value)) return value;
  return Math.abs(value) < 1e-7 ? 0 : Number(value.toPrecision(7));
}

function assertSame(got: Bag, truth: Bag, where: string): void {
  const wrong: string[] = [];
  for (const text of new Set([...got.keys(), ...truth.keys()])) {
    const [have, want] = [got.get(text) ?? 0, truth.get(text) ?? 0];
    if (have !== want) wrong.push(`  (${text}) is there ${have} times, should be ${want}`);
  }
  if (wrong.length > 0) throw new Mismatch([where, ...wrong.slice(0, 8)].join("\n"));
}
