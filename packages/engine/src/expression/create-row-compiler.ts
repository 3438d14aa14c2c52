import type { Key } from "../dataflow/operator.ts";
import type { Expression, Order, PlanType } from "../plan/types.ts";
import type { Row, Value } from "../types.ts";
import { createExpressionCompiler, type ExpressionCompiler } from "./compile-expression.ts";
import { comparisonSource } from "./comparison-source.ts";
import { createFunctionBuilder, type FunctionBuilder } from "./generate.ts";
import { identitySource, partSource } from "./keys.ts";
import { compareOf, orderKind } from "./order.ts";
import type { RowCompiler } from "./row-compiler.ts";

/** Compiles expressions to JavaScript. It has no state: one serves a whole process. */
export function createRowCompiler(): RowCompiler {
  return { value, row, predicate, joinPredicate, joinRow, key, joinKey, rowKey, compare, compareRows, compareValues, sameValue };
}

interface Writer {
  readonly builder: FunctionBuilder;
  readonly compiler: ExpressionCompiler;
}

/** For a function of one row. */
function writer(): Writer {
  const builder = createFunctionBuilder();
  return { builder, compiler: createExpressionCompiler(builder, (index) => `r[${index}]`) };
}

function value(expression: Expression): (row: Row) => Value {
  const { builder, compiler } = writer();
  builder.add(`return ${compiler.value(expression).source};`);
  return builder.build(["r"]) as (row: Row) => Value;
}

function row(expressions: readonly Expression[], width: number): (row: Row) => Row {
  const same = expressions.length === width && expressions.every((item, i) => item.kind === "column" && item.index === i);
  if (same) return (given) => given;
  const { builder, compiler } = writer();
  builder.add(`return [${expressions.map((item) => compiler.value(item).source).join(", ")}];`);
  return builder.build(["r"]) as (row: Row) => Row;
}

function predicate(expressions: readonly Expression[]): (row: Row) => boolean {
  const { builder, compiler } = writer();
  writePredicate(builder, compiler, expressions);
  return builder.build(["r"]) as (row: Row) => boolean;
}

/** For a function of two rows, whose columns are numbered through. */
function pairWriter(leftWidth: number): Writer {
  const builder = createFunctionBuilder();
  const column = (index: number): string => (index < leftWidth ? `a[${index}]` : `b[${index - leftWidth}]`);
  return { builder, compiler: createExpressionCompiler(builder, column) };
}

function joinPredicate(expressions: readonly Expression[], leftWidth: number): (left: Row, right: Row) => boolean {
  const { builder, compiler } = pairWriter(leftWidth);
  writePredicate(builder, compiler, expressions);
  return builder.build(["a", "b"]) as (left: Row, right: Row) => boolean;
}

function joinRow(expressions: readonly Expression[], leftWidth: number): (left: Row, right: Row) => Row {
  const { builder, compiler } = pairWriter(leftWidth);
  builder.add(`return [${expressions.map((item) => compiler.value(item).source).join(", ")}];`);
  return builder.build(["a", "b"]) as (left: Row, right: Row) => Row;
}

function writePredicate(builder: FunctionBuilder, compiler: ExpressionCompiler, expressions: readonly Expression[]): void {
  for (const expression of expressions) builder.add(`if (!(${compiler.isTrue(expression)})) return false;`);
  builder.add("return true;");
}

function key(expressions: readonly Expression[]): (row: Row) => Key {
  const { builder, compiler } = writer();
  const [only] = expressions;
  if (only === undefined) builder.add('return "";');
  else if (expressions.length === 1) {
    const { source, nullable } = compiler.value(only);
    const identity = identitySource(builder, only.type, source);
    builder.add(`return ${nullable && identity !== source ? `${source} === null ? null : ` : ""}${identity};`);
  } else {
    const operands = expressions.map((expression) => compiler.value(expression));
    const parts = operands.map(({ source, nullable }, i) =>
      partSource(builder, expressions[i]!.type, source, nullable, i === operands.length - 1),
    );
    builder.add(`return ${parts.join(" + ")};`);
  }
  return builder.build(["r"]) as (row: Row) => Key;
}

function joinKey(expressions: readonly Expression[]): (row: Row) => Key | undefined {
  const { builder, compiler } = writer();
  const operands = expressions.map((expression) => compiler.value(expression));
  for (const { source, nullable } of operands) if (nullable) builder.add(`if (${source} === null) return undefined;`);
  const [only] = operands;
  if (only === undefined) builder.add('return "";');
  else if (operands.length === 1) builder.add(`return ${identitySource(builder, expressions[0]!.type, only.source)};`);
  else {
    const parts = operands.map(({ source }, i) => partSource(builder, expressions[i]!.type, source, false, i === operands.length - 1));
    builder.add(`return ${parts.join(" + ")};`);
  }
  return builder.build(["r"]) as (row: Row) => Key | undefined;
}

const columns = (types: readonly PlanType[]): readonly Expression[] => types.map((type, index) => ({ kind: "column", index, type }));

const rowKey = (types: readonly PlanType[]): ((row: Row) => Key) => key(columns(types));

function compare(orders: readonly Order[]): (a: Row, b: Row) => number {
  const builder = createFunctionBuilder();
  const left = createExpressionCompiler(builder, (index) => `a[${index}]`);
  const right = createExpressionCompiler(builder, (index) => `b[${index}]`);
  for (const { expression, descending, nullsFirst } of orders) {
    const [x, y] = [builder.local(), builder.local()];
    builder.add(`const ${x} = ${left.value(expression).source}, ${y} = ${right.value(expression).source};`);
    const [less, nullIsLess] = [descending ? 1 : -1, nullsFirst ? -1 : 1];
    const isNative = orderKind(expression.type) === "native";
    builder.add(`if (${x} !== ${y}) {`);
    builder.add(`if (${x} === null) return ${nullIsLess};`);
    builder.add(`if (${y} === null) return ${-nullIsLess};`);
    if (isNative) builder.add(`return ${x} < ${y} ? ${less} : ${-less};`);
    else {
      const difference = builder.local();
      builder.add(`const ${difference} = ${builder.bind(compareOf(expression.type))}(${x}, ${y});`);
      builder.add(`if (${difference} !== 0) return ${descending ? "-" : ""}${difference};`);
    }
    builder.add("}");
  }
  builder.add("return 0;");
  return builder.build(["a", "b"]) as (a: Row, b: Row) => number;
}

function compareRows(types: readonly PlanType[]): (a: Row, b: Row) => number {
  return compare(columns(types).map((expression) => ({ expression, descending: false, nullsFirst: false })));
}

function compareValues(type: PlanType): (a: Value, b: Value) => number {
  return compareOf(type) as (a: Value, b: Value) => number;
}

function sameValue(type: PlanType): (a: Value, b: Value) => boolean {
  const builder = createFunctionBuilder();
  builder.add(`return a === b || (a !== null && b !== null && (${comparisonSource(builder, type, "=", "a", "b")}));`);
  return builder.build(["a", "b"]) as (a: Value, b: Value) => boolean;
}
