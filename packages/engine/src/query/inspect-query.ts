/** What a query reads, and what it must not do, from DuckDB's own syntax tree. */
export interface QueryInspection {
  /** Relations read, lower case, each with the byte offset of its first mention. */
  readonly relations: ReadonlyMap<string, number | undefined>;
  readonly problems: readonly QueryProblem[];
}
export interface QueryProblem {
  readonly message: string;
  /** Byte offset in the query's UTF-8 text. */
  readonly offset: number | undefined;
}

type Json = null | boolean | number | string | readonly Json[] | JsonObject;
interface JsonObject {
  readonly [key: string]: Json;
}

/** Table functions that compute from their arguments alone. */
const allowedTableFunctions = new Set(["range", "generate_series", "unnest", "repeat", "repeat_row", "json_each", "json_tree"]);
/** Functions and macros that read the session, other databases or settings, or that have effects. */
export const forbiddenFunctions = new Set([
  "current_connection_id", "current_database", "current_query", "current_query_id", "current_schema", "current_schemas",
  "current_setting", "current_transaction_id", "currval", "getenv", "getvariable", "in_search_path", "nextval",
  "setseed", "sleep_ms", "stats", "txid_current", "write_log", "parse_duckdb_log_message", "pg_get_viewdef",
  "json_serialize_plan", "json_serialize_sql", "json_deserialize_sql", "current_catalog", "duckdb_secrets", "which_secret",
  "pg_sleep", "format_type", "get_block_size", "pg_get_constraintdef",
]); // prettier-ignore
/** Functions whose value changes from call to call: a view over them could not be kept. */
export const volatileFunctions = new Set([
  "current_date", "current_localtime", "current_localtimestamp", "current_time", "current_timestamp", "gen_random_uuid",
  "get_current_time", "get_current_timestamp", "localtime", "localtimestamp", "now", "random", "today",
  "transaction_timestamp", "uuid", "uuidv4", "uuidv7",
]); // prettier-ignore
/**
 * Functions that end the query with a fault: only so does DuckDB call them volatile. Its binder puts error() into every
 * scalar subquery, for the case that this gives more than one row.
 */
export const faultFunctions = new Set(["error"]);
/** Names that DuckDB reads as a function call when no column has them. */
const functionColumns = new Set(["current_date", "current_time", "current_timestamp", "localtime", "localtimestamp"]);

/** Walks the tree of one SELECT as `json_serialize_sql` gives it. `volatile: false` refuses random(), now() and the like. */
export function inspectQuery(tree: unknown, options: { readonly volatile: boolean }): QueryInspection {
  const relations = new Map<string, number | undefined>();
  const problems: QueryProblem[] = [];
  const refuse = (message: string, node: JsonObject): void => void problems.push({ message, offset: locationOf(node) });

  const visitFunction = (node: JsonObject): void => {
    const name = String(node["function_name"]).toLowerCase();
    if (forbiddenFunctions.has(name)) refuse(`The function ${name}() is not available`, node);
    else if (!options.volatile && (volatileFunctions.has(name) || countsFromToday(name, node))) refuse(notRepeatable(`${name}()`), node);
  };
  const visitColumn = (node: JsonObject): void => {
    const names = node["column_names"];
    if (!Array.isArray(names)) return;
    const last = String(names.at(-1)).toLowerCase();
    if (last === "rowid") refuse("The pseudo column rowid is not available", node);
    if (names.length === 1 && !options.volatile && functionColumns.has(last)) refuse(notRepeatable(last.toUpperCase()), node);
  };
  const visitTable = (node: JsonObject, scope: ReadonlySet<string>): void => {
    const name = String(node["table_name"]).toLowerCase();
    if (node["schema_name"] !== "" || node["catalog_name"] !== "")
      refuse(`Relations have no schema: write ${String(node["table_name"])} alone`, node);
    else if (!scope.has(name) && !relations.has(name)) relations.set(name, locationOf(node));
  };
  const visitTableFunction = (node: JsonObject): void => {
    const call = node["function"];
    const name = isObject(call) ? String(call["function_name"]).toLowerCase() : "";
    if (!allowedTableFunctions.has(name)) refuse(`The table function ${name}() is not available`, node);
  };

  const visit = (node: Json, scope: ReadonlySet<string>): void => {
    if (Array.isArray(node)) {
      for (const item of node) visit(item, scope);
      return;
    }
    if (!isObject(node)) return;
    let inner = scope;
    if (node["sample"] !== undefined && node["sample"] !== null && !options.volatile)
      refuse("TABLESAMPLE is not supported in a view: it gives other rows each time", node);
    switch (node["type"]) {
      case "BASE_TABLE":
        visitTable(node, scope);
        break;
      case "TABLE_FUNCTION":
        visitTableFunction(node);
        break;
      case "SHOW_REF":
      case "COLUMN_DATA":
        refuse("DESCRIBE, SHOW and SUMMARIZE are not available", node);
        break;
      case "FUNCTION":
      case "WINDOW_AGGREGATE":
        visitFunction(node);
        break;
      case "COLUMN_REF":
        visitColumn(node);
        break;
      case "VALUE_PARAMETER":
      case "PARAMETER":
        refuse("Parameters are not supported: write the value", node);
        break;
      case "VALUE_DEFAULT":
      case "DEFAULT":
        refuse("DEFAULT is not supported here: leave the column out of the column list", node);
        break;
      case "RECURSIVE_CTE_NODE":
      case "CTE_NODE":
        inner = withName(scope, node["cte_name"] ?? node["ctename"]);
        break;
      default:
    }
    inner = visitCommonTables(node["cte_map"], inner);
    for (const key in node) if (key !== "cte_map") visit(node[key]!, inner);
  };
  /** Each common table sees those before it (and itself when recursive); the node sees all of them. */
  const visitCommonTables = (map: Json | undefined, scope: ReadonlySet<string>): ReadonlySet<string> => {
    if (!isObject(map) || !Array.isArray(map["map"])) return scope;
    let seen = scope;
    for (const entry of map["map"] as readonly Json[]) {
      if (!isObject(entry)) continue;
      visit(entry["value"] ?? null, seen);
      seen = withName(seen, entry["key"]);
    }
    return seen;
  };
  visit(tree as Json, new Set());
  return { relations, problems };
}

/** age(x) is age(current_date, x), though DuckDB's catalog calls it repeatable. */
const countsFromToday = (name: string, node: JsonObject): boolean =>
  name === "age" && Array.isArray(node["children"]) && node["children"].length === 1;
const notRepeatable = (what: string): string => `${what} is not supported in a view: its value changes from step to step`;
const isObject = (value: Json | undefined): value is JsonObject => typeof value === "object" && value !== null && !Array.isArray(value);
const withName = (scope: ReadonlySet<string>, name: Json | undefined): ReadonlySet<string> =>
  typeof name === "string" ? new Set([...scope, name.toLowerCase()]) : scope;

function locationOf(node: JsonObject): number | undefined {
  const at = node["query_location"];
  return typeof at === "number" && Number.isSafeInteger(at) ? at : undefined;
}
