import { PlanObject } from "./plan-object.ts";
import { readAggregate } from "./read-aggregate.ts";
import { readExpression, readExpressions, readOrders } from "./read-expression.ts";
import { delimExpressions, readAnyJoin, readComparisonJoin, readCrossProduct, readDelimJoin } from "./read-join.ts";
import { readScan, readTypes } from "./read-scan.ts";
import { sameType } from "./read-type.ts";
import { readWindow } from "./read-window.ts";
import type { DistinctNode, Expression, JoinNode, LimitNode, PlanNode, PlanType, SetNode, UnnestNode } from "./types.ts";
import { Unsupported } from "./unsupported.ts";

/** What surrounds a node: the correlated joins it is below of, the common tables it can read. */
interface Scope {
  /** Columns that the nearest enclosing correlated join hands down, and its number. */
  readonly delim: { readonly id: number; readonly types: readonly PlanType[] } | undefined;
  readonly ctes: ReadonlyMap<number, readonly PlanType[]>;
  readonly counter: { delims: number };
}

/** A plan as `json_serialize_plan(…, optimize := true)` gives it, in our vocabulary. @throws Unsupported for every part we do not know */
export function readPlan(json: unknown): PlanNode {
  return readNode(json, { delim: undefined, ctes: new Map(), counter: { delims: 0 } });
}

function readNode(json: unknown, scope: Scope): PlanNode {
  const type = new PlanObject(json, "operator").text("type");
  const read = readers[type];
  if (read === undefined) throw new Unsupported(`operator ${type.replace(/^LOGICAL_/, "")}`);
  return read(new PlanObject(json, `operator ${type.replace(/^LOGICAL_/, "")}`), scope);
}

const only = (node: PlanObject, scope: Scope): PlanNode => {
  const children = node.list("children");
  if (children.length !== 1) throw new Unsupported(`${node.text("type")} over ${children.length} inputs`);
  return readNode(children[0], scope);
};
const two = (node: PlanObject): readonly [unknown, unknown] => {
  const children = node.list("children");
  if (children.length !== 2) throw new Unsupported(`${node.text("type")} over ${children.length} inputs`);
  return [children[0], children[1]];
};
const both = (node: PlanObject, scope: Scope): { left: PlanNode; right: PlanNode } => {
  const [left, right] = two(node);
  return { left: readNode(left, scope), right: readNode(right, scope) };
};

const readers: Readonly<Record<string, (node: PlanObject, scope: Scope) => PlanNode>> = {
  LOGICAL_GET: readScan,
  LOGICAL_PROJECTION(node, scope) {
    node.only("type", "children", "table_index", "expressions");
    const input = only(node, scope);
    const expressions = readExpressions(node.list("expressions"), input.types);
    return { kind: "project", input, expressions, types: expressions.map(({ type }) => type) };
  },
  LOGICAL_FILTER(node, scope) {
    node.only("type", "children", "expressions");
    const input = only(node, scope);
    return { kind: "filter", input, predicates: readExpressions(node.list("expressions"), input.types), types: input.types };
  },
  LOGICAL_COMPARISON_JOIN: (node, scope) => readComparisonJoin(node, both(node, scope)),
  LOGICAL_ANY_JOIN: (node, scope) => readAnyJoin(node, both(node, scope)),
  LOGICAL_CROSS_PRODUCT: (node, scope) => readCrossProduct(node, both(node, scope)),
  LOGICAL_DELIM_JOIN: readDelim,
  LOGICAL_DELIM_GET(node, { delim }) {
    node.only("type", "children", "table_index", "chunk_types");
    const types = readTypes(node.list("chunk_types"));
    if (delim === undefined || types.length !== delim.types.length || !types.every((type, i) => sameType(type, delim.types[i]!)))
      throw new Unsupported("a correlated subquery in an unknown form");
    return { kind: "delim", id: delim.id, types };
  },
  LOGICAL_AGGREGATE_AND_GROUP_BY: (node, scope) => readAggregate(node, only(node, scope)),
  LOGICAL_WINDOW: (node, scope) => readWindow(node, only(node, scope)),
  LOGICAL_DISTINCT: (node, scope) => readDistinct(node, only(node, scope)),
  LOGICAL_ORDER_BY(node, scope) {
    node.only("type", "children", "orders", "is_index_sort");
    const input = only(node, scope);
    return { kind: "order", input, orders: readOrders(node.list("orders"), input.types), types: input.types };
  },
  LOGICAL_LIMIT: (node, scope) => readLimit(node, only(node, scope)),
  LOGICAL_UNION: readSet("union"),
  LOGICAL_EXCEPT: readSet("except"),
  LOGICAL_INTERSECT: readSet("intersect"),
  LOGICAL_UNNEST: (node, scope) => readUnnest(node, only(node, scope)),
  LOGICAL_MATERIALIZED_CTE: readCte,
  LOGICAL_CTE_REF(node, { ctes }) {
    node.only("type", "children", "table_index", "cte_index", "chunk_types", "bound_columns");
    const id = node.integer("cte_index");
    const types = readTypes(node.list("chunk_types"));
    const defined = ctes.get(id);
    if (defined === undefined || defined.length !== types.length) throw new Unsupported("a common table in an unknown form");
    return { kind: "cte_ref", id, types };
  },
  LOGICAL_DUMMY_SCAN(node) {
    node.only("type", "children", "table_index");
    return oneRow;
  },
  LOGICAL_EMPTY_RESULT(node) {
    node.only("type", "children", "return_types", "bindings");
    return { kind: "values", rows: [], types: readTypes(node.list("return_types")) };
  },
  LOGICAL_EXPRESSION_GET(node, scope) {
    node.only("type", "children", "table_index", "expr_types", "expressions");
    if (only(node, scope) !== oneRow) throw new Unsupported("VALUES over rows");
    const types = readTypes(node.list("expr_types"));
    const rows = node.list("expressions").map((row) => {
      if (!Array.isArray(row) || row.length !== types.length) throw new Unsupported("VALUES in an unknown form");
      return readExpressions(row, oneRow.types);
    });
    return { kind: "values", rows, types };
  },
};

/** DuckDB gives a SELECT without FROM one row of one column that nothing reads. */
const oneRow: PlanNode = {
  kind: "values",
  rows: [[{ kind: "constant", value: null, type: { id: "NULL" } }]],
  types: [{ id: "NULL" }],
};

/** `delim` nodes belong to the nearest join on whose right side they are. */
function readDelim(node: PlanObject, scope: Scope): JoinNode {
  if (node.flag("delim_flipped")) throw new Unsupported("a correlated subquery with the sides exchanged");
  const [leftJson, rightJson] = two(node);
  const left = readNode(leftJson, scope);
  const id = scope.counter.delims++;
  const types = delimExpressions(node, left).map(({ type }) => type);
  const right = readNode(rightJson, { ...scope, delim: { id, types } });
  return readDelimJoin(node, { left, right }, id);
}

function readDistinct(node: PlanObject, input: PlanNode): DistinctNode {
  node.only("type", "children", "distinct_type", "distinct_targets", "order_by");
  const targets = readExpressions(node.list("distinct_targets"), input.types);
  const kind = node.text("distinct_type");
  if (kind === "DISTINCT") {
    const whole = targets.length === input.types.length && targets.every((target, i) => target.kind === "column" && target.index === i);
    if (!whole || node.has("order_by")) throw new Unsupported("DISTINCT in an unknown form");
    return { kind: "distinct", input, on: undefined, types: input.types };
  }
  if (kind !== "DISTINCT_ON") throw new Unsupported(`DISTINCT ${kind}`);
  const orders = node.has("order_by") ? new PlanObject(node.raw("order_by"), "ORDER BY").only("orders").list("orders") : [];
  return { kind: "distinct", input, on: { targets, orderBy: readOrders(orders, input.types) }, types: input.types };
}

function readLimit(node: PlanObject, input: PlanNode): LimitNode {
  node.only("type", "children", "limit_val", "offset_val");
  return { kind: "limit", input, limit: readCount(node, "limit_val"), offset: readCount(node, "offset_val") ?? 0, types: input.types };
}

function readCount(node: PlanObject, field: string): number | undefined {
  const count = new PlanObject(node.raw(field), "LIMIT");
  switch (count.text("type")) {
    case "UNSET":
      return undefined;
    case "CONSTANT_VALUE":
      count.only("type", "constant_integer", "constant_percentage");
      return count.integer("constant_integer");
    default:
      throw new Unsupported(`LIMIT ${count.text("type") === "CONSTANT_PERCENTAGE" ? "in percent" : "of an expression"}`);
  }
}

function readSet(op: SetNode["op"]): (node: PlanObject, scope: Scope) => SetNode {
  return (node, scope) => {
    node.only("type", "children", "table_index", "column_count", "setop_all", "allow_out_of_order");
    const inputs = node.list("children").map((child) => readNode(child, scope));
    const types = inputs[0]?.types ?? [];
    const fits = inputs.every((input) => input.types.length === types.length && input.types.every((type, i) => sameType(type, types[i]!)));
    if (inputs.length < 2 || !fits) throw new Unsupported(`${op.toUpperCase()} of different columns`);
    // DuckDB writes UNION, EXCEPT and INTERSECT without ALL as DISTINCT over this node.
    return { kind: "set", op, all: node.flag("setop_all"), inputs, types };
  };
}

function readUnnest(node: PlanObject, input: PlanNode): UnnestNode {
  node.only("type", "children", "unnest_index", "expressions");
  const lists = node.list("expressions").map((json): Expression => {
    const unnest = new PlanObject(json, "unnest").only("expression_class", "type", "alias", "query_location", "return_type", "child");
    if (unnest.text("expression_class") !== "BOUND_UNNEST") throw new Unsupported(`unnest of ${unnest.text("expression_class")}`);
    return readExpression(unnest.raw("child"), input.types);
  });
  const elements = lists.map(({ type }) => {
    if (type.id !== "LIST") throw new Unsupported(`unnest of ${type.id}`);
    return type.child!;
  });
  return { kind: "unnest", input, lists, types: [...input.types, ...elements] };
}

function readCte(node: PlanObject, scope: Scope): PlanNode {
  node.only("type", "children", "table_index", "column_count", "ctename", "materialize");
  const [definitionJson, inputJson] = two(node);
  const id = node.integer("table_index");
  const definition = readNode(definitionJson, scope);
  const input = readNode(inputJson, { ...scope, ctes: new Map(scope.ctes).set(id, definition.types) });
  return { kind: "cte", id, definition, input, types: input.types };
}
