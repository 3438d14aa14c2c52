import { functionTemplates } from "./function-templates.ts";
import { columnKinds, type FuzzType } from "./fuzz-types.ts";

/**
 * What an expression of a type may look like: `{INTEGER}` stands for any expression of that type. A test binds every one of
 * them and compares its type with the one that it stands under.
 */
export const expressionTemplates: ReadonlyMap<FuzzType, readonly string[]> = build();

function build(): Map<FuzzType, string[]> {
  const templates = new Map<FuzzType, string[]>();
  const add = (type: FuzzType, ...texts: readonly string[]): void => void templates.set(type, [...(templates.get(type) ?? []), ...texts]);
  const all = [...columnKinds.keys()];
  const compared = all.filter((type) => !type.startsWith("MAP"));

  for (const type of all) {
    add(type, `CASE WHEN {BOOLEAN} THEN {${type}} ELSE {${type}} END`, `coalesce({${type}}, {${type}})`);
    add("BOOLEAN", `({${type}} IS NULL)`, `({${type}} IS NOT NULL)`);
  }
  for (const type of compared) {
    if (!type.startsWith("DOUBLE0")) add(type, `nullif({${type}}, {${type}})`);
    for (const op of ["=", "<>", "<", ">="]) add("BOOLEAN", `({${type}} ${op} {${type}})`);
    add("BOOLEAN", `({${type}} IS DISTINCT FROM {${type}})`, `({${type}} IN ({${type}}, {${type}}))`);
  }
  for (const type of ["INTEGER", "BIGINT", "DECIMAL(9,2)", "VARCHAR", "DATE", "TIMESTAMP", "DOUBLE"])
    add("BOOLEAN", `({${type}} BETWEEN {${type}} AND {${type}})`, `({${type}} NOT IN ({${type}}, {${type}}))`);
  add("BOOLEAN", "({BOOLEAN} AND {BOOLEAN})", "({BOOLEAN} OR {BOOLEAN})", "(NOT {BOOLEAN})", "({BOOLEAN} IS TRUE)");

  for (const type of ["INTEGER", "BIGINT", "SMALLINT"]) {
    add(type, `({${type}} + {${type}})`, `({${type}} - {${type}})`, `({${type}} * {${type}})`, `({${type}} % {${type}})`, `abs({${type}})`, `(- {${type}})`);
    add(type, `greatest({${type}}, {${type}})`, `least({${type}}, {${type}})`, `({${type}} // {${type}})`);
  } // prettier-ignore
  const integers = ["TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"];
  for (const from of integers) add("BIGINT", ...(from === "UBIGINT" ? [] : [`CAST({${from}} AS BIGINT)`]));
  for (const from of integers) for (const to of integers) if (from !== to) add(to, `TRY_CAST({${from}} AS ${to})`);
  for (const from of ["BOOLEAN", "SMALLINT", "BIGINT", "DECIMAL(9,2)", "DOUBLE!"]) add("INTEGER", `CAST({${from}} AS INTEGER)`);

  for (const [width, scale] of [[4, 1], [9, 2], [18, 3], [38, 6]]) {
    const type = `DECIMAL(${width},${scale})`;
    add(type, `CAST({INTEGER} AS ${type})`, `TRY_CAST({DOUBLE!} AS ${type})`, `abs({${type}})`, `TRY_CAST({VARCHAR} AS ${type})`);
    add("VARCHAR", `CAST({${type}} AS VARCHAR)`);
    add("DOUBLE", `CAST({${type}} AS DOUBLE)`, `({${type}} / {${type}})`);
    if (width! < 38) add("DECIMAL(38,6)", `CAST({${type}} AS DECIMAL(38,6))`);
  } // prettier-ignore
  add("DECIMAL(18,3)", "CAST({DECIMAL(9,2)} + {DECIMAL(4,1)} AS DECIMAL(18,3))", "CAST({DECIMAL(9,2)} * {DECIMAL(4,1)} AS DECIMAL(18,3))");
  add(
    "DECIMAL(9,2)",
    "CAST({DECIMAL(4,1)} - {DECIMAL(4,1)} AS DECIMAL(9,2))",
    "round({DECIMAL(9,2)}, 2)",
    "CAST({DECIMAL(18,3)} AS DECIMAL(9,2))",
  );

  for (const type of ["DOUBLE", "REAL"]) {
    add(type, `({${type}} + {${type}})`, `({${type}} - {${type}})`, `({${type}} * {${type}})`, `({${type}} / {${type}})`);
    add(`${type}!`, `CAST({INTEGER} AS ${type})`);
  }
  add("DOUBLE!", "abs({DOUBLE!})", "(- {DOUBLE!} + 0.5)", "({DOUBLE!} + {DOUBLE!})", "CAST({REAL!} AS DOUBLE)", "floor({DOUBLE!})");
  add(
    "DOUBLE",
    "({BIGINT} / {BIGINT})",
    "({INTEGER} / {INTEGER})",
    "sqrt(abs({DOUBLE!}))",
    "round({DOUBLE}, 1)",
    "ceil({DOUBLE})",
    "TRY_CAST({VARCHAR} AS DOUBLE)",
  );
  add("BOOLEAN", "isnan({DOUBLE})", "({DOUBLE!} > {INTEGER})", "CAST({INTEGER} AS BOOLEAN)");

  add(
    "VARCHAR",
    "({VARCHAR} || {VARCHAR})",
    "concat({VARCHAR}, {VARCHAR}, {INTEGER})",
    "upper({VARCHAR})",
    "lower({VARCHAR})",
    "trim({VARCHAR})",
  );
  add(
    "VARCHAR",
    "substring({VARCHAR}, 1, 2)",
    "substring({VARCHAR} FROM {INTEGER})",
    "left({VARCHAR}, 1)",
    "right({VARCHAR}, 2)",
    "replace({VARCHAR}, 'a', {VARCHAR})",
  );
  add(
    "VARCHAR",
    "CAST({INTEGER} AS VARCHAR)",
    "CAST({BIGINT} AS VARCHAR)",
    "CAST({BOOLEAN} AS VARCHAR)",
    "CAST({DATE} AS VARCHAR)",
    "CAST({TIMESTAMP} AS VARCHAR)",
    "CAST({UUID} AS VARCHAR)",
  );
  add(
    "VARCHAR",
    "lpad({VARCHAR}, 3, '*')",
    "reverse({VARCHAR})",
    "split_part({VARCHAR}, 'b', 1)",
    "regexp_replace({VARCHAR}, '[a-b]', 'z')",
    "concat_ws('-', {VARCHAR}, {VARCHAR})",
    "regexp_extract({VARCHAR}, 'b.')",
  );
  add(
    "BOOLEAN",
    "({VARCHAR} LIKE 'a%')",
    "({VARCHAR} NOT LIKE '%b_')",
    "({VARCHAR} ILIKE 'A%')",
    "starts_with({VARCHAR}, {VARCHAR})",
    "contains({VARCHAR}, {VARCHAR})",
    "regexp_matches({VARCHAR}, '^a.*b$')",
  );
  add("BIGINT", "length({VARCHAR})", "strpos({VARCHAR}, {VARCHAR})", "instr({VARCHAR}, 'b')", "octet_length({BLOB})");
  add("INTEGER", "TRY_CAST({VARCHAR} AS INTEGER)", "ascii({VARCHAR})");

  for (const type of ["DATE", "TIMESTAMP"]) {
    for (const part of ["year", "month", "day", "quarter", "dayofweek", "dayofyear", "week"]) add("BIGINT", `${part}({${type}})`);
    add("BIGINT", `date_diff('day', {${type}}, {${type}})`, `extract(epoch FROM {TIMESTAMP})::BIGINT`);
    add("VARCHAR", `strftime({${type}}, '%Y-%m-%d')`);
  }
  add("BIGINT", "hour({TIMESTAMP})", "minute({TIMESTAMP})", "epoch_ms({TIMESTAMP})", "hour({TIME})");
  add(
    "DATE",
    "CAST({TIMESTAMP} AS DATE)",
    "({DATE} + 1)",
    "date_trunc('month', {DATE})::DATE",
    "TRY_CAST({VARCHAR} AS DATE)",
    "last_day({DATE})",
  );
  add("BIGINT", "({DATE} - {DATE})");
  add(
    "TIMESTAMP",
    "CAST({DATE} AS TIMESTAMP)",
    "({TIMESTAMP} + INTERVAL 1 HOUR)",
    "({TIMESTAMP} - INTERVAL 1 MONTH)",
    "date_trunc('day', {TIMESTAMP})",
    "date_trunc('hour', {TIMESTAMP})",
    "({DATE} + INTERVAL 1 DAY)",
    "time_bucket(INTERVAL 1 HOUR, {TIMESTAMP})",
  );
  add("TIME", "CAST({TIMESTAMP} AS TIME)");
  add("TIMESTAMPTZ", "CAST({TIMESTAMP} AS TIMESTAMPTZ)");
  add("UUID", "TRY_CAST({VARCHAR} AS UUID)");
  add("BLOB", "encode({VARCHAR})");

  add(
    "INTEGER[]",
    "[{INTEGER}, {INTEGER}]",
    "list_sort({INTEGER[]})",
    "list_append({INTEGER[]}, {INTEGER})",
    "({INTEGER[]} || {INTEGER[]})",
    "{INTEGER[]}[1:2]",
  );
  add("VARCHAR[]", "[{VARCHAR}]", "string_split({VARCHAR}, 'b')", "list_distinct([{VARCHAR}])");
  add("INTEGER", "{INTEGER[]}[1]", "{STRUCT(p INTEGER, q VARCHAR)}.p", "{MAP(VARCHAR, INTEGER)}['a']", "{INTEGER[]}[{INTEGER}]");
  add(
    "VARCHAR",
    "CAST({STRUCT(p INTEGER, q VARCHAR)}.q AS VARCHAR)",
    "CAST({VARCHAR[]}[1] AS VARCHAR)",
    "array_to_string({VARCHAR[]}, ',')",
    "json_extract_string({JSON}, '$.a')",
  );
  add("BIGINT", "len({INTEGER[]})", "len({VARCHAR[]})");
  add("BOOLEAN", "list_contains({INTEGER[]}, {INTEGER})", "list_has_any({INTEGER[]}, {INTEGER[]})");
  add("STRUCT(p INTEGER, q VARCHAR)", "{'p': {INTEGER}, 'q': {VARCHAR}}");
  add("MAP(VARCHAR, INTEGER)", "MAP {'k': {INTEGER}}");
  for (const [type, texts] of Object.entries(functionTemplates)) add(type, ...texts);
  return templates;
}
