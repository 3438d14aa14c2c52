import type { RowCompiler } from "../expression/row-compiler.ts";
import { createDistinct } from "../operators/distinct.ts";
import { createMovingBound } from "../operators/moving-bound.ts";
import { createScan } from "../operators/scan.ts";
import { createSetDifference } from "../operators/set-difference.ts";
import { createSingleRow, findScalarSubquery } from "../operators/single-row.ts";
import { createPartitionTopK } from "../operators/top-k-per-partition.ts";
import { createUnionAll } from "../operators/union-all.ts";
import { columnsOf } from "../plan/columns-of.ts";
import type { CteNode, Expression, FilterNode, JoinNode, LimitNode, PlanNode, ProjectNode, ScanNode, SetNode } from "../plan/types.ts";
import { noBounds, type Bounds } from "../streaming/bound.ts";
import { movingBounds } from "../streaming/join-bounds.ts";
import { expressionBounds, nodeBounds, onlyColumns } from "../streaming/node-bounds.ts";
import { nodeRising, nothingRises } from "../streaming/rising.ts";
import { risesWith } from "../streaming/rises-with.ts";
import { findBoundJoins } from "./bound-joins.ts";
import { createOperator, type PlainNode } from "./create-operator.ts";
import { describeNode, outputNames } from "./describe-node.ts";
import { describeExpression } from "./describe-expression.ts";
import type { Built, GraphBuilder } from "./graph-builder.ts";
import type { Operator } from "./operator.ts";
import { planKey } from "./plan-key.ts";

/** What `delim` and `cte_ref` nodes of a number stand for, where they stand. */
interface Scope {
  readonly delims: ReadonlyMap<number, Built>;
  readonly ctes: ReadonlyMap<number, () => Built>;
}

/** Adds a view's plan to the graph and gives its last node. @throws Unsupported */
export function buildPlan(builder: GraphBuilder, plan: PlanNode, rows: RowCompiler): Built {
  return new PlanBuilder(builder, rows, findBoundJoins(plan)).build(plan, { delims: new Map(), ctes: new Map() });
}

class PlanBuilder {
  private readonly builder: GraphBuilder;
  private readonly rows: RowCompiler;
  /** Joins that are moving bounds. */
  private readonly bounds: ReadonlySet<JoinNode>;

  constructor(builder: GraphBuilder, rows: RowCompiler, bounds: ReadonlySet<JoinNode>) {
    this.builder = builder;
    this.rows = rows;
    this.bounds = bounds;
  }

  build(node: PlanNode, scope: Scope): Built {
    switch (node.kind) {
      case "scan":
        return this.scan(node);
      case "order":
        return this.build(node.input, scope);
      case "delim":
        return found(scope.delims.get(node.id), node.kind);
      case "cte":
        return this.cte(node, scope);
      case "cte_ref":
        return found(scope.ctes.get(node.id), node.kind)();
      case "join":
        return this.join(node, scope);
      case "set":
        return this.set(node, scope);
      case "filter":
        return this.filter(node, scope);
      case "project":
        return this.project(node, scope);
      case "distinct": {
        const { input } = node;
        // DuckDB writes DISTINCT over a UNION, EXCEPT or INTERSECT whose rows are distinct already.
        const done = node.on === undefined && input.kind === "set" && !input.all;
        return done ? this.build(input, scope) : this.plain(node, [this.build(input, scope)]);
      }
      case "limit":
        return this.limit(node, scope);
      case "values":
        return this.plain(node, []);
      default:
        return this.plain(node, [this.build(node.input, scope)]);
    }
  }

  private scan(node: ScanNode): Built {
    const source = this.builder.source(node.relation);
    const width = source.names.length;
    const whole = node.columns.length === width && node.columns.every((column, i) => column === i);
    if (whole && node.filters.length === 0) return source;
    return this.add(node, [source], () => createScan(node, width, this.rows));
  }

  private cte(node: CteNode, scope: Scope): Built {
    let definition: Built | undefined;
    const get = (): Built => (definition ??= this.build(node.definition, scope));
    return this.build(node.input, { ...scope, ctes: new Map(scope.ctes).set(node.id, get) });
  }

  private join(node: JoinNode, scope: Scope): Built {
    const left = this.build(node.left, scope);
    if (this.bounds.has(node)) return this.bound(node, left, this.build(node.right, scope));
    const { delim } = node;
    if (delim === undefined) return this.plain(node, [left, this.build(node.right, scope)]);
    const { expressions } = delim;
    const bounds = expressionBounds(expressions, left.bounds, this.rows);
    const distinct = this.builder.add({
      label: "distinct",
      detail: expressions.map((expression) => describeExpression(expression, left.names)).join(", "),
      key: planKey(expressions),
      inputs: [left],
      names: expressions.map((expression) => describeExpression(expression, left.names)),
      consolidated: true,
      bounds,
      create: () =>
        createDistinct(
          expressions.map(({ type }) => type),
          expressions,
          this.rows,
          bounds,
        ),
    });
    const right = this.build(node.right, { ...scope, delims: new Map(scope.delims).set(delim.id, distinct) });
    return this.plain(node, [left, right]);
  }

  private bound(node: JoinNode, left: Built, right: Built): Built {
    const { op, left: value, right: bound } = node.conditions[0]!;
    const column = risesWith(bound);
    const rises = column !== undefined && right.rising.has(column);
    return this.builder.add({
      label: "moving bound",
      detail: `${describeExpression(value, left.names)} ${op} ${describeExpression(bound, right.names)}`,
      key: planKey(node.conditions),
      inputs: [left, right],
      names: [...left.names, ...right.names],
      consolidated: false,
      bounds: rises ? movingBounds(node, right.bounds, this.rows) : noBounds,
      create: () => createMovingBound(node, this.rows, rises),
    });
  }

  private set(node: SetNode, scope: Scope): Built {
    const inputs = node.inputs.map((input) => this.build(input, scope));
    const boundsOf = (inputs: readonly Built[]): Bounds => nodeBounds(node, boundsOfAll(inputs), this.rows);
    if (node.op === "union")
      return this.add(node, inputs, () =>
        node.all ? createUnionAll() : createDistinct(node.types, undefined, this.rows, boundsOf(inputs)),
      );
    return inputs.reduce((left, right) =>
      this.add(node, [left, right], () => createSetDifference(node, this.rows, boundsOf([left, right]))),
    );
  }

  /** A filter on a rank needs only the first rows of each partition. */
  private filter(node: FilterNode, scope: Scope, readsRank = true): Built {
    const window = node.input;
    if (window.kind !== "window") return this.plain(node, [this.build(window, scope)]);
    const input = this.build(window.input, scope);
    const topK = createPartitionTopK(node, window, this.rows, readsRank, input.bounds);
    if (topK === undefined) return this.plain(node, [this.plain(window, [input])]);
    const names = outputNames(window, [input.names]);
    return this.builder.add({
      label: "top-k",
      detail: `${describeNode(window, [input.names])}: ${describeNode(node, [names])}`,
      key: planKey({ predicates: node.predicates, calls: window.calls, givesRank: topK.givesRank }),
      inputs: [input],
      names: topK.givesRank ? names : input.names,
      consolidated: true,
      bounds: onlyColumns(input.bounds, window.calls[0]!.partitions),
      create: () => topK,
    });
  }

  private limit(node: LimitNode, scope: Scope): Built {
    const { input } = node;
    // The operator takes on the order of a node right below.
    if (input.kind === "order") return this.plain(node, [this.build(input.input, scope)]);
    // EXISTS looks for one row of constants: when all rows are alike, it does not matter which ones are cut off.
    const alike = input.kind === "project" && input.expressions.every(({ kind }) => kind === "constant");
    const ordered: LimitNode = alike ? { ...node, input: { kind: "order", orders: [], input, types: input.types } } : node;
    return this.plain(ordered, [this.build(input, scope)]);
  }

  private project(node: ProjectNode, scope: Scope): Built {
    const scalar = findScalarSubquery(node);
    if (scalar === undefined) {
      const input = this.projected(node, scope);
      return isIdentity(node.expressions, node.input.types.length) ? input : this.plain(node, [input]);
    }
    const input = this.build(scalar.input, scope);
    const detail = describeExpression(scalar.value, input.names);
    const column = risesWith(scalar.value);
    const rises = column !== undefined && input.rising.has(column);
    return this.builder.add({
      label: "scalar subquery",
      detail,
      key: planKey(scalar.value),
      inputs: [input],
      names: [detail],
      consolidated: true,
      bounds: rises ? expressionBounds([scalar.value], input.bounds, this.rows) : noBounds,
      rising: rises ? new Set([0]) : nothingRises,
      create: () => createSingleRow(scalar, this.rows),
    });
  }

  /** The input of a projection, which may leave out what the projection does not read. */
  private projected({ input, expressions }: ProjectNode, scope: Scope): Built {
    if (input.kind !== "filter" || input.input.kind !== "window") return this.build(input, scope);
    return this.filter(input, scope, columnsOf(expressions).has(input.input.input.types.length));
  }

  private plain(node: PlainNode, inputs: readonly Built[]): Built {
    return this.add(node, inputs, () => createOperator(node, this.rows, boundsOfAll(inputs)));
  }

  private add(node: PlanNode, inputs: readonly Built[], create: () => Operator): Built {
    const names = inputs.map((input) => input.names);
    const rising = nodeRising(node, inputs[0]?.rising ?? nothingRises);
    return this.builder.add({
      label: node.kind,
      detail: describeNode(node, names),
      key: planKey(parametersOf(node)),
      inputs,
      names: outputNames(node, names),
      consolidated: isConsolidated(node, inputs),
      bounds: nodeBounds(node, boundsOfAll(inputs), this.rows, rising),
      rising,
      create,
    });
  }
}

const boundsOfAll = (inputs: readonly Built[]): Bounds[] => inputs.map(({ bounds }) => bounds);

function found<T>(value: T | undefined, kind: string): T {
  if (value === undefined) throw new TypeError(`A ${kind} node stands outside of what it refers to`);
  return value;
}

function isIdentity(expressions: readonly Expression[], width: number): boolean {
  return expressions.length === width && expressions.every((expression, i) => expression.kind === "column" && expression.index === i);
}

const inputProperties: ReadonlySet<string> = new Set(["input", "left", "right", "inputs", "definition", "delim"]);

/** All of a node but what its inputs say already. */
function parametersOf(node: PlanNode): unknown {
  const parameters = Object.entries(node).filter(([name]) => !inputProperties.has(name));
  if (node.kind === "limit" && node.input.kind === "order") parameters.push(["orders", node.input.orders]);
  return Object.fromEntries(parameters);
}

/** Whether a node's deltas hold every row at most once, for certain. */
function isConsolidated(node: PlanNode, inputs: readonly Built[]): boolean {
  switch (node.kind) {
    case "scan":
      return inputs[0]!.consolidated && new Set(node.columns).size === inputs[0]!.names.length;
    case "filter":
      return inputs[0]!.consolidated;
    case "project": {
      const columns = new Set(node.expressions.map((expression) => (expression.kind === "column" ? expression.index : -1)));
      return inputs[0]!.consolidated && inputs[0]!.names.every((_, i) => columns.has(i));
    }
    case "aggregate":
      return node.sets.length === 1;
    case "distinct":
      return node.on === undefined;
    case "set":
      return !(node.op === "union" && node.all);
    default:
      return false;
  }
}
