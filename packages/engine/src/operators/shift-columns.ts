import type { Expression } from "../plan/types.ts";

/** The expression with every column moved up by `by`: one over the right side of a join becomes one over left ++ right. */
export function shiftColumns(expression: Expression, by: number): Expression {
  const shift = (child: Expression): Expression => shiftColumns(child, by);
  switch (expression.kind) {
    case "column":
      return { ...expression, index: expression.index + by };
    case "constant":
      return expression;
    case "cast":
    case "not":
    case "is_null":
    case "is_not_null":
      return { ...expression, child: shift(expression.child) };
    case "compare":
      return { ...expression, left: shift(expression.left), right: shift(expression.right) };
    case "and":
    case "or":
    case "coalesce":
      return { ...expression, children: expression.children.map(shift) };
    case "in":
      return { ...expression, input: shift(expression.input), list: expression.list.map(shift) };
    case "case":
      return {
        ...expression,
        branches: expression.branches.map(({ when, then }) => ({ when: shift(when), then: shift(then) })),
        otherwise: shift(expression.otherwise),
      };
    case "between":
      return { ...expression, input: shift(expression.input), lower: shift(expression.lower), upper: shift(expression.upper) };
    case "call":
      return { ...expression, args: expression.args.map(shift) };
  }
}
