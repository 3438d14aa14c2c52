import type { Key } from "../dataflow/operator.ts";
import { consolidate } from "../runtime/consolidate.ts";
import { cellsKey, rowIdentity } from "../runtime/row-identity.ts";
import { keyColumns } from "../runtime/table-state.ts";
import type { Delta, DeltaEntry, Row, Table, View } from "../types.ts";

/** What has changed in one relation since it was written last. */
export interface Pending {
  /** Takes in a change that follows all before it. */
  add(delta: Delta): void;
  /** The change in all: of rows that come and go nothing is left. */
  changes(): Delta;
  /** Records that it holds. */
  readonly size: number;
}

export function createPending(relation: Table | View): Pending {
  const types = relation.fields.map((field) => field.columnType);
  if (relation.kind === "table" && relation.primaryKey !== undefined)
    return keyedPending(cellsKey(types, keyColumns(relation, relation.primaryKey)));
  return multisetPending(rowIdentity(types));
}

/** By key: the row that is in the store, and the one that shall be. */
function keyedPending(keyOf: (row: Row) => Key): Pending {
  const entries = new Map<Key, { readonly stored: Row | undefined; row: Row | undefined }>();
  return {
    add(delta) {
      for (const [row, weight] of delta) {
        const key = keyOf(row);
        const entry = entries.get(key);
        if (entry === undefined) entries.set(key, weight < 0 ? { stored: row, row: undefined } : { stored: undefined, row });
        else if (weight > 0) entry.row = row;
        else if (entry.stored === undefined) entries.delete(key);
        else entry.row = undefined;
      }
    },
    changes() {
      const delta: DeltaEntry[] = [];
      for (const { stored, row } of entries.values()) {
        if (stored !== undefined) delta.push([stored, -1]);
        if (row !== undefined) delta.push([row, 1]);
      }
      return delta;
    },
    get size() {
      return entries.size;
    },
  };
}

/** The size from which on a change is worth being shortened. */
const smallest = 8_192;

/** As they come, which costs next to nothing; shortened when it has doubled since the last time and rows were removed. */
function multisetPending(keyOf: (row: Row) => Key): Pending {
  let parts: Delta[] = [];
  let size = 0;
  let removals = false;
  let shortenAt = smallest;
  const shorten = (): void => {
    const whole = consolidate(parts.length === 1 ? parts[0]! : parts.flat(), keyOf);
    parts = [whole];
    size = whole.length;
    removals = hasRemovals(whole);
    shortenAt = Math.max(smallest, size * 2);
  };
  return {
    add(delta) {
      parts.push(delta);
      size += delta.length;
      removals ||= hasRemovals(delta);
      if (removals && size > shortenAt) shorten();
    },
    changes() {
      if (removals) shorten();
      else if (parts.length !== 1) parts = [parts.flat()];
      return parts[0]!;
    },
    get size() {
      return size;
    },
  };
}

function hasRemovals(delta: Delta): boolean {
  for (let i = 0; i < delta.length; i++) if (delta[i]![1] < 0) return true;
  return false;
}
