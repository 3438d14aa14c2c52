import type { Key } from "../dataflow/operator.ts";
import { EngineError } from "../errors.ts";
import type { LateGate } from "../streaming/late-gate.ts";
import { createSweep } from "../streaming/sweep.ts";
import { ChangeOp, type ChangeBatch, type Delta, type DeltaEntry, type Row, type Table, type Value } from "../types.ts";
import { createRowCheck } from "./row-check.ts";
import { cellsKey, rowEquality, rowIdentity } from "./row-identity.ts";

type Cells = readonly (Value | undefined)[];

/** A table's rows as far as they are needed to tell what a change does: all of them with a key, their counts without. */
export interface TableState {
  /** The batches with each cell as the table keeps it; changes nothing. @throws EngineError `runtime` naming table and column */
  check(batches: readonly ChangeBatch[]): readonly ChangeBatch[];
  /** True when `load` must bring the table's rows before these changes: the first delete of a table without a key. */
  needsRows(batches: readonly ChangeBatch[]): boolean;
  /** Takes in rows that the table has already. */
  load(delta: Delta): void;
  /** Marks the rows as loaded, also when there were none. */
  loaded(): void;
  /**
   * Applies checked batches; gives what they change. With a key it is consolidated, a removed row before the row that replaces it;
   * without one a row may stand several times.
   */
  apply(batches: readonly ChangeBatch[]): Delta;
  /** Lets go of rows that no change can reach any more. */
  release(): void;
  /** The rows of the error view for what was too late since the last call. */
  takeErrors(wanted: boolean): Row[];
  /** Rows (or counts) held now. */
  readonly retained: number;
}

/** An empty table; the gate turns away what comes too late for it. */
export function createTableState(table: Table, gate?: LateGate): TableState {
  const state = table.primaryKey === undefined ? multisetState(table, gate) : keyedState(table, keyColumns(table, table.primaryKey), gate);
  return table.appendOnly ? appendOnly(table, state) : state;
}

/** Formats refuse what is no insert, record by record; here it is a mistake of the caller. */
function appendOnly({ name }: Table, state: TableState): TableState {
  const { check } = state;
  state.check = (batches) => {
    if (batches.some(({ ops }) => ops?.some((op) => op !== ChangeOp.insert) === true))
      throw new EngineError("runtime", `Table '${name}' is append-only: its rows cannot be deleted or updated`);
    return check(batches);
  };
  return state;
}

/** Positions of the key's columns. */
export function keyColumns(table: Table, primaryKey: readonly string[]): number[] {
  return primaryKey.map((name) => table.fields.findIndex((field) => field.name === name));
}

function keyedState(table: Table, keys: readonly number[], gate: LateGate | undefined): TableState {
  const types = table.fields.map((field) => field.columnType);
  const keyOf = cellsKey(types, keys);
  const sameRow = rowEquality(types);
  const rows = new Map<Key, Row>();
  const sweep = createSweep();
  const check = createRowCheck(table);
  return {
    check: (batches) =>
      batches.map(({ rows, ops }) => {
        if (ops === undefined) return { rows: check.all(rows), ops };
        const checked = rows.map((cells, i) => {
          const op = ops[i];
          return op === ChangeOp.insert ? check.whole(cells) : op === ChangeOp.delete ? check.only(cells, keys) : check.patch(cells, keys);
        });
        return { rows: checked, ops };
      }),
    needsRows: () => false,
    load(delta) {
      for (const [row] of delta) rows.set(keyOf(row), row);
    },
    loaded: () => undefined,
    apply(batches) {
      const touched = new Map<Key, { readonly before: Row | undefined; after: Row | undefined }>();
      for (const batch of batches)
        for (let i = 0; i < batch.rows.length; i++) {
          const cells = batch.rows[i]!;
          const key = keyOf(cells);
          let entry = touched.get(key);
          if (entry === undefined) {
            const before = rows.get(key);
            touched.set(key, (entry = { before, after: before }));
          }
          const op = batch.ops?.[i] ?? ChangeOp.insert;
          if (gate?.refuses(op, cells, entry.after) === true) continue;
          if (op === ChangeOp.insert) entry.after = cells as Row;
          else if (op === ChangeOp.delete) entry.after = undefined;
          // An update of a missing key does nothing.
          else if (entry.after !== undefined) entry.after = mergeRow(entry.after, cells);
          if (entry.after !== undefined) gate?.took(entry.after);
        }
      const delta: DeltaEntry[] = [];
      for (const [key, { before, after }] of touched) {
        if (before === after || (before !== undefined && after !== undefined && sameRow(before, after))) continue;
        if (before !== undefined) delta.push([before, -1]);
        if (after === undefined) rows.delete(key);
        else {
          delta.push([after, 1]);
          rows.set(key, after);
        }
      }
      return delta;
    },
    release() {
      if (gate?.isClosed === undefined || !sweep.isDue(rows.size)) return;
      for (const [key, row] of rows) if (gate.isClosed(row)) rows.delete(key);
      sweep.done(rows.size);
    },
    takeErrors: (wanted) => gate?.takeErrors(wanted) ?? [],
    get retained() {
      return rows.size;
    },
  };
}

/** Each row once more. */
function inserted(batches: readonly ChangeBatch[]): Delta {
  const delta = new Array<DeltaEntry>(batches.reduce((sum, { rows }) => sum + rows.length, 0));
  let at = 0;
  for (const { rows } of batches) for (let i = 0; i < rows.length; i++) delta[at++] = [rows[i] as Row, 1];
  return delta;
}

/** The batches without what is too late. */
function inTime(batches: readonly ChangeBatch[], gate: LateGate): readonly ChangeBatch[] {
  return batches.map((batch) => {
    const { rows, ops } = batch;
    const kept: number[] = [];
    for (let i = 0; i < rows.length; i++) {
      const op = ops?.[i] ?? ChangeOp.insert;
      if (gate.refuses(op, rows[i]!, undefined)) continue;
      if (op === ChangeOp.insert) gate.took(rows[i] as Row);
      kept.push(i);
    }
    if (kept.length === rows.length) return batch;
    return { rows: kept.map((i) => rows[i]!), ops: ops && Uint8Array.from(kept, (i) => ops[i]!) };
  });
}

/** `cells` over `base`, cell by cell; undefined keeps the base's. */
function mergeRow(base: Row, cells: Cells): Row {
  return base.map((value, i) => (cells[i] === undefined ? value : cells[i]));
}

/** Without a key: rows have counts, a delete takes one copy if there is one. Counts are kept only once there was a delete. */
function multisetState(table: Table, gate: LateGate | undefined): TableState {
  const rowKey = rowIdentity(table.fields.map((field) => field.columnType));
  const check = createRowCheck(table);
  const isClosed = gate?.isClosed;
  const sweep = createSweep();
  let counts: Map<Key, number> | undefined;
  /** The rows that are counted, where one day they can be let go of. */
  const counted = isClosed === undefined ? undefined : new Map<Key, Row>();
  const hasDeletes = (batches: readonly ChangeBatch[]): boolean =>
    batches.some(({ ops }) => ops !== undefined && ops.includes(ChangeOp.delete));
  const forget = (key: Key): void => {
    counts!.delete(key);
    counted?.delete(key);
  };
  const add = (key: Key, row: Row, weight: number): void => {
    const count = (counts!.get(key) ?? 0) + weight;
    if (count === 0) forget(key);
    else {
      counts!.set(key, count);
      counted?.set(key, row);
    }
  };
  return {
    check: (batches) =>
      batches.map(({ rows, ops }) => {
        if (ops?.includes(ChangeOp.update) === true)
          throw new EngineError("runtime", `Table '${table.name}' has no primary key, so its rows cannot be updated`);
        return { rows: check.all(rows), ops };
      }),
    needsRows: (batches) => counts === undefined && hasDeletes(batches),
    load(delta) {
      counts ??= new Map();
      for (const [row, weight] of delta) if (isClosed?.(row) !== true) add(rowKey(row), row, weight);
    },
    loaded() {
      counts ??= new Map();
    },
    apply(arrived) {
      const batches = gate === undefined ? arrived : inTime(arrived, gate);
      if (counts === undefined) return inserted(batches);
      const net = new Map<Key, { readonly row: Row; weight: number }>();
      for (const { rows, ops } of batches)
        for (let i = 0; i < rows.length; i++) {
          const row = rows[i] as Row;
          const key = rowKey(row);
          const weight = ops?.[i] === ChangeOp.delete ? -1 : 1;
          const entry = net.get(key);
          if (entry === undefined) net.set(key, { row, weight });
          else entry.weight += weight;
        }
      const delta: DeltaEntry[] = [];
      for (const [key, { row, weight }] of net) {
        // A delete of a row that is not there does nothing.
        const clamped = weight < 0 ? -Math.min(-weight, counts.get(key) ?? 0) : weight;
        if (clamped === 0) continue;
        add(key, row, clamped);
        delta.push([row, clamped]);
      }
      return delta;
    },
    release() {
      if (counts === undefined || counted === undefined || !sweep.isDue(counts.size)) return;
      for (const [key, row] of counted) if (isClosed!(row)) forget(key);
      sweep.done(counts.size);
    },
    takeErrors: (wanted) => gate?.takeErrors(wanted) ?? [],
    get retained() {
      return counts?.size ?? 0;
    },
  };
}
