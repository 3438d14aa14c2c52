import type { Expression } from "./types.ts";

type Column = Extract<Expression, { readonly kind: "column" }>;

/** The expression with something in the place of each column. */
export function mapColumns(expression: Expression, onColumn: (column: Column) => Expression): Expression {
  const map = (child: Expression): Expression => mapColumns(child, onColumn);
  switch (expression.kind) {
    case "column":
      return onColumn(expression);
    case "constant":
      return expression;
    case "cast":
    case "not":
    case "is_null":
    case "is_not_null":
      return { ...expression, child: map(expression.child) };
    case "compare":
      return { ...expression, left: map(expression.left), right: map(expression.right) };
    case "and":
    case "or":
    case "coalesce":
      return { ...expression, children: expression.children.map(map) };
    case "in":
      return { ...expression, input: map(expression.input), list: expression.list.map(map) };
    case "case":
      return {
        ...expression,
        branches: expression.branches.map(({ when, then }) => ({ when: map(when), then: map(then) })),
        otherwise: map(expression.otherwise),
      };
    case "between":
      return { ...expression, input: map(expression.input), lower: map(expression.lower), upper: map(expression.upper) };
    case "call":
      return { ...expression, args: expression.args.map(map) };
  }
}
