import type { Delta, Row } from "@headgate/engine";
import type { EncodeError } from "@headgate/connector-kit";
import { encodeFault } from "../records/message-encoder.ts";

/** What a delta does to one key. */
export interface KeyChange {
  readonly key: Buffer;
  readonly operation: "insert" | "update" | "delete";
  /** The new row, or the one that is gone. */
  readonly row: Row;
}

interface Group {
  readonly key: Buffer;
  inserted: Row | undefined;
  removed: Row | undefined;
  /** More than one row came or went. */
  several: boolean;
}

/**
 * Makes one change of what a delta says about each key: an insert with a delete is an update. A key that has several rows is an error, as
 * a sink keeps one of them and nobody could say which.
 */
export function* groupByKey(delta: Delta, keyOf: (row: Row) => Buffer, index: string): Generator<KeyChange | EncodeError> {
  const groups = new Map<string, Group>();
  for (const [row, weight] of delta) {
    let key: Buffer;
    try {
      key = keyOf(row);
    } catch (error) {
      yield encodeFault(error);
      continue;
    }
    const name = key.toString("latin1");
    const group = groups.get(name) ?? { key, inserted: undefined, removed: undefined, several: false };
    groups.set(name, group);
    if (weight > 1 || weight < -1 || (weight > 0 ? group.inserted : group.removed) !== undefined) group.several = true;
    if (weight > 0) group.inserted = row;
    else group.removed = row;
  }
  for (const { inserted, key, removed, several } of groups.values()) {
    const row = inserted ?? removed;
    if (row === undefined) continue;
    if (several) yield { message: `index "${index}" is not unique: the view holds several rows with the key of ${showRow(row)}` };
    else yield { key, row, operation: inserted === undefined ? "delete" : removed === undefined ? "insert" : "update" };
  }
}

const showRow = (row: Row): string =>
  `(${row.map((value) => (typeof value === "string" ? JSON.stringify(value) : String(value))).join(", ")})`.slice(0, 200);
