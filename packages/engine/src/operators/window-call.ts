import type { Accumulator } from "../aggregates/accumulator.ts";
import { bindAggregate } from "../aggregates/bind-aggregate.ts";
import type { RowCompiler } from "../expression/row-compiler.ts";
import type { Expression, WindowCall } from "../plan/types.ts";
import { Unsupported } from "../plan/unsupported.ts";
import type { Row, Value } from "../types.ts";
import { bindFrame } from "./window-frame.ts";
import { type OrderedPartition, peerEnd, peerStart } from "./window-partition.ts";

/** A window function's values for the rows of a partition, in its order. */
export type WindowFunction = (partition: OrderedPartition) => readonly Value[];

/** Functions of a row's place alone. */
const placements: Readonly<Record<string, (partition: OrderedPartition, index: number) => Value>> = {
  row_number: (_, index) => BigInt(index + 1),
  rank: (partition, index) => BigInt(peerStart(partition, index) + 1),
  dense_rank: ({ group }, index) => BigInt((group[index] as number) + 1),
  percent_rank: (partition, index) => {
    const others = partition.rows.length - 1;
    return others === 0 ? 0 : peerStart(partition, index) / others;
  },
  cume_dist: (partition, index) => peerEnd(partition, index) / partition.rows.length,
};
const aliases: Readonly<Record<string, string>> = { rank_dense: "dense_rank" };

/** Functions whose values depend on how equal rows are ordered: without any order they would be arbitrary. */
const needOrder = new Set(["row_number", "ntile", "lag", "lead", "first_value", "last_value", "nth_value"]);

const skipsNulls = new Set(["lag", "lead", "first_value", "last_value", "nth_value"]);

/**
 * Binds a call of a window.
 *
 * @throws Unsupported for functions, options and frames that are not proven to equal DuckDB.
 */
export function bindWindowCall(call: WindowCall, rows: RowCompiler): WindowFunction {
  const name = aliases[call.name] ?? call.name;
  const placement = Object.hasOwn(placements, name) ? placements[name] : undefined;
  if (placement === undefined && !needOrder.has(name)) return bindAggregateCall(call, rows);
  refuseOptions(call, name);
  if (placement !== undefined) return (partition) => partition.rows.map((_, index) => placement(partition, index));
  if (name === "ntile") return bindNtile(call);
  return name === "lag" || name === "lead" ? bindShift(call, rows, name) : bindPick(call, rows, name);
}

function refuseOptions(call: WindowCall, name: string): void {
  if (call.ignoreNulls && !skipsNulls.has(name)) throw new Unsupported(`${name} with IGNORE NULLS`);
  if (call.distinct || call.argumentOrder.length > 0) throw new Unsupported(`${name} with DISTINCT or ORDER BY in its parentheses`);
  if (call.filter !== undefined) throw new Unsupported(`${name} with FILTER`);
  if (call.orders.length === 0 && needOrder.has(name)) throw new Unsupported(`${name} without ORDER BY: it depends on the order of rows`);
}

/** Larger buckets come first. */
function bindNtile(call: WindowCall): WindowFunction {
  const buckets = constantInteger(call.args[0], "ntile");
  if (buckets < 1) throw new Unsupported("ntile of less than one bucket");
  return ({ rows }) => {
    const used = Math.min(buckets, rows.length);
    const small = Math.floor(rows.length / used);
    const large = rows.length % used;
    const inLarge = large * (small + 1);
    return rows.map((_, i) => BigInt(1 + (i < inLarge ? Math.floor(i / (small + 1)) : large + Math.floor((i - inLarge) / small))));
  };
}

function bindShift(call: WindowCall, rows: RowCompiler, name: "lag" | "lead"): WindowFunction {
  const value = rows.value(onlyArgument(call));
  const distance = call.offset === undefined ? 1 : constantInteger(call.offset, name);
  const otherwise = call.default === undefined ? (): Value => null : rows.value(call.default);
  const shift = name === "lag" ? -distance : distance;
  if (call.ignoreNulls) return shiftKnown(value, shift, otherwise);
  return (partition) =>
    partition.rows.map((row, i) => {
      const other = partition.rows[i + shift];
      return other === undefined ? otherwise(row) : value(other);
    });
}

/** Counts only rows whose value is not NULL; a row is never its own neighbour. */
function shiftKnown(value: (row: Row) => Value, shift: number, otherwise: (row: Row) => Value): WindowFunction {
  return ({ rows }) => {
    const values = rows.map(value);
    const known = knownPlaces(values);
    return rows.map((row, i) => {
      // The first known place from this row on; the row itself is no step.
      const at = countBelow(known, shift > 0 ? i + 1 : i);
      const place = shift === 0 ? i : known[shift > 0 ? at + shift - 1 : at + shift];
      return place === undefined ? otherwise(row) : (values[place] as Value);
    });
  };
}

const knownPlaces = (values: readonly Value[]): readonly number[] => values.flatMap((value, i) => (value === null ? [] : [i]));

/** How many of these places lie below one. */
function countBelow(places: readonly number[], place: number): number {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((places[middle] as number) < place) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** first_value, last_value, nth_value: of the row's frame; NULL when the frame has no such row. */
function bindPick(call: WindowCall, rows: RowCompiler, name: string): WindowFunction {
  const [argument, nth] = call.args;
  if (argument === undefined) throw new Unsupported(`${name} without an argument`);
  const value = rows.value(argument);
  const frame = bindFrame(call, rows);
  const place = name === "nth_value" ? constantInteger(nth, name) - 1 : 0;
  if (place < 0) throw new Unsupported("nth_value of less than 1");
  if (call.ignoreNulls)
    return (partition) => {
      const values = partition.rows.map(value);
      const known = knownPlaces(values);
      return values.map((_, i) => {
        const begin = countBelow(known, frame.start(partition, i));
        const end = countBelow(known, frame.end(partition, i));
        const at = name === "last_value" ? end - 1 : begin + place;
        return at >= begin && at < end ? (values[known[at] as number] as Value) : null;
      });
    };
  return (partition) =>
    partition.rows.map((_, i) => {
      const start = frame.start(partition, i);
      const end = frame.end(partition, i);
      const at = name === "last_value" ? end - 1 : start + place;
      return at >= start && at < end ? value(partition.rows[at] as Row) : null;
    });
}

/** An aggregate over each row's frame. Frames move on from row to row, and what they leave is taken back exactly. */
function bindAggregateCall(call: WindowCall, rows: RowCompiler): WindowFunction {
  if (call.ignoreNulls) throw new Unsupported(`${call.name} with IGNORE NULLS`);
  const { name, args, distinct, filter, type } = call;
  const bound = bindAggregate({ name, args, distinct, filter, orderBy: call.argumentOrder, type }, rows);
  const frame = bindFrame(call, rows);
  return (partition) => {
    const inputs = partition.rows.map(bound.input);
    let accumulator = bound.create();
    let low = 0;
    let high = 0;
    let result: Value | undefined;
    return inputs.map((_, i) => {
      const start = frame.start(partition, i);
      const end = Math.max(start, frame.end(partition, i));
      if (result !== undefined && start === low && end === high) return result;
      if (start < low || end < high) {
        // Only distances of months do this: a month after 31 January 01:00 is before a month after 30 January 23:00.
        accumulator = bound.create();
        low = high = start;
      }
      for (; high < end; high++) add(accumulator, inputs[high] as Value, 1);
      for (; low < start; low++) add(accumulator, inputs[low] as Value, -1);
      return (result = accumulator.result());
    });
  };
}

function add(accumulator: Accumulator, input: Value, weight: number): void {
  if (input !== null) accumulator.add(input, weight);
}

function onlyArgument(call: WindowCall): Expression {
  const [argument, ...others] = call.args;
  if (argument === undefined || others.length > 0) throw new Unsupported(`${call.name} of ${call.args.length} arguments`);
  return argument;
}

function constantInteger(expression: Expression | undefined, name: string): number {
  const value = expression?.kind === "constant" ? expression.value : undefined;
  const number = typeof value === "bigint" || typeof value === "number" ? Number(value) : NaN;
  if (!Number.isSafeInteger(number)) throw new Unsupported(`${name} whose count is not a constant`);
  return number;
}
