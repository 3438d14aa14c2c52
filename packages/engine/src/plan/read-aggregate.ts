import { PlanObject } from "./plan-object.ts";
import { functionFields, readExpression, readExpressions, readOrders } from "./read-expression.ts";
import { readConstant } from "./read-constant.ts";
import { readType } from "./read-type.ts";
import type { AggregateCall, AggregateNode, Expression, PlanNode, PlanType } from "./types.ts";
import { Unsupported } from "./unsupported.ts";

export function readAggregate(node: PlanObject, input: PlanNode): AggregateNode {
  node.only(
    "type", "children", "expressions", "group_index", "aggregate_index", "groupings_index", "groups", "grouping_sets",
    "grouping_functions", "distinct_validity",
  ); // prettier-ignore
  const groups = readExpressions(node.list("groups"), input.types);
  const aggregates = node.list("expressions").map((json) => readAggregateCall(json, input.types));
  // DuckDB leaves the sets out when there is one, of all groups.
  const given = node.list("grouping_sets").map(readSet);
  const sets = given.length > 0 ? given : [groups.map((_, i) => i)];
  const groupingFunctions = node.list("grouping_functions").map(readSet);
  const types = [
    ...groups.map(({ type }) => type),
    ...aggregates.map(({ type }) => type),
    ...groupingFunctions.map((): PlanType => ({ id: "BIGINT" })),
  ];
  return { kind: "aggregate", input, groups, sets, aggregates, groupingFunctions, types };
}

function readSet(json: unknown): readonly number[] {
  if (!Array.isArray(json) || !json.every((item) => Number.isSafeInteger(item))) throw new Unsupported("grouping set in an unknown form");
  return json as number[];
}

function readAggregateCall(json: unknown, columns: readonly PlanType[]): AggregateCall {
  const call = new PlanObject(json, "aggregate");
  if (call.text("expression_class") !== "BOUND_AGGREGATE") throw new Unsupported(`aggregate ${call.text("expression_class")}`);
  const name = call.text("name");
  const node = new PlanObject(json, `aggregate ${name}()`).only(
    "expression_class", "type", "alias", "query_location", ...functionFields, "function_data", "aggregate_type", "filter", "order_bys",
  ); // prettier-ignore
  const kind = node.text("aggregate_type");
  if (kind !== "DISTINCT" && kind !== "NON_DISTINCT") throw new Unsupported(`aggregate ${name}() ${kind}`);
  return {
    name,
    args: [...readExpressions(node.list("children"), columns), ...boundArguments(node, name)],
    distinct: kind === "DISTINCT",
    filter: node.has("filter") ? readExpression(node.raw("filter"), columns) : undefined,
    orderBy: node.has("order_bys")
      ? readOrders(new PlanObject(node.raw("order_bys"), "ORDER BY").only("orders").list("orders"), columns)
      : [],
    type: readType(node.raw("return_type")),
  };
}

/** Arguments that DuckDB moved out of the call when it bound it. */
export function boundArguments(node: PlanObject, name: string): readonly Expression[] {
  if (!node.has("function_data")) return [];
  const data = new PlanObject(node.raw("function_data"), `aggregate ${name}()`);
  switch (name) {
    case "string_agg":
    case "group_concat":
    case "listagg":
      data.only("separator");
      return [{ kind: "constant", value: data.text("separator"), type: { id: "VARCHAR" } }];
    case "median":
    case "quantile_cont":
    case "quantile":
    case "quantile_disc": {
      // `order` sorts several quantiles; there is one.
      data.only("quantiles", "order", "desc");
      if (data.flag("desc")) throw new Unsupported(`aggregate ${name}() of a negative quantile`);
      const [quantile, ...more] = data.list("quantiles");
      if (quantile === undefined || more.length > 0 || readType(node.raw("return_type")).id === "LIST")
        throw new Unsupported(`aggregate ${name}() of several quantiles`);
      return [{ kind: "constant", ...readConstant(quantile) }];
    }
    default:
      throw new Unsupported(`aggregate ${name}() with bound data`);
  }
}
