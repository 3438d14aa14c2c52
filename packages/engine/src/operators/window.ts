import { requireIdentity } from "../aggregates/argument.ts";
import type { Operator } from "../dataflow/operator.ts";
import type { RowCompiler } from "../expression/row-compiler.ts";
import type { PlanType, WindowCall, WindowNode } from "../plan/types.ts";
import type { Delta, Row, Value } from "../types.ts";
import { bindWindowCall } from "./window-call.ts";
import { WindowStage } from "./window-stage.ts";

/**
 * Window functions: one stage per way to partition, each of which appends the values of its calls. Rows that are equal in a call's
 * order stand in a fixed order by value; DuckDB's is arbitrary, so that row_number, lag or a ROWS frame may differ among them.
 */
export function createWindow(node: WindowNode, rows: RowCompiler): Operator {
  for (const type of node.input.types) requireIdentity(type, "window");
  const stages: WindowStage[] = [];
  const done: number[] = [];
  const types: PlanType[] = [...node.input.types];
  for (const positions of byPartition(node.calls)) {
    const calls = positions.map((position) => node.calls[position] as WindowCall);
    stages.push(createStage(calls, types, rows));
    done.push(...positions);
    types.push(...calls.map(({ type }) => type));
  }
  return new Window(stages, toPlanOrder(done, node.input.types.length));
}

/** Positions of the calls, those over the same partitions together. */
function byPartition(calls: readonly WindowCall[]): number[][] {
  const groups = new Map<string, number[]>();
  calls.forEach((call, position) => {
    const partitions = fingerprint(call.partitions);
    groups.set(partitions, [...(groups.get(partitions) ?? []), position]);
  });
  return [...groups.values()];
}

function createStage(calls: readonly WindowCall[], types: readonly PlanType[], rows: RowCompiler): WindowStage {
  const [first] = calls as [WindowCall, ...WindowCall[]];
  const byOrder = rows.compare(first.orders);
  const byValue = rows.compareRows(types);
  const order = fingerprint(first.orders);
  return new WindowStage({
    keyOf: first.partitions.length === 0 ? () => null : rows.key(first.partitions),
    compare: (a, b) => byOrder(a, b) || byValue(a, b),
    calls: calls.map((call) => ({
      values: bindWindowCall(call, rows),
      compare: rows.compare(call.orders),
      inStageOrder: call.orders.length === 0 || fingerprint(call.orders) === order,
      sameValue: rows.sameValue(call.type),
    })),
  });
}

/** Equal for equal expressions. */
function fingerprint(expressions: unknown): string {
  return JSON.stringify(expressions, (_, value: unknown) => (typeof value === "bigint" ? `${value}n` : value));
}

/** Puts the stages' columns into the order of the calls; undefined when they are. `done`: the call behind each appended column. */
function toPlanOrder(done: readonly number[], width: number): ((row: Row) => Row) | undefined {
  if (done.every((position, i) => position === i)) return undefined;
  const places = done.map((_, position) => width + done.indexOf(position));
  return (row) => [...row.slice(0, width), ...places.map((place) => row[place] as Value)];
}

class Window implements Operator {
  private readonly stages: readonly WindowStage[];
  private readonly arrange: ((row: Row) => Row) | undefined;

  constructor(stages: readonly WindowStage[], arrange: ((row: Row) => Row) | undefined) {
    this.stages = stages;
    this.arrange = arrange;
  }

  get retained(): number {
    return this.stages.reduce((sum, stage) => sum + stage.retained, 0);
  }

  step([input = []]: readonly Delta[]): Delta {
    const { arrange } = this;
    const output = this.stages.reduce((delta: Delta, stage) => stage.step([delta]), input);
    return arrange === undefined ? output : output.map(([row, weight]) => [arrange(row), weight] as const);
  }
}
