import type { FuzzType } from "./fuzz-types.ts";

/**
 * Calls of every function that is proven, by the type that they give; with `expressionTemplates` a test looks that none is missing.
 * Arguments are such that few calls fault: a fault ends the program.
 */
export const functionTemplates: Readonly<Record<FuzzType, readonly string[]>> = {
  "BOOLEAN": [
    "({VARCHAR} LIKE {VARCHAR})", "({VARCHAR} NOT LIKE 'a%')", "({VARCHAR} ILIKE '%B%')", "({VARCHAR} NOT ILIKE '_b%')", "({VARCHAR} LIKE 'a!%b' ESCAPE '!')",
    "({VARCHAR} NOT LIKE '!_%' ESCAPE '!')", "suffix({VARCHAR}, 'b')", "prefix({VARCHAR}, {VARCHAR})", "regexp_full_match({VARCHAR}, '[a-z ]*')", "isinf({DOUBLE!})",
    "isfinite({DOUBLE})", "json_valid({VARCHAR})", "json_valid({JSON})", "({HUGEINT} < {HUGEINT})", "({HUGEINT} = {HUGEINT})", "({INTERVAL} > {INTERVAL})",
    "({DATE} > {TIMESTAMP})", "TRY_CAST({VARCHAR} AS BOOLEAN)", "list_has({VARCHAR[]}, {VARCHAR})", "list_has_all({INTEGER[]}, {INTEGER[]})",
  ],
  "VARCHAR": [
    "ltrim({VARCHAR}, 'a ')", "rtrim({VARCHAR})", "rpad({VARCHAR}, 4, 'xy')", "repeat({VARCHAR}, 2)", "translate({VARCHAR}, 'abc', 'xy')",
    "chr(CAST(ascii({VARCHAR}) % 100 + 65 AS INTEGER))", "hex({VARCHAR})", "hex({BLOB})", "to_base64({BLOB})", "md5({VARCHAR})", "sha1({VARCHAR})", "sha256({BLOB})",
    "monthname({DATE})", "dayname({TIMESTAMP})", "era({DATE})::VARCHAR", "array_extract({VARCHAR}, 2)", "{VARCHAR}[1:2]", "json_type({JSON})", "({JSON} ->> '$.a')",
    "json_extract_string({JSON}, 1)", "CAST({JSON} AS VARCHAR)", "CAST({HUGEINT} AS VARCHAR)", "CAST({DOUBLE!} AS VARCHAR)", "CAST({TIME} AS VARCHAR)",
    "CAST({TIMESTAMPTZ} AS VARCHAR)", "CAST({INTERVAL} AS VARCHAR)", "CAST({BLOB} AS VARCHAR)", "CAST(list_extract({VARCHAR[]}, -1) AS VARCHAR)", "strftime({TIMESTAMP}, '%H:%M:%S.%f %j %a %b')",
    "{STRUCT(p INTEGER, q VARCHAR)}['q']", "date_part('year', {DATE})::VARCHAR",
  ],
  "INTEGER": [
    "({INTEGER} & {INTEGER})", "({INTEGER} | {INTEGER})", "xor({INTEGER}, {INTEGER})", "(~ {INTEGER})", "({INTEGER} >> 1)", "mod({INTEGER}, {INTEGER})", "unicode({VARCHAR})",
    "list_extract({INTEGER[]}, {INTEGER})", "list_position({INTEGER[]}, {INTEGER})", "map_extract_value({MAP(VARCHAR, INTEGER)}, {VARCHAR})",
  ],
  "TINYINT": ["sign({INTEGER})", "sign({DOUBLE!})", "sign({HUGEINT})"],
  "BIGINT": [
    "strlen({VARCHAR})", "bit_length({VARCHAR})", "({BIGINT} << 1 >> 1)", "decade({DATE})", "century({TIMESTAMP})", "millennium({DATE})", "second({TIMESTAMP})",
    "millisecond({TIMESTAMP})", "microsecond({TIME})", "isodow({DATE})", "isoyear({DATE})", "yearweek({TIMESTAMP})", "date_part('epoch', {INTERVAL})::BIGINT",
    "date_part('hour', {TIMESTAMP})", "epoch_us({TIMESTAMP})", "date_diff('month', {DATE}, {DATE})", "date_diff('hour', {TIMESTAMP}, {TIMESTAMP})",
    "TRY_CAST({HUGEINT} AS BIGINT)", "TRY_CAST({VARCHAR} AS BIGINT)", "hour({INTERVAL})", "day({INTERVAL})", "greatest({BIGINT}, {BIGINT})",
  ],
  "UBIGINT": ["cardinality({MAP(VARCHAR, INTEGER)})", "json_array_length({JSON})", "json_array_length({JSON}, '$.a')"],
  "HUGEINT": ["CAST({BIGINT} AS HUGEINT)", "CAST({INTEGER} AS HUGEINT)", "({HUGEINT} + {HUGEINT})", "({HUGEINT} - {HUGEINT})", "TRY_CAST({DECIMAL(38,6)} AS HUGEINT)"],
  "DOUBLE": ["degrees({DOUBLE!})", "radians({DOUBLE!})", "mod({DOUBLE}, {DOUBLE})", "epoch({TIMESTAMP})", "epoch({TIME})", "CAST({HUGEINT} AS DOUBLE)", "trunc({DOUBLE!})"],
  "DECIMAL(9,2)": ["({DECIMAL(9,2)} % {DECIMAL(9,2)})", "(- {DECIMAL(9,2)})", "TRY_CAST({HUGEINT} AS DECIMAL(9,2))"],
  "DECIMAL(18,3)": ["({DECIMAL(18,3)} % CAST({DECIMAL(4,1)} AS DECIMAL(18,3)))", "greatest({DECIMAL(18,3)}, {DECIMAL(18,3)})"],
  "DATE": [
    "make_date(2024, abs({SMALLINT}::BIGINT) % 12 + 1, abs({SMALLINT}::BIGINT) % 28 + 1)", "time_bucket(INTERVAL 7 DAYS, {DATE})", "CAST(date_trunc('year', {DATE}) AS DATE)",
    "CAST(date_trunc('week', {DATE}) AS DATE)", "({DATE} - 1)", "TRY_CAST({VARCHAR} AS DATE)",
  ],
  "TIME": ["TRY_CAST({VARCHAR} AS TIME)"],
  "TIMESTAMP": [
    "make_timestamp({INTEGER}::BIGINT)", "make_timestamp(2024, abs({SMALLINT}::BIGINT) % 12 + 1, 28, 23, 59, 59.5)", "make_timestamp_ms({INTEGER}::BIGINT)", "({TIMESTAMP} + {INTERVAL})", "({DATE} - {INTERVAL})", "TRY_CAST({VARCHAR} AS TIMESTAMP)",
    "time_bucket(INTERVAL 3 MONTHS, {TIMESTAMP})", "time_bucket(INTERVAL '90 minutes', {TIMESTAMP}, TIMESTAMP '2024-01-01 00:05:00')", "CAST({TIMESTAMPTZ} AS TIMESTAMP)",
    "timezone('UTC', {TIMESTAMPTZ})",
  ],
  "TIMESTAMPTZ": ["timezone('UTC', {TIMESTAMP})", "to_timestamp({INTEGER}::DOUBLE)", "date_trunc('hour', {TIMESTAMPTZ})", "time_bucket(INTERVAL 1 HOUR, {TIMESTAMPTZ})"],
  "INTERVAL": [
    "({TIMESTAMP} - {TIMESTAMP})", "age({TIMESTAMP}, {TIMESTAMP})", "({INTERVAL} + {INTERVAL})", "({INTERVAL} - {INTERVAL})", "to_millennia({TINYINT}::INTEGER)", "to_centuries({TINYINT}::INTEGER)",
    "to_decades({TINYINT}::INTEGER)", "to_years({TINYINT}::INTEGER)", "to_quarters({TINYINT}::INTEGER)", "to_months({INTEGER})", "to_weeks({TINYINT}::INTEGER)", "to_days({INTEGER})",
    "to_hours({INTEGER}::BIGINT)", "to_minutes({INTEGER}::BIGINT)", "to_microseconds({BIGINT})",
  ],
  "INTEGER[]": ["list_value({INTEGER}, {INTEGER})", "list_slice({INTEGER[]}, 2, 3)", "list_concat({INTEGER[]}, {INTEGER[]})", "list_reverse({INTEGER[]})", "map_values({MAP(VARCHAR, INTEGER)})"],
  "VARCHAR[]": ["regexp_extract_all({VARCHAR}, '[a-z]')", "map_keys({MAP(VARCHAR, INTEGER)})", "list_reverse({VARCHAR[]})"],
  "JSON": ["json_extract({JSON}, '$.a')", "({JSON} -> 1)"],
}; // prettier-ignore
