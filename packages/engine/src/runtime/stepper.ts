import type { StepInput, StepResult } from "../engine.ts";
import { EngineError } from "../errors.ts";
import { duckdbMessage } from "../query/duckdb-error.ts";
import type { Draft } from "../store/store.ts";
import { errorViewName } from "../program/error-view.ts";
import type { ChangeBatch, Delta, DeltaEntry } from "../types.ts";
import { consolidate } from "./consolidate.ts";
import { withInputs } from "./dependencies.ts";
import { recompute, refill } from "./recompute.ts";
import { evaluate, loadRows } from "./restore.ts";
import { rowIdentity } from "./row-identity.ts";
import { isRecomputed, type RunningProgram } from "./running-program.ts";
import type { StateLimit } from "./state-limit.ts";

export interface Stepper {
  /** @throws EngineError `storage` | a mistake of the input: nothing happened. Anything else ends the program. */
  step(input: StepInput): Promise<StepResult>;
  /** Why no further step can be done. */
  readonly ended: EngineError | undefined;
}

/** From so many changed rows on, memory is looked at within the step. */
const largeDelta = 10_000;

/** Does steps one after the other: tables, then views in program order, then what is wanted back. */
export function createStepper(running: RunningProgram, limit: StateLimit, firstStep: number): Stepper {
  const { program, dependencies, kept, relations, store, dataflow, graph } = running;
  const identities = new Map(
    [...program.tables, ...program.views].map(({ name, fields }) => [name, rowIdentity(fields.map((field) => field.columnType))]),
  );
  let step = firstStep - 1;
  let ended: EngineError | undefined;
  /** Recomputed views whose table holds their content as of `step`. */
  const current = new Set(step === 0 ? [...kept.always, ...kept.scratch] : kept.always);
  let rollbacks = store.rollbacks;

  /** Brings recomputed views that are wanted now up to the state before this step. */
  const prepare = async (needed: ReadonlySet<string>, draft: Draft): Promise<void> => {
    if (needed.size === 0) return;
    const connection = await store.connection("change");
    if (rollbacks !== store.rollbacks) {
      rollbacks = store.rollbacks;
      for (const name of kept.scratch) current.delete(name);
    }
    for (const { name } of program.views) {
      if (!needed.has(name) || current.has(name)) continue;
      if (!running.untoldScratch.has(name)) {
        await draft.write(dependencies.get(name)!);
        store.forget(name);
        await refill(connection, relations.get(name)!);
      }
      current.add(name);
    }
  };

  const run = async (input: StepInput, needed: ReadonlySet<string>, draft: Draft): Promise<ReadonlyMap<string, Delta>> => {
    const deltas = new Map<string, Delta>();
    const tableDeltas = new Map<string, Delta>();
    const changed = new Set<string>();
    const took = (name: string, delta: Delta): void => {
      const untold = running.untold.get(name);
      if (input.watch.has(name)) {
        const whole =
          untold === undefined && !running.tables.has(name) ? delta : consolidate([...(untold ?? []), ...delta], identities.get(name)!);
        if (whole.length > 0) deltas.set(name, whole);
      }
      if (delta.length === 0) return;
      changed.add(name);
      if (kept.inStore.has(name)) draft.add(name, delta);
    };
    for (const [name, batches] of input.changes) {
      const delta = running.tables.get(name)!.apply(batches);
      tableDeltas.set(name, delta);
      took(name, delta);
    }
    const late = lateChanges(input);
    if (late.length > 0) tableDeltas.set(errorViewName, late);
    graph.watermarks.advance();
    dataflow.begin(tableDeltas);
    for (const { name } of program.views) {
      if (!isRecomputed(running, name)) {
        const delta = evaluate(running, name);
        if (delta.length > largeDelta) limit.check();
        took(name, delta);
        continue;
      }
      const stale = step === 0 || running.untoldScratch.has(name) || [...dependencies.get(name)!].some((input) => changed.has(input));
      if (stale && !needed.has(name)) {
        current.delete(name);
        // What reads it may have changed too; nothing that is needed does.
        changed.add(name);
        continue;
      }
      let delta: Delta = [];
      if (stale) {
        await draft.write([...dependencies.get(name)!, name]);
        delta = await recompute(await store.connection("read"), relations.get(name)!);
      }
      if (kept.feeding.has(name)) dataflow.provide(name, delta);
      took(name, delta);
    }
    for (const name of input.changes.keys()) running.tables.get(name)!.release();
    dataflow.release();
    running.untold.clear();
    running.untoldScratch.clear();
    return deltas;
  };

  /** What came too late in this step, as the error view's change. */
  const lateChanges = (input: StepInput): Delta => {
    const wanted = input.watch.has(errorViewName) || kept.inStore.has(errorViewName);
    const rows = [...input.changes.keys()].flatMap((name) => running.tables.get(name)!.takeErrors(wanted));
    return consolidate(
      rows.map((row): DeltaEntry => [row, 1]),
      identities.get(errorViewName)!,
    );
  };

  return {
    get ended() {
      return ended;
    },
    async step(input) {
      if (ended !== undefined) throw new EngineError(ended.code, `The program has ended: ${ended.message}`, { cause: ended });
      checkInput(input, running);
      const changes = new Map<string, readonly ChangeBatch[]>();
      for (const [name, batches] of input.changes) changes.set(name, running.tables.get(name)!.check(batches));
      try {
        limit.check();
      } catch (error) {
        throw (ended = toEnd(error));
      }
      const needed = recomputedNow(running, input.watch);
      await store.room();
      const draft = store.draft();
      await before(draft, async () => {
        for (const [name, batches] of changes) if (running.tables.get(name)!.needsRows(batches)) await loadRows(running, name, draft);
        await prepare(needed, draft);
      });
      try {
        const deltas = await run({ ...input, changes }, needed, draft);
        draft.accept();
        step++;
        return { step, deltas };
      } catch (error) {
        await draft.discard();
        throw (ended = toEnd(error));
      }
    },
  };

  /** What comes before anything happens: when it fails the program can go on. */
  async function before(draft: Draft, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      await draft.discard();
      if (error instanceof EngineError) throw error;
      throw new EngineError("storage", `The store could not be read: ${duckdbMessage(error)}`, { cause: error });
    }
  }
}

const none: ReadonlySet<string> = new Set();

function recomputedNow(running: RunningProgram, watch: ReadonlySet<string>): ReadonlySet<string> {
  if (running.kept.always.size === 0 && running.kept.scratch.size === 0) return none;
  const names = withInputs([...running.kept.always, ...watch], running.dependencies);
  return new Set([...names].filter((name) => isRecomputed(running, name)));
}

/** V8 says this of a Map with 2^24 entries. */
const mapIsFull = /Map maximum size exceeded/;

function toEnd(error: unknown): EngineError {
  if (error instanceof RangeError && mapIsFull.test(error.message))
    return new EngineError(
      "state_limit",
      "A table, group or join holds more than 16.7 million keys, the most that one can hold in memory",
      {
        cause: error,
        suggestion: "Delete rows that are no longer needed, or aggregate before joining",
      },
    );
  // A fault of the store in the middle of a step leaves the step half done.
  if (error instanceof EngineError && error.code !== "storage") return error;
  return new EngineError("runtime", `The step failed: ${duckdbMessage(error)}`, { cause: error });
}

function checkInput(input: StepInput, { graph, tables }: RunningProgram): void {
  for (const name of input.watch)
    if (!tables.has(name) && !graph.views.has(name))
      throw new EngineError("unknown_relation", `The program has no table or view '${name}'`);
  for (const name of input.changes.keys())
    if (!tables.has(name)) throw new EngineError("unknown_relation", `The program has no table '${name}'`);
}
