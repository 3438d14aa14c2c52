import { PlanObject } from "./plan-object.ts";
import { readConstant } from "./read-constant.ts";
import { formatPlanType, readType, sameType } from "./read-type.ts";
import type { Comparison, Expression, Order, PlanType } from "./types.ts";
import { Unsupported } from "./unsupported.ts";

/** What every expression has and what never matters to its value. */
const common = ["expression_class", "type", "alias", "query_location"];
const boolean: PlanType = { id: "BOOLEAN" };

const comparisons: Readonly<Record<string, Comparison>> = {
  COMPARE_EQUAL: "=",
  COMPARE_NOTEQUAL: "<>",
  COMPARE_LESSTHAN: "<",
  COMPARE_LESSTHANOREQUALTO: "<=",
  COMPARE_GREATERTHAN: ">",
  COMPARE_GREATERTHANOREQUALTO: ">=",
  COMPARE_DISTINCT_FROM: "is distinct from",
  COMPARE_NOT_DISTINCT_FROM: "is not distinct from",
};

export function readComparison(name: string): Comparison {
  const op = comparisons[name];
  if (op === undefined) throw new Unsupported(`comparison ${name}`);
  return op;
}

/** A bound expression over rows of `columns`; what it says of a column's type must agree. */
export function readExpression(json: unknown, columns: readonly PlanType[]): Expression {
  const node = new PlanObject(json, "expression");
  const kind = node.text("expression_class");
  const read = readers[kind];
  if (read === undefined) throw new Unsupported(`expression ${kind}`);
  return read(new PlanObject(json, `expression ${kind}`), (child) => readExpression(child, columns), columns);
}

export const readExpressions = (json: readonly unknown[], columns: readonly PlanType[]): readonly Expression[] =>
  json.map((item) => readExpression(item, columns));

type Reader = (node: PlanObject, read: (child: unknown) => Expression, columns: readonly PlanType[]) => Expression;

const readers: Readonly<Record<string, Reader>> = {
  BOUND_REF(node, _read, columns) {
    node.only(...common, "return_type", "index");
    const index = node.integer("index");
    const type = readType(node.raw("return_type"));
    const given = columns[index];
    if (given === undefined || !sameType(given, type))
      throw new Unsupported(
        `column ${index} that is ${given === undefined ? "not there" : formatPlanType(given)}, not ${formatPlanType(type)}`,
      );
    return { kind: "column", index, type };
  },
  BOUND_CONSTANT(node) {
    node.only(...common, "value");
    return { kind: "constant", ...readConstant(node.raw("value")) };
  },
  BOUND_CAST(node, read) {
    node.only(...common, "child", "return_type", "try_cast");
    return { kind: "cast", child: read(node.raw("child")), type: readType(node.raw("return_type")), tryCast: node.flag("try_cast") };
  },
  BOUND_COMPARISON(node, read) {
    node.only(...common, "left", "right");
    const left = read(node.raw("left"));
    const right = read(node.raw("right"));
    return { kind: "compare", op: readComparison(node.text("type")), left, right, type: boolean };
  },
  BOUND_CONJUNCTION(node, read) {
    node.only(...common, "children");
    const type = node.text("type");
    if (type !== "CONJUNCTION_AND" && type !== "CONJUNCTION_OR") throw new Unsupported(`expression ${type}`);
    return { kind: type === "CONJUNCTION_AND" ? "and" : "or", children: node.list("children").map(read), type: boolean };
  },
  BOUND_BETWEEN(node, read) {
    node.only(...common, "input", "lower", "upper", "lower_inclusive", "upper_inclusive");
    return {
      kind: "between",
      input: read(node.raw("input")),
      lower: read(node.raw("lower")),
      upper: read(node.raw("upper")),
      lowerInclusive: node.flag("lower_inclusive"),
      upperInclusive: node.flag("upper_inclusive"),
      type: boolean,
    };
  },
  BOUND_CASE(node, read) {
    node.only(...common, "return_type", "case_checks", "else_expr");
    const branches = node.list("case_checks").map((json) => {
      const check = new PlanObject(json, "expression CASE").only("when_expr", "then_expr");
      return { when: read(check.raw("when_expr")), then: read(check.raw("then_expr")) };
    });
    return { kind: "case", branches, otherwise: read(node.raw("else_expr")), type: readType(node.raw("return_type")) };
  },
  BOUND_OPERATOR(node, read) {
    node.only(...common, "return_type", "children");
    const children = node.list("children").map(read);
    const type = readType(node.raw("return_type"));
    return readOperator(node.text("type"), children, type);
  },
  BOUND_FUNCTION(node, read) {
    const name = node.text("name");
    if (node.has("function_data")) checkBoundData(node, name);
    node.only(...common, ...functionFields, "is_operator", "function_data");
    return { kind: "call", name, args: node.list("children").map(read), type: readType(node.raw("return_type")) };
  },
};

/** Fields of a bound function; `arguments` repeats the types of its children. */
export const functionFields = [
  "return_type", "children", "name", "arguments", "original_arguments", "catalog_name", "schema_name", "has_serialize",
]; // prettier-ignore

/** Of decimals and structs the data repeats the result's type, whose digits say by themselves what overflows; any other data is not known. */
function checkBoundData(node: PlanObject, name: string): void {
  const data = new PlanObject(node.raw("function_data"), `function ${name}()`);
  if (data.has("lambda_expr")) throw new Unsupported(`function ${name}() with a lambda`);
  if (data.has("variable_return_type")) {
    data.only("variable_return_type");
    requireResult(node, name, data.raw("variable_return_type"));
    return;
  }
  if (!["+", "-", "*"].includes(name) || !data.has("return_type")) throw new Unsupported(`function ${name}() with bound data`);
  data.only("check_overflow", "return_type", "arguments");
  requireResult(node, name, data.raw("return_type"));
}

function requireResult(node: PlanObject, name: string, type: unknown): void {
  if (!sameType(readType(type), readType(node.raw("return_type")))) throw new Unsupported(`function ${name}() of another result`);
}

function readOperator(name: string, children: readonly Expression[], type: PlanType): Expression {
  const [first, ...rest] = children;
  if (first === undefined) throw new Unsupported(`operator ${name} over nothing`);
  switch (name) {
    case "OPERATOR_NOT":
      return { kind: "not", child: first, type };
    case "OPERATOR_IS_NULL":
      return { kind: "is_null", child: first, type };
    case "OPERATOR_IS_NOT_NULL":
      return { kind: "is_not_null", child: first, type };
    case "COMPARE_IN":
    case "COMPARE_NOT_IN":
      return { kind: "in", negated: name === "COMPARE_NOT_IN", input: first, list: rest, type };
    case "OPERATOR_COALESCE":
      return { kind: "coalesce", children, type };
    default:
      throw new Unsupported(`operator ${name}`);
  }
}

/** ORDER BY terms: the list itself or DuckDB's wrapper of it. */
export function readOrders(json: readonly unknown[], columns: readonly PlanType[]): readonly Order[] {
  return json.map((item) => {
    const order = new PlanObject(item, "ORDER BY").only("type", "null_order", "expression");
    const direction = order.text("type");
    const nulls = order.text("null_order");
    if (!["ASCENDING", "DESCENDING"].includes(direction)) throw new Unsupported(`ORDER BY ${direction}`);
    if (!["NULLS FIRST", "NULLS LAST"].includes(nulls)) throw new Unsupported(`ORDER BY ${nulls}`);
    return {
      expression: readExpression(order.raw("expression"), columns),
      descending: direction === "DESCENDING",
      nullsFirst: nulls === "NULLS FIRST",
    };
  });
}
