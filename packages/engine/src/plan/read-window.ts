import { PlanObject } from "./plan-object.ts";
import { boundArguments } from "./read-aggregate.ts";
import { functionFields, readExpression, readExpressions, readOrders } from "./read-expression.ts";
import { readType } from "./read-type.ts";
import type { Expression, FrameBound, PlanNode, PlanType, WindowCall, WindowNode } from "./types.ts";
import { Unsupported } from "./unsupported.ts";

/** Functions by DuckDB's name of the expression; an aggregate has a name of its own. */
const functions: Readonly<Record<string, string>> = {
  WINDOW_ROW_NUMBER: "row_number",
  WINDOW_RANK: "rank",
  WINDOW_RANK_DENSE: "dense_rank",
  WINDOW_PERCENT_RANK: "percent_rank",
  WINDOW_CUME_DIST: "cume_dist",
  WINDOW_NTILE: "ntile",
  WINDOW_LAG: "lag",
  WINDOW_LEAD: "lead",
  WINDOW_FIRST_VALUE: "first_value",
  WINDOW_LAST_VALUE: "last_value",
  WINDOW_NTH_VALUE: "nth_value",
};
const excludes: Readonly<Record<string, WindowCall["frame"]["exclude"]>> = {
  NO_OTHER: "none",
  CURRENT_ROW: "current row",
  GROUP: "group",
  TIES: "ties",
};

export function readWindow(node: PlanObject, input: PlanNode): WindowNode {
  node.only("type", "children", "window_index", "expressions");
  const calls = node.list("expressions").map((json) => readCall(json, input.types));
  return { kind: "window", input, calls, types: [...input.types, ...calls.map(({ type }) => type)] };
}

function readCall(json: unknown, columns: readonly PlanType[]): WindowCall {
  const node = new PlanObject(json, "window function");
  const type = node.text("type");
  const name = type === "WINDOW_AGGREGATE" ? node.text("name") : functions[type];
  if (node.text("expression_class") !== "BOUND_WINDOW" || name === undefined) throw new Unsupported(`window function ${type}`);
  node.only(
    "expression_class", "type", "alias", "query_location", ...functionFields, "function_data", "partitions", "orders", "ignore_nulls",
    "filters", "start", "end", "start_expr", "end_expr", "offset_expr", "default_expr", "exclude_clause", "distinct", "arg_orders",
  ); // prettier-ignore
  const optional = (field: string): Expression | undefined => (node.has(field) ? readExpression(node.raw(field), columns) : undefined);
  return {
    name,
    args: [...readExpressions(node.list("children"), columns), ...boundArguments(node, name)],
    partitions: readExpressions(node.list("partitions"), columns),
    orders: readOrders(node.list("orders"), columns),
    frame: readFrame(node, optional("start_expr"), optional("end_expr")),
    offset: optional("offset_expr"),
    default: optional("default_expr"),
    ignoreNulls: node.flag("ignore_nulls"),
    distinct: node.flag("distinct"),
    filter: optional("filters"),
    argumentOrder: readOrders(node.list("arg_orders"), columns),
    type: readType(node.raw("return_type")),
  };
}

function readFrame(node: PlanObject, start: Expression | undefined, end: Expression | undefined): WindowCall["frame"] {
  const exclude = excludes[node.text("exclude_clause")];
  if (exclude === undefined) throw new Unsupported(`window frame EXCLUDE ${node.text("exclude_clause")}`);
  const bounds = [readBound(node.text("start"), start), readBound(node.text("end"), end)] as const;
  const units = new Set(bounds.flatMap(({ unit }) => unit ?? []));
  if (units.size > 1) throw new Unsupported("window frame of two kinds");
  return { unit: [...units][0] ?? "range", start: bounds[0].bound, end: bounds[1].bound, exclude };
}

interface Bound {
  readonly bound: FrameBound;
  /** Undefined where every unit means the same. */
  readonly unit: WindowCall["frame"]["unit"] | undefined;
}

function readBound(name: string, offset: Expression | undefined): Bound {
  if (name === "UNBOUNDED_PRECEDING") return { bound: { kind: "unbounded preceding" }, unit: undefined };
  if (name === "UNBOUNDED_FOLLOWING") return { bound: { kind: "unbounded following" }, unit: undefined };
  const match = /^(CURRENT_ROW|EXPR_PRECEDING|EXPR_FOLLOWING)_(ROWS|RANGE|GROUPS)$/.exec(name);
  if (match === null) throw new Unsupported(`window frame ${name}`);
  const unit = match[2]!.toLowerCase() as WindowCall["frame"]["unit"];
  if (match[1] === "CURRENT_ROW") return { bound: { kind: "current row" }, unit };
  if (offset === undefined) throw new Unsupported(`window frame ${name} without an offset`);
  return { bound: { kind: match[1] === "EXPR_PRECEDING" ? "preceding" : "following", offset }, unit };
}
