import { PlanObject } from "./plan-object.ts";
import { readConstant } from "./read-constant.ts";
import { readComparison, readExpression } from "./read-expression.ts";
import { readType } from "./read-type.ts";
import { mapColumns } from "./map-columns.ts";
import type { Expression, PlanNode, PlanType } from "./types.ts";
import { Unsupported } from "./unsupported.ts";

/** Stands for "no column": DuckDB then counts row numbers, which nothing reads. */
const rowNumber = 18446744073709551615n;
const boolean: PlanType = { id: "BOOLEAN" };

/** A scan of a relation. Table functions are refused. */
export function readScan(node: PlanObject): PlanNode {
  const name = node.text("name");
  if (name !== "seq_scan") throw new Unsupported(`table function ${name}()`);
  node.only(
    "type", "children", "table_index", "returned_types", "names", "projection_ids", "table_filters", "name", "arguments",
    "original_arguments", "catalog_name", "schema_name", "has_serialize", "function_data", "column_indexes", "extra_info", "ordinality_idx",
  ); // prettier-ignore
  if (node.list("children").length > 0 || node.raw("ordinality_idx") !== rowNumber) throw new Unsupported("scan in an unknown form");
  const info = new PlanObject(node.raw("extra_info"), "scan");
  info.only("file_filters", "total_files", "filtered_files");
  const data = new PlanObject(node.raw("function_data"), "scan").only("catalog", "schema", "table");
  const types = node.list("returned_types").map(readType);
  const filters = readTableFilters(node, types);
  const read = node.list("column_indexes").map((json) => readColumnIndex(new PlanObject(json, "scanned column")));
  const kept = node.has("projection_ids") ? node.integers("projection_ids").map((id) => read[id]) : read;
  for (const entry of filters)
    if (read.some((source) => source?.column === entry.column && source.path.length > 0))
      throw new Unsupported("a filter on a STRUCT of which one field is read");
  return scanOf({ relation: data.text("table"), types, kept, filters: filters.map(({ filter }) => filter) });
}

/** What a column of a scan is: the relation's column and the positions of fields inside it. */
interface Source {
  readonly column: number;
  readonly path: readonly number[];
}

function readColumnIndex(column: PlanObject): Source | undefined {
  column.only("index", "child_indexes", "index_type", "type", "field", "has_index");
  const kind = column.text("index_type");
  if (!column.flag("has_index") || column.has("field")) throw new Unsupported("scanned column in an unknown form");
  if (column.raw("index") === rowNumber) return undefined;
  // Here the children only say which fields of a STRUCT are needed.
  if (kind === "FULL_READ") return { column: column.integer("index"), path: [] };
  if (kind !== "PUSHDOWN_EXTRACT") throw new Unsupported(`scanned column read as ${kind}`);
  return { column: column.integer("index"), path: readPath(column) };
}

function readPath(column: PlanObject): readonly number[] {
  const children = column.list("child_indexes");
  if (children.length > 1) throw new Unsupported("scanned fields in an unknown form");
  if (children.length === 0) return [];
  const child = new PlanObject(children[0], "scanned field").only("index", "child_indexes", "index_type", "type", "field", "has_index");
  if (!child.flag("has_index") || child.has("field")) throw new Unsupported("scanned field in an unknown form");
  return [child.integer("index"), ...readPath(child)];
}

interface Scanned {
  readonly relation: string;
  /** Types of the relation's columns. */
  readonly types: readonly PlanType[];
  readonly kept: readonly (Source | undefined)[];
  readonly filters: readonly Expression[];
}

function scanOf({ relation, types, kept, filters }: Scanned): PlanNode {
  const typeOf = (column: number): PlanType => {
    const type = types[column];
    if (type === undefined) throw new Unsupported("the row number of a relation");
    return type;
  };
  const columns = [...new Set(kept.flatMap((source) => source?.column ?? []))];
  const input: PlanNode = { kind: "scan", relation, columns, filters, types: columns.map(typeOf) };
  if (columns.length === kept.length && kept.every((source) => source?.path.length === 0)) return input;
  const expressions = kept.map((source): Expression => {
    // Where rows alone are counted or multiplied, the unread row number still has its place in DuckDB's numbering.
    if (source === undefined) return { kind: "constant", value: null, type: { id: "NULL" } };
    const whole: Expression = { kind: "column", index: columns.indexOf(source.column), type: typeOf(source.column) };
    return source.path.reduce(fieldOf, whole);
  });
  return { kind: "project", input, expressions, types: expressions.map(({ type }) => type) };
}

/** Filters are keyed by the relation's column, whatever the scan gives. */
function readTableFilters(node: PlanObject, types: readonly PlanType[]): readonly { column: number; filter: Expression }[] {
  const filters = new PlanObject(node.raw("table_filters"), "scan").only("filters");
  return filters.list("filters").flatMap((json) => {
    const entry = new PlanObject(json, "filter").only("key", "value");
    const index = entry.integer("key");
    const type = types[index];
    if (type === undefined) throw new Unsupported("filter on the row number of a relation");
    const filter = readFilter(entry.raw("value"), { kind: "column", index, type });
    return filter === undefined ? [] : [{ column: index, filter }];
  });
}

/** The condition that a pushed-down filter sets on an expression, or undefined when it sets none. */
function readFilter(json: unknown, subject: Expression): Expression | undefined {
  const kind = new PlanObject(json, "filter").text("filter_type");
  const filter = new PlanObject(json, `filter ${kind}`);
  switch (kind) {
    case "CONSTANT_COMPARISON": {
      filter.only("filter_type", "comparison_type", "constant");
      const right: Expression = { kind: "constant", ...readConstant(filter.raw("constant")) };
      return { kind: "compare", op: readComparison(filter.text("comparison_type")), left: subject, right, type: boolean };
    }
    case "IS_NULL":
    case "IS_NOT_NULL":
      filter.only("filter_type");
      return { kind: kind === "IS_NULL" ? "is_null" : "is_not_null", child: subject, type: boolean };
    case "CONJUNCTION_AND":
    case "CONJUNCTION_OR": {
      filter.only("filter_type", "child_filters");
      const children = filter.list("child_filters").map((child) => readFilter(child, subject));
      const known = children.filter((child) => child !== undefined);
      if (kind === "CONJUNCTION_AND") return known.length === 0 ? undefined : { kind: "and", children: known, type: boolean };
      // One side of OR that sets no condition leaves none at all.
      return known.length < children.length ? undefined : { kind: "or", children: known, type: boolean };
    }
    case "IN_FILTER": {
      filter.only("filter_type", "values");
      const list = filter.list("values").map((value): Expression => ({ kind: "constant", ...readConstant(value) }));
      return { kind: "in", negated: false, input: subject, list, type: boolean };
    }
    case "STRUCT_EXTRACT": {
      filter.only("filter_type", "child_idx", "child_name", "child_filter");
      return readFilter(filter.raw("child_filter"), fieldOf(subject, filter.integer("child_idx")));
    }
    case "EXPRESSION_FILTER":
      filter.only("filter_type", "expr");
      return overSubject(readExpression(filter.raw("expr"), [subject.type]), subject);
    case "OPTIONAL_FILTER":
      // Advice for skipping blocks; what it stands for is checked above the scan as well.
      return undefined;
    default:
      throw new Unsupported(`filter ${kind}`);
  }
}

function fieldOf(subject: Expression, index: number): Expression {
  const field = subject.type.fields?.[index];
  if (field === undefined) throw new Unsupported("an unknown field of a STRUCT");
  const name: Expression = { kind: "constant", value: field.name, type: { id: "VARCHAR" } };
  return { kind: "call", name: "struct_extract", args: [subject, name], type: field.type };
}

/** An expression over a row of one column, over `subject` instead. */
const overSubject = (expression: Expression, subject: Expression): Expression => mapColumns(expression, () => subject);

export const readTypes = (json: readonly unknown[]): readonly PlanType[] => json.map(readType);
