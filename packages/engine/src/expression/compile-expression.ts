import { findFunction } from "../functions/function-table.ts";
import type { BoundCall } from "../functions/types.ts";
import { formatPlanType, sameType } from "../plan/read-type.ts";
import type { Expression, PlanType } from "../plan/types.ts";
import { Unsupported } from "../plan/unsupported.ts";
import { findArithmetic } from "./arithmetic.ts";
import { findCast } from "./casts/find-cast.ts";
import { orNull } from "./casts/or-null.ts";
import { comparisonSource } from "./comparison-source.ts";
import type { FunctionBuilder } from "./generate.ts";
import { findIntrinsic } from "./intrinsics.ts";

/** Source of a value: a name or a short expression without effects, that may stand anywhere any number of times. */
export interface Operand {
  readonly source: string;
  /** False when it is known never to be NULL. */
  readonly nullable: boolean;
}

/** Compiles expressions into statements of a function. */
export interface ExpressionCompiler {
  value(expression: Expression): Operand;
  /** Source that is true exactly when the expression is TRUE. */
  isTrue(expression: Expression): string;
}

const nullOperand: Operand = { source: "null", nullable: true };

/** `column` gives the source of a column of the row. */
export function createExpressionCompiler(builder: FunctionBuilder, column: (index: number) => string): ExpressionCompiler {
  const read = new Map<number, string>();
  const compiler: ExpressionCompiler = { value, isTrue };
  return compiler;

  function value(expression: Expression): Operand {
    switch (expression.kind) {
      case "column":
        return { source: columnName(expression.index), nullable: true };
      case "constant":
        return expression.value === null ? nullOperand : { source: builder.bind(expression.value), nullable: false };
      case "cast":
        return cast(expression);
      case "compare":
        return compare(expression);
      case "and":
      case "or":
        return conjunction(
          expression.kind,
          expression.children.map((child) => () => value(child)),
        );
      case "not": {
        const child = value(expression.child);
        return whenKnown([child], `!${child.source}`);
      }
      case "is_null":
        return local(`${value(expression.child).source} === null`, false);
      case "is_not_null":
        return local(`${value(expression.child).source} !== null`, false);
      case "in":
        return membership(expression);
      case "between":
        return value(asConjunction(expression));
      case "case":
        return choice(expression);
      case "coalesce":
        return coalesce(expression.children);
      case "call":
        return call(expression);
    }
  }

  /** Each column is read once, before anything else. */
  function columnName(index: number): string {
    let name = read.get(index);
    if (name === undefined) {
      name = builder.local();
      read.set(index, name);
      builder.addFirst(`const ${name} = ${column(index)};`);
    }
    return name;
  }

  function local(source: string, nullable: boolean): Operand {
    const name = builder.local();
    builder.add(`const ${name} = ${source};`);
    return { source: name, nullable };
  }

  /** NULL when an operand is NULL, else `source`. */
  function whenKnown(operands: readonly Operand[], source: string, nullable = false): Operand {
    const checks = operands.filter((operand) => operand.nullable).map((operand) => `${operand.source} === null`);
    if (checks.length === 0) return local(source, nullable);
    return local(`${checks.join(" || ")} ? null : ${source}`, true);
  }

  function compare({ op, left, right }: Extract<Expression, { kind: "compare" }>): Operand {
    const type = commonType(left, right);
    const [x, y] = [value(left), value(right)];
    if (op !== "is distinct from" && op !== "is not distinct from")
      return whenKnown([x, y], comparisonSource(builder, type, op, x.source, y.source));
    return local(distinctSource(type, x, y, op === "is distinct from"), false);
  }

  function distinctSource(type: PlanType, x: Operand, y: Operand, distinct: boolean): string {
    const known = comparisonSource(builder, type, distinct ? "<>" : "=", x.source, y.source);
    if (!x.nullable && !y.nullable) return known;
    const unknown = `${x.source} ${distinct ? "!==" : "==="} ${y.source}`;
    return `${x.source} === null || ${y.source} === null ? ${unknown} : ${known}`;
  }

  /** Three-valued; what stands after a deciding value is not evaluated. */
  function conjunction(kind: "and" | "or", children: readonly (() => Operand)[]): Operand {
    const deciding = kind === "and" ? "false" : "true";
    const name = builder.local();
    builder.add(`let ${name} = ${kind === "and"};`);
    let nullable = false;
    for (const [i, child] of children.entries()) {
      if (i > 0) builder.add(`if (${name} !== ${deciding}) {`);
      const { source, nullable: unknown } = child();
      nullable ||= unknown;
      // A NULL stays unless a later value decides.
      const decide = `if (${source} === ${deciding}) ${name} = ${deciding};`;
      builder.add(unknown ? `if (${source} === null) ${name} = null; else ${decide}` : decide);
    }
    builder.add("}".repeat(Math.max(0, children.length - 1)));
    return { source: name, nullable };
  }

  function membership({ input, list, negated }: Extract<Expression, { kind: "in" }>): Operand {
    const types = list.map((item) => commonType(input, item));
    const x = value(input);
    const constants = list.flatMap((item) => (item.kind === "constant" && item.value !== null ? [item.value] : []));
    if (constants.length === list.length && list.length > 3 && identifiable.has(input.type.id))
      return whenKnown([x], `${negated ? "!" : ""}${builder.bind(new Set(constants))}.has(${x.source})`);
    const any = conjunction(
      "or",
      list.map((item, i) => () => {
        const y = value(item);
        return whenKnown([x, y], comparisonSource(builder, types[i]!, "=", x.source, y.source));
      }),
    );
    return negated ? whenKnown([any], `!${any.source}`) : any;
  }

  function choice({ branches, otherwise }: Extract<Expression, { kind: "case" }>): Operand {
    const name = builder.local();
    builder.add(`let ${name};`);
    let nullable = false;
    const take = (result: Expression): void => {
      const operand = value(result);
      nullable ||= operand.nullable;
      builder.add(`${name} = ${operand.source};`);
    };
    for (const { when, then } of branches) {
      builder.add(`if (${isTrue(when)}) {`);
      take(then);
      builder.add("} else {");
    }
    take(otherwise);
    builder.add("}".repeat(branches.length));
    return { source: name, nullable };
  }

  function coalesce(children: readonly Expression[]): Operand {
    const name = builder.local();
    builder.add(`let ${name};`);
    let depth = 0;
    let nullable = true;
    for (const child of children) {
      const operand = value(child);
      builder.add(`${name} = ${operand.source};`);
      nullable = operand.nullable;
      if (child === children.at(-1) || !nullable) break;
      builder.add(`if (${name} === null) {`);
      depth++;
    }
    builder.add("}".repeat(depth));
    return { source: name, nullable };
  }

  function cast({ child, type, tryCast }: Extract<Expression, { kind: "cast" }>): Operand {
    if (child.kind === "constant" && child.value === null) return nullOperand;
    if (sameType(child.type, type)) return value(child);
    const found = findCast(child.type, type);
    if (found === undefined) throw new Unsupported(`cast from ${formatPlanType(child.type)} to ${formatPlanType(type)}`);
    const operand = value(child);
    if (found.inline !== undefined) return whenKnown([operand], found.inline(operand.source));
    const { convert } = found;
    if (!tryCast) return whenKnown([operand], `${builder.bind(convert)}(${operand.source})`);
    return whenKnown([operand], `${builder.bind(orNull(convert))}(${operand.source})`, true);
  }

  function call(expression: Extract<Expression, { kind: "call" }>): Operand {
    const { name, args, type } = expression;
    const types = args.map((argument) => argument.type);
    const found = findArithmetic(name, types, type) ?? findIntrinsic(name, types, type) ?? findFunction(name, types, type);
    if (found === undefined) throw new Unsupported(`function ${name}(${types.map(formatPlanType).join(", ")})`);
    const bound: BoundCall = { args, types, result: type };
    const operands = args.map(value);
    const sources = operands.map((operand) => operand.source);
    // A cast or an operator that always gives NULL for NULL needs no call to say so.
    const strict = found.onNull === "null";
    if (strict && operands.some((operand) => operand === nullOperand)) return nullOperand;
    const inlined = found.inline?.(sources, bound);
    const source = inlined ?? `${builder.bind(found.bind(bound))}(${sources.join(", ")})`;
    return strict ? whenKnown(operands, source, true) : local(source, true);
  }

  function isTrue(expression: Expression): string {
    switch (expression.kind) {
      case "compare":
        return compareTrue(expression);
      case "and":
        return allTrue(expression.children);
      case "or":
        return anyTrue(expression.children);
      case "between":
        return isTrue(asConjunction(expression));
      case "is_null":
        return `${value(expression.child).source} === null`;
      case "is_not_null":
        return `${value(expression.child).source} !== null`;
      default:
        return `${value(expression).source} === true`;
    }
  }

  function compareTrue(expression: Extract<Expression, { kind: "compare" }>): string {
    const { op, left, right } = expression;
    const type = commonType(left, right);
    const [x, y] = [value(left), value(right)];
    if (op === "is distinct from" || op === "is not distinct from") return `(${distinctSource(type, x, y, op === "is distinct from")})`;
    const checks = [x, y].filter((operand) => operand.nullable).map((operand) => `${operand.source} !== null`);
    return `(${[...checks, comparisonSource(builder, type, op, x.source, y.source)].join(" && ")})`;
  }

  /** Conditions that need no statements are joined; others are nested so that none is evaluated in vain. */
  function allTrue(children: readonly Expression[]): string {
    const parts = children.map((child) => builder.capture(() => isTrue(child)));
    if (parts.every(({ text }) => text === "")) return `(${parts.map(({ result }) => result).join(" && ")})`;
    const name = builder.local();
    builder.add(`let ${name} = false;`);
    for (const { text, result } of parts) builder.add(`${text}\nif (${result}) {`);
    builder.add(`${name} = true;${"}".repeat(parts.length)}`);
    return name;
  }
  function anyTrue(children: readonly Expression[]): string {
    const parts = children.map((child) => builder.capture(() => isTrue(child)));
    if (parts.every(({ text }) => text === "")) return `(${parts.map(({ result }) => result).join(" || ")})`;
    const name = builder.local();
    builder.add(`let ${name} = false;`);
    for (const { text, result } of parts) builder.add(`${text}\nif (${result}) ${name} = true; else {`);
    builder.add("}".repeat(parts.length));
    return name;
  }
}

/** Types whose values a Set finds as SQL's equality does. */
const identifiable: ReadonlySet<string> = new Set([
  "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT", "DECIMAL",
  "VARCHAR", "UUID", "DATE", "TIME", "TIMESTAMP", "TIMESTAMP_TZ",
]); // prettier-ignore

/** The type of both sides: DuckDB's binder has cast them to one. */
function commonType(left: Expression, right: Expression): PlanType {
  if (right.type.id === "NULL" || sameType(left.type, right.type)) return left.type;
  if (left.type.id === "NULL") return right.type;
  throw new Unsupported(`comparison of ${formatPlanType(left.type)} with ${formatPlanType(right.type)}`);
}

function asConjunction({
  input,
  lower,
  upper,
  lowerInclusive,
  upperInclusive,
  type,
}: Extract<Expression, { kind: "between" }>): Expression {
  const children: Expression[] = [
    { kind: "compare", op: lowerInclusive ? ">=" : ">", left: input, right: lower, type },
    { kind: "compare", op: upperInclusive ? "<=" : "<", left: input, right: upper, type },
  ];
  return { kind: "and", children, type };
}
