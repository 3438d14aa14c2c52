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
  type StepResult,
  type StorageLocation,
} from "@headgate/engine";
import { addDelta, type Bag } from "../runtime/model.ts";
import { createTableModel, timeOf, toBatches, type Step } from "./changes.ts";
import { assertSame, compareContent, Mismatch } from "./compare-content.ts";
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

/** After this step (1 for the first) the engine is closed and another goes on from what it stored. */
export interface Restart {
  readonly after: number;
  /** How many of the last steps no commit covers: the next engine gets them again, as from a log. */
  readonly lost: number;
}

export interface CheckOptions {
  /** `view.column` whose values are right up to rounding only. */
  readonly approximate?: ReadonlySet<string>;
  readonly restarts?: readonly Restart[] | undefined;
  /** The engine to look at. */
  readonly createEngine?: typeof createEngine;
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
  const folder = (options.restarts ?? []).length === 0 ? undefined : await mkdtemp(join(tmpdir(), "headgate-oracle-"));
  const storage: StorageLocation = folder === undefined ? { kind: "memory" } : { kind: "directory", path: folder };
  const start = (): Promise<Engine> => (options.createEngine ?? createEngine)({ program, storage, threads: 1 });
  const run: Run = { program, plain, steps, options, start, engine: await start(), followed: emptyBags(program), history: [] };
  run.history.push(copy(run.followed));
  try {
    return await followSteps(run);
  } finally {
    await run.engine.close();
    plain.close();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }
}

interface Run {
  readonly program: Program;
  readonly plain: PlainDuckDB;
  readonly steps: readonly Step[];
  readonly options: CheckOptions;
  readonly start: () => Promise<Engine>;
  engine: Engine;
  /** Deltas added up, by relation. */
  followed: Map<string, Bag>;
  /** The same as of each step, in a run with restarts. */
  readonly history: Map<string, Bag>[];
}

const emptyBags = (program: Program): Map<string, Bag> =>
  new Map([...program.tables, ...program.views].map(({ name }) => [name, new Map()]));
const copy = (bags: ReadonlyMap<string, Bag>): Map<string, Bag> => new Map([...bags].map(([name, bag]) => [name, new Map(bag)]));

async function followSteps(run: Run): Promise<Checked> {
  const { program, plain, steps, options } = run;
  const { views } = run.engine.dataflow;
  const most = new Map<string, number>();
  const model = createTableModel(program);
  const lateRows: Row[] = [];
  const restarts = (options.restarts ?? []).filter(({ after }) => after < steps.length);
  for (const [index, step] of steps.entries()) {
    const where = `after step ${index + 1}`;
    const late = model.apply(step);
    for (const { name } of program.tables) if (index === 0 || step.has(name)) await plain.fill(name, model.rows(name));
    const got = await attempt(() => doStep(run, step));
    if (got.value !== undefined) {
      lateRows.push(...errorsOf(got.value, late, where));
      if (index === 0 || lateRows.length > 0) await plain.fill("error_view", lateRows);
    }
    const expected = await attempt(() => readViews(plain, program));
    if (got.fault !== undefined || expected.fault !== undefined) {
      const fault = got.fault ?? expected.fault!;
      if (got.fault !== undefined && expected.fault !== undefined) return { views, most, steps: index, fault };
      if (await faultsEitherWay(plain, program, expected.fault !== undefined)) return { views, most, steps: index, fault };
      throw new Mismatch(got.fault === undefined ? `${where}: only DuckDB faults: ${fault}` : `${where}: only the engine faults: ${fault}`);
    }
    follow(run, got.value!, where);
    for (const [name, rows] of expected.value!) most.set(name, Math.max(most.get(name) ?? 0, rows.length));
    const truthOf = (name: string): readonly Row[] => expected.value!.get(name) ?? model.rows(name);
    const compare = (snapshots: boolean, when: string): Promise<void> =>
      compareContent(run.engine, run.followed, truthOf, when, { approximate: options.approximate ?? new Set(), snapshots });
    if (restarts.length > 0) run.history.push(copy(run.followed));
    // A snapshot commits: steps that are to be lost do without.
    const done = index + 1;
    await compare(!restarts.some(({ after, lost }) => done > after - lost && done <= after), where);
    if (restarts.some(({ after, lost }) => done === after - lost)) await run.engine.commit();
    if (restarts.some(({ after }) => done === after)) {
      await restart(run, done);
      await compare(true, `${where}, after a restart`);
    }
  }
  return { views, most, steps: steps.length };
}

const doStep = (run: Run, step: Step): Promise<StepResult> => {
  const now = timeOf(step);
  return run.engine.step({ changes: toBatches(step), watch: new Set(run.followed.keys()), ...(now === undefined ? {} : { now }) });
};

/** Closes the engine and starts another, which gets again what it does not know. */
async function restart(run: Run, done: number): Promise<void> {
  await run.engine.close();
  run.engine = await run.start();
  const at = run.engine.restored?.step ?? 0;
  if (at > done) throw new Mismatch(`restarted after step ${done}, the engine stands at ${at}`);
  const before = run.followed;
  run.followed = copy(run.history[at]!);
  for (let step = at; step < done; step++) {
    const where = `step ${step + 1} again after a restart`;
    const got = await attempt(() => doStep(run, run.steps[step]!));
    if (got.fault !== undefined) throw new Mismatch(`${where}: ${got.fault}`);
    follow(run, got.value!, where);
  }
  for (const [name, bag] of run.followed) assertSame(bag, before.get(name)!, `after step ${done}, ${name}: again after a restart`);
}

/** The step's rows of the error view, which must be as many as its changes that came too late. */
function errorsOf({ deltas }: StepResult, late: ReadonlyMap<string, number>, where: string): Row[] {
  const rows = (deltas.get("error_view") ?? []).flatMap(([row, weight]) => Array.from({ length: weight }, () => row));
  for (const [name, count] of late) {
    const told = rows.filter(([table]) => table === name).length;
    if (told !== count) throw new Mismatch(`${where}: ${told} changes of ${name} were too late for the engine, should be ${count}`);
  }
  return rows;
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

function follow(run: Run, { deltas }: StepResult, where: string): void {
  for (const [name, bag] of run.followed)
    try {
      addDelta(bag, deltas.get(name) ?? []);
    } catch (error) {
      throw new Mismatch(`${where}, ${name}: ${(error as Error).message}`);
    }
}
