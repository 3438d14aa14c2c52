import { requireIdentity } from "../aggregates/argument.ts";
import type { Operator } from "../dataflow/operator.ts";
import type { RowCompiler } from "../expression/row-compiler.ts";
import type { PlanType, WindowCall, WindowNode } from "../plan/types.ts";
import { noBounds, type Bounds } from "../streaming/bound.ts";
import { releaseAll } from "../streaming/expiry.ts";
import { stageBounds, stageExpiry } from "../streaming/window-bounds.ts";
import type { Delta, Row, Value } from "../types.ts";
import { callsByPartition } from "./calls-by-partition.ts";
import { bindWindowCall } from "./window-call.ts";
import { WindowStage, type StagePlan } from "./window-stage.ts";

/**
 * Window functions: one stage per way to partition, each of which appends the values of its calls. Rows that are equal in a call's
 * order stand in a fixed order by value; DuckDB's is arbitrary, so that row_number, lag or a ROWS frame may differ among them.
 */
export function createWindow(node: WindowNode, rows: RowCompiler, input: Bounds = noBounds): Operator {
  for (const type of node.input.types) requireIdentity(type, "window");
  const stages: WindowStage[] = [];
  const done: number[] = [];
  const types: PlanType[] = [...node.input.types];
  let bounds = input;
  for (const positions of callsByPartition(node.calls)) {
    const calls = positions.map((position) => node.calls[position] as WindowCall);
    stages.push(createStage(calls, types, rows, bounds));
    bounds = stageBounds(calls, bounds, rows);
    done.push(...positions);
    types.push(...calls.map(({ type }) => type));
  }
  return new Window(stages, toPlanOrder(done, node.input.types.length));
}

function createStage(calls: readonly WindowCall[], types: readonly PlanType[], rows: RowCompiler, bounds: Bounds): WindowStage {
  const [first] = calls as [WindowCall, ...WindowCall[]];
  const byOrder = rows.compare(first.orders);
  const byValue = rows.compareRows(types);
  const order = fingerprint(first.orders);
  const plan: StagePlan = {
    keyOf: first.partitions.length === 0 ? () => null : rows.key(first.partitions),
    compare: (a, b) => byOrder(a, b) || byValue(a, b),
    calls: calls.map((call) => ({
      values: bindWindowCall(call, rows),
      compare: rows.compare(call.orders),
      inStageOrder: call.orders.length === 0 || fingerprint(call.orders) === order,
      sameValue: rows.sameValue(call.type),
    })),
  };
  return new WindowStage(plan, stageExpiry(calls, bounds, rows));
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
  readonly release: (() => void) | undefined;
  private readonly stages: readonly WindowStage[];
  private readonly arrange: ((row: Row) => Row) | undefined;

  constructor(stages: readonly WindowStage[], arrange: ((row: Row) => Row) | undefined) {
    this.stages = stages;
    this.arrange = arrange;
    this.release = releaseAll(stages.map((stage) => stage.release));
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
