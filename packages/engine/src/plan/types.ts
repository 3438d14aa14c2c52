/**
 * A view's query as DuckDB bound and optimised it, in our own closed vocabulary: the reader refuses what is not named here.
 *
 * Columns are positional. A node's rows are arrays of values in the canonical form of `../types.ts`; HUGEINT and UHUGEINT, which
 * occur only inside a query, are bigint.
 */
import type { Value } from "../types.ts";

export type PlanTypeId =
  | "BOOLEAN"
  | "TINYINT"
  | "SMALLINT"
  | "INTEGER"
  | "BIGINT"
  | "HUGEINT"
  | "UTINYINT"
  | "USMALLINT"
  | "UINTEGER"
  | "UBIGINT"
  | "UHUGEINT"
  | "FLOAT"
  | "DOUBLE"
  | "DECIMAL"
  | "VARCHAR"
  /** VARCHAR with DuckDB's alias JSON. */
  | "JSON"
  | "BLOB"
  | "UUID"
  | "DATE"
  | "TIME"
  | "TIMESTAMP"
  | "TIMESTAMP_TZ"
  | "INTERVAL"
  | "LIST"
  | "STRUCT"
  | "MAP"
  /** The type of a bare NULL. */
  | "NULL";

export interface PlanType {
  readonly id: PlanTypeId;
  /** DECIMAL. */
  readonly width?: number;
  readonly scale?: number;
  /** LIST. */
  readonly child?: PlanType;
  /** STRUCT: fields in order. */
  readonly fields?: readonly { readonly name: string; readonly type: PlanType }[];
  /** MAP. */
  readonly key?: PlanType;
  readonly value?: PlanType;
}

// ---- expressions ---------------------------------------------------------------------------------------------------------

export type Comparison = "=" | "<>" | "<" | "<=" | ">" | ">=" | "is distinct from" | "is not distinct from";

/** Every expression has the SQL type of its value; a value is NULL as `null`. */
export type Expression =
  | { readonly kind: "column"; readonly index: number; readonly type: PlanType }
  | { readonly kind: "constant"; readonly value: Value; readonly type: PlanType }
  /** `tryCast`: a value that does not fit gives NULL instead of a fault. */
  | { readonly kind: "cast"; readonly child: Expression; readonly type: PlanType; readonly tryCast: boolean }
  | {
      readonly kind: "compare";
      readonly op: Comparison;
      readonly left: Expression;
      readonly right: Expression;
      readonly type: PlanType;
    }
  | { readonly kind: "and" | "or"; readonly children: readonly Expression[]; readonly type: PlanType }
  | { readonly kind: "not" | "is_null" | "is_not_null"; readonly child: Expression; readonly type: PlanType }
  | {
      readonly kind: "in";
      readonly negated: boolean;
      readonly input: Expression;
      readonly list: readonly Expression[];
      readonly type: PlanType;
    }
  | {
      readonly kind: "case";
      readonly branches: readonly { readonly when: Expression; readonly then: Expression }[];
      readonly otherwise: Expression;
      readonly type: PlanType;
    }
  | { readonly kind: "coalesce"; readonly children: readonly Expression[]; readonly type: PlanType }
  | {
      readonly kind: "between";
      readonly input: Expression;
      readonly lower: Expression;
      readonly upper: Expression;
      readonly lowerInclusive: boolean;
      readonly upperInclusive: boolean;
      readonly type: PlanType;
    }
  /** A scalar function or operator by DuckDB's name: "+", "substring", "list_value", "struct_pack", "struct_extract", … */
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Expression[]; readonly type: PlanType };

export interface Order {
  readonly expression: Expression;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

// ---- operators -------------------------------------------------------------------------------------------------------------

interface Node<Kind extends string> {
  readonly kind: Kind;
  /** Types of the columns that the node gives. */
  readonly types: readonly PlanType[];
}

/** Reads a table or view. `columns`: the relation's column behind each output column. `filters` are over the relation's whole row. */
export interface ScanNode extends Node<"scan"> {
  /** As declared in the program (canonical). */
  readonly relation: string;
  readonly columns: readonly number[];
  readonly filters: readonly Expression[];
}
/** Constant rows: VALUES, a SELECT without FROM (one row), an empty result (none). Expressions have no columns. */
export interface ValuesNode extends Node<"values"> {
  readonly rows: readonly (readonly Expression[])[];
}
export interface ProjectNode extends Node<"project"> {
  readonly input: PlanNode;
  readonly expressions: readonly Expression[];
}
/** Keeps rows for which every predicate is TRUE. */
export interface FilterNode extends Node<"filter"> {
  readonly input: PlanNode;
  readonly predicates: readonly Expression[];
}

export type JoinType = "inner" | "left" | "right" | "full" | "semi" | "anti" | "mark" | "single";
export interface JoinCondition {
  readonly op: Comparison;
  /** Over the left row. */
  readonly left: Expression;
  /** Over the right row. */
  readonly right: Expression;
}
/**
 * Output columns: left ++ right for inner, left, right, full and single (at most one right row per left row, NULLs when there is
 * none); left alone for semi and anti; left ++ [mark BOOLEAN, NULL when unknown] for mark (three-valued IN).
 * `conditions` empty: a cross product. `residual` is over left ++ right and belongs to the join's condition.
 */
export interface JoinNode extends Node<"join"> {
  readonly joinType: JoinType;
  readonly left: PlanNode;
  readonly right: PlanNode;
  readonly conditions: readonly JoinCondition[];
  readonly residual: Expression | undefined;
  /**
   * Set for a join over a correlated subquery: below `right`, each `delim` node of this number gives the distinct rows of these
   * expressions over `left`.
   */
  readonly delim: { readonly id: number; readonly expressions: readonly Expression[] } | undefined;
}
export interface DelimNode extends Node<"delim"> {
  readonly id: number;
}

export interface AggregateCall {
  /** DuckDB's name: "count_star", "count", "sum", "avg", "min", "arg_max", "string_agg", … */
  readonly name: string;
  readonly args: readonly Expression[];
  readonly distinct: boolean;
  readonly filter: Expression | undefined;
  readonly orderBy: readonly Order[];
  readonly type: PlanType;
}
/** Output columns: groups ++ aggregates ++ groupingFunctions. Without groups: one row, also over no rows. */
export interface AggregateNode extends Node<"aggregate"> {
  readonly input: PlanNode;
  readonly groups: readonly Expression[];
  /** Group positions of each grouping set; a group that a set leaves out is NULL in its rows. At least one set. */
  readonly sets: readonly (readonly number[])[];
  readonly aggregates: readonly AggregateCall[];
  /** GROUPING(…): group positions of each call. */
  readonly groupingFunctions: readonly (readonly number[])[];
}
/** DISTINCT, or DISTINCT ON (`targets`) with the order that picks the row. */
export interface DistinctNode extends Node<"distinct"> {
  readonly input: PlanNode;
  /** Undefined: the whole row. */
  readonly on: { readonly targets: readonly Expression[]; readonly orderBy: readonly Order[] } | undefined;
}
export interface SetNode extends Node<"set"> {
  readonly op: "union" | "intersect" | "except";
  readonly all: boolean;
  readonly inputs: readonly PlanNode[];
}

/**
 * `offset` is a number of rows or groups; for a range it is the bound itself, over the same row: DuckDB has already added the distance
 * to, or taken it from, the order's expression.
 */
export type FrameBound =
  | { readonly kind: "unbounded preceding" | "unbounded following" | "current row" }
  | { readonly kind: "preceding" | "following"; readonly offset: Expression };
export interface WindowCall {
  /** "row_number", "rank", "dense_rank", "lag", "lead", "first_value", … or an aggregate's name. */
  readonly name: string;
  readonly args: readonly Expression[];
  readonly partitions: readonly Expression[];
  readonly orders: readonly Order[];
  readonly frame: {
    readonly unit: "rows" | "range" | "groups";
    readonly start: FrameBound;
    readonly end: FrameBound;
    readonly exclude: "none" | "current row" | "group" | "ties";
  };
  /** lag and lead. */
  readonly offset: Expression | undefined;
  readonly default: Expression | undefined;
  readonly ignoreNulls: boolean;
  readonly distinct: boolean;
  readonly filter: Expression | undefined;
  /** ORDER BY inside the call's own parentheses. */
  readonly argumentOrder: readonly Order[];
  readonly type: PlanType;
}
/** Output columns: input ++ calls. */
export interface WindowNode extends Node<"window"> {
  readonly input: PlanNode;
  readonly calls: readonly WindowCall[];
}
/** A view is a multiset: without a `limit` above it an order changes nothing. */
export interface OrderNode extends Node<"order"> {
  readonly input: PlanNode;
  readonly orders: readonly Order[];
}
export interface LimitNode extends Node<"limit"> {
  readonly input: PlanNode;
  /** Undefined: no limit (OFFSET alone). */
  readonly limit: number | undefined;
  readonly offset: number;
}
/** Output columns: input ++ one per list; shorter lists are filled with NULL, a row whose lists are all empty or NULL is gone. */
export interface UnnestNode extends Node<"unnest"> {
  readonly input: PlanNode;
  readonly lists: readonly Expression[];
}
/** `definition` is read by each `cte_ref` of this number inside `input`. Output: that of `input`. */
export interface CteNode extends Node<"cte"> {
  readonly id: number;
  readonly definition: PlanNode;
  readonly input: PlanNode;
}
export interface CteRefNode extends Node<"cte_ref"> {
  readonly id: number;
}

export type PlanNode =
  | ScanNode
  | ValuesNode
  | ProjectNode
  | FilterNode
  | JoinNode
  | DelimNode
  | AggregateNode
  | DistinctNode
  | SetNode
  | WindowNode
  | OrderNode
  | LimitNode
  | UnnestNode
  | CteNode
  | CteRefNode;
