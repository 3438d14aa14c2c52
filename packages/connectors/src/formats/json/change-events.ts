import { ChangeOp } from "@headgate/engine";
import type { ChangeSink } from "../records/change-sink.ts";
import type { RowReader } from "../records/row-reader.ts";
import { ValueError, rawNumber, showValue } from "../values/value-error.ts";
import type { JsonInputUpdate } from "./input-config.ts";

/** Adds the changes that one parsed record stands for. @throws ValueError; what it added before is to be taken back */
export type EventReader = (event: unknown, sink: ChangeSink) => void;

type Members = Readonly<Record<string, unknown>>;
const maxWeight = 1_000_000;

/** Examples of well-formed records, shown beside errors. */
export const eventExamples: Readonly<Record<JsonInputUpdate, string>> = {
  insert_delete: '{"insert": {…}} or {"delete": {…}}',
  raw: "{…}, an object of columns",
  weighted: '{"data": {…}, "weight": 1}',
  debezium: '{"payload": {"op": "u", "before": {…}, "after": {…}}}',
};

/** Makes the reader of one update format. */
export function createEventReader(update: JsonInputUpdate, rows: RowReader): EventReader {
  switch (update) {
    case "insert_delete":
      return (event, sink) => readInsertDelete(event, rows, sink);
    case "raw":
      return (event, sink) => sink.add(ChangeOp.insert, rows.whole(event));
    case "weighted":
      return (event, sink) => readWeighted(event, rows, sink);
    case "debezium":
      return (event, sink) => readDebezium(event, rows, sink);
  }
}

function membersOf(event: unknown, update: JsonInputUpdate): Members {
  if (typeof event !== "object" || event === null || Array.isArray(event)) {
    const suggestion = Array.isArray(event) ? 'set "array": true to read arrays of records' : undefined;
    throw new ValueError(`expected ${eventExamples[update]}, found ${showValue(event)}`, suggestion);
  }
  return event as Members;
}

function given(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function readInsertDelete(event: unknown, rows: RowReader, sink: ChangeSink): void {
  const members = membersOf(event, "insert_delete");
  const { insert, delete: removed, update } = members;
  if (given(removed)) sink.add(ChangeOp.delete, rows.removed(removed));
  if (given(insert)) sink.add(ChangeOp.insert, rows.whole(insert));
  if (given(update)) {
    if (!rows.hasKey) {
      throw new ValueError('"update" needs a table with a primary key', "send a delete of the old row and an insert of the new one");
    }
    sink.add(ChangeOp.update, rows.partial(update));
  } else if (!given(insert) && !given(removed)) {
    const first = Object.keys(members)[0];
    const found = first === undefined ? "an empty object" : `key ${JSON.stringify(first.slice(0, 80))}`;
    throw new ValueError(
      `expected one of "insert", "delete" or "update", found ${found}`,
      'for bare rows without "insert", set "update_format": "raw"',
    );
  }
}

function readWeighted(event: unknown, rows: RowReader, sink: ChangeSink): void {
  const { data, weight } = membersOf(event, "weighted");
  const count = typeof weight === "object" && weight !== null ? rawNumber(weight) : weight;
  if (typeof count !== "number" || !Number.isInteger(count) || Math.abs(count) > maxWeight) {
    throw new ValueError(`expected "weight" to be an integer between -${maxWeight} and ${maxWeight}, found ${showValue(weight)}`);
  }
  if (!given(data)) throw new ValueError(`expected ${eventExamples.weighted}, found no "data"`);
  if (count > 0) sink.addRepeated(ChangeOp.insert, rows.whole(data), count);
  else if (count < 0) sink.addRepeated(ChangeOp.delete, rows.removed(data), -count);
}

function readDebezium(event: unknown, rows: RowReader, sink: ChangeSink): void {
  // A tombstone follows each delete, for log compaction; it says nothing new.
  if (event === null) return;
  const outer = membersOf(event, "debezium");
  if (outer["payload"] === null) return;
  const { op, before, after } = outer["payload"] === undefined ? outer : membersOf(outer["payload"], "debezium");
  if (op !== undefined && op !== "c" && op !== "r" && op !== "u" && op !== "d") {
    throw new ValueError(`expected "op" to be one of "c", "r", "u", "d", found ${showValue(op)}`);
  }
  const needed = op === "d" ? "before" : "after";
  if (!given(op === "d" ? before : after) && !(op === undefined && given(before))) {
    throw new ValueError(
      `expected "${needed}" in a change with "op" ${op === undefined ? "missing" : `"${op}"`}`,
      op === "d" ? "make the source send whole rows (PostgreSQL: REPLICA IDENTITY FULL)" : undefined,
    );
  }
  if (op === "u" && !given(before) && !rows.hasKey) {
    throw new ValueError(
      '"before" is missing, and the table has no primary key to find the old row by',
      "declare a PRIMARY KEY, or make the source send old rows (PostgreSQL: REPLICA IDENTITY FULL)",
    );
  }
  if (op === "u" && rows.appendOnly) rows.partial(after);
  if (given(before) && op !== "c" && op !== "r") sink.add(ChangeOp.delete, rows.removed(before));
  if (given(after) && op !== "d") sink.add(ChangeOp.insert, rows.whole(after));
}
