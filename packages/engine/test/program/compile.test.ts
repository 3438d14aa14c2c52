import { describe, expect, test } from "@jest/globals";
import { compileProgram, type CompilerMessage, type Program } from "@headgate/engine";

async function compiled(sql: string): Promise<Program> {
  const result = await compileProgram(sql);
  if (!result.ok) throw new Error(result.messages.map((message) => message.message).join("\n"));
  return result.program;
}
async function refused(sql: string): Promise<readonly CompilerMessage[]> {
  const result = await compileProgram(sql);
  if (result.ok) throw new Error("The program compiled");
  return result.messages;
}
async function firstMistake(sql: string): Promise<{ type: string; message: string; at: string; marked: string }> {
  const [first] = await refused(sql);
  const { startLine, startColumn, endLine, endColumn } = first!.position;
  const marked = startLine === endLine ? sql.split("\n")[startLine - 1]!.slice(startColumn - 1, endColumn) : "";
  return { type: first!.errorType, message: first!.message, at: `${startLine}:${startColumn}`, marked };
}

describe("tables", () => {
  test("keep names in lower case unless they are quoted", async () => {
    const { tables } = await compiled(`CREATE TABLE Orders (Id INT, "Who" VARCHAR, "a""b" INT)`);
    expect(tables[0]).toMatchObject({ name: "orders", caseSensitive: false, position: { startLine: 1, startColumn: 14 } });
    expect(tables[0]!.fields.map((field) => [field.name, field.caseSensitive])).toEqual([
      ["id", false],
      ["Who", true],
      ['a"b', true],
    ]);
  });

  test.each([
    ["BOOL", { type: "BOOLEAN" }],
    ["INT2", { type: "SMALLINT" }],
    ["SIGNED", { type: "INTEGER" }],
    ["INT64", { type: "BIGINT" }],
    ["TINYINT UNSIGNED", { type: "UTINYINT" }],
    ["UNSIGNED", { type: "UINTEGER" }],
    ["UBIGINT", { type: "UBIGINT" }],
    ["FLOAT4", { type: "REAL" }],
    ["DOUBLE PRECISION", { type: "DOUBLE" }],
    ["NUMERIC", { type: "DECIMAL", precision: 38, scale: 0 }],
    ["DEC(5)", { type: "DECIMAL", precision: 5, scale: 0 }],
    ["DECIMAL(5, 2)", { type: "DECIMAL", precision: 5, scale: 2 }],
    ["CHAR(3)", { type: "CHAR", precision: 3 }],
    ["STRING", { type: "VARCHAR", precision: -1 }],
    ["CHARACTER VARYING(9)", { type: "VARCHAR", precision: 9 }],
    ["BYTEA", { type: "VARBINARY", precision: -1 }],
    ["BINARY(4)", { type: "BINARY", precision: 4 }],
    ["TIMESTAMP(3)", { type: "TIMESTAMP", precision: 3 }],
    ["TIMESTAMP WITH TIME ZONE", { type: "TIMESTAMP_TZ" }],
    ["INTERVAL DAY TO SECOND", { type: "INTERVAL_DAY_SECOND" }],
    ["VARIANT", { type: "VARIANT" }],
    ["JSON", { type: "VARIANT" }],
    ["INT ARRAY ARRAY", { type: "ARRAY", component: { type: "ARRAY", component: { type: "INTEGER" } } }],
    ["INT[]", { type: "ARRAY", component: { type: "INTEGER" } }],
    ["MAP<VARCHAR, MAP<INT, INT>>", { type: "MAP", key: { type: "VARCHAR", nullable: false }, value: { type: "MAP" } }],
    [
      'ROW(a INT NOT NULL, "B" VARCHAR)',
      {
        type: "STRUCT",
        fields: [
          { name: "a", columnType: { nullable: false } },
          { name: "B", caseSensitive: true },
        ],
      },
    ],
  ])("read the type %s", async (sql, expected) => {
    const { tables } = await compiled(`CREATE TABLE t (x ${sql} NOT NULL)`);
    expect(tables[0]!.fields[0]!.columnType).toMatchObject({ ...expected, nullable: false });
  });

  test("may have defaults that look up a connector's metadata", async () => {
    const { tables } = await compiled(`CREATE TABLE t (a INT, topic VARCHAR DEFAULT CAST(CONNECTOR_METADATA()['kafka_topic'] AS VARCHAR),
      h VARBINARY DEFAULT connector_metadata()['kafka_headers']['x']::VARBINARY, m VARIANT DEFAULT CONNECTOR_METADATA())`);
    expect(tables[0]!.fields.map(({ metadata }) => metadata)).toEqual([undefined, ["kafka_topic"], ["kafka_headers", "x"], []]);
  });

  test("keep defaults, lateness, keys and properties with the positions of their values", async () => {
    const sql = `CREATE TABLE p (id BIGINT PRIMARY KEY);
CREATE TABLE t (a INT DEFAULT 1 + 1 NOT NULL, b VARCHAR DEFAULT 'x,)y', ts TIMESTAMP LATENESS INTERVAL '1' HOUR,
  p BIGINT FOREIGN KEY REFERENCES p(id), PRIMARY KEY (a, b)) WITH ('connectors' = '[{"it''s": 1}]', 'append_only' = 'true')`;
    const result = await compileProgram(sql);
    if (!result.ok) throw new Error(JSON.stringify(result.messages));
    expect(result.warnings).toEqual([]);
    expect(result.program.tables[1]!.lateness).toEqual([{ column: 2, distance: "3600000000" }]);
    const table = result.program.tables[1]!;
    expect(table).toMatchObject({ primaryKey: ["a", "b"], materialized: true, appendOnly: true });
    expect(table.fields.map((field) => [field.default, field.lateness, field.columnType.nullable])).toEqual([
      ["1 + 1", undefined, false],
      ["'x,)y'", undefined, false],
      [undefined, "INTERVAL '1' HOUR", true],
      [undefined, undefined, true],
    ]);
    expect(table.properties["connectors"]).toMatchObject({
      value: `[{"it's": 1}]`,
      valuePosition: { startLine: 3, startColumn: 83 },
    });
  });

  test.each([
    ["CREATE TABLE t (a FLOAT)", "Not supported", "FLOAT"],
    ["CREATE TABLE t (a INTEGR)", "Compilation error", "INTEGR"],
    ["CREATE TABLE t (a INT, A INT)", "Compilation error", "A"],
    ['CREATE TABLE t (a INT, "A" INT)', "Compilation error", '"A"'],
    ["CREATE TABLE t (rowid INT)", "Compilation error", "rowid"],
    ["CREATE TABLE t (a INT CHECK (a > 0))", "Not supported", "CHECK"],
    ["CREATE TABLE t (a INT, UNIQUE (a))", "Not supported", "UNIQUE"],
    ["CREATE TABLE t (a INT, PRIMARY KEY (b))", "Compilation error", "b"],
    ["CREATE TABLE t (a INT PRIMARY KEY, b INT PRIMARY KEY)", "Compilation error", "b"],
    ["CREATE TABLE t (a INT ARRAY PRIMARY KEY)", "Compilation error", "a"],
    ["CREATE TABLE t (a INT REFERENCES x(y))", "Compilation error", "x"],
    ["CREATE TABLE t (a INT) WITH ('conectors' = '[]')", "PropertyDoesNotExist", "'conectors'"],
    ["CREATE TABLE t (a INT) WITH ('materialized' = 'yes')", "Compilation error", "'yes'"],
    ["CREATE TABLE t (a DECIMAL(39, 2))", "Compilation error", "39"],
    ["CREATE TABLE IF NOT EXISTS t (a INT)", "Not supported", "IF"],
    ["CREATE TABLE felderaX (a INT)", "Compilation error", "felderaX"],
    ["CREATE TABLE error_view (a INT)", "Compilation error", "error_view"],
    ["CREATE TABLE t (a INT); CREATE TABLE T (a INT)", "Compilation error", "T"],
    ['CREATE TABLE t (a INT); CREATE TABLE "T" (a INT)', "Compilation error", '"T"'],
    ["CREATE TABLE t (a INT DEFAULT random())", "Compilation error", "random()"],
    ["CREATE TABLE t (a INT DEFAULT 'x')", "Compilation error", "'x'"],
    ["CREATE TABLE t (a INT NOT NULL DEFAULT NULL)", "Compilation error", "NULL"],
    ["CREATE TABLE t (a INT DEFAULT nullif(1, 1), PRIMARY KEY (a))", "Compilation error", "nullif(1, 1)"],
    ["CREATE TABLE t (a VARCHAR DEFAULT connector_metadata()['topic'] || 'x')", "Not supported", "connector_metadata()['topic'] || 'x'"],
    ["CREATE TABLE t (a VARCHAR DEFAULT upper(connector_metadata()['a']))", "Not supported", "upper(connector_metadata()['a'])"],
    [
      "CREATE TABLE t (a VARCHAR DEFAULT CAST(connector_metadata()['a'] AS INT))",
      "Compilation error",
      "CAST(connector_metadata()['a'] AS INT)",
    ],
    [
      "CREATE TABLE t (a VARCHAR DEFAULT getenv('HOME') || 'connector_metadata')",
      "Compilation error",
      "getenv('HOME') || 'connector_metadata'",
    ],
    ["CREATE TABLE t (a INT", "Error parsing SQL", "T"],
    ["CREATE TABLE t (a VARCHAR DEFAULT 'x)", "Error parsing SQL", "'"],
    ["SET x = 1", "Not supported", "SET"],
    ["CREATE TYPE x AS (a INT)", "Not supported", "CREATE TYPE"],
    ["CREATE FUNCTION f(x INT) RETURNS INT", "Not supported", "CREATE FUNCTION"],
    ["DECLARE RECURSIVE VIEW v (a INT)", "Not supported", "DECLARE"],
    ["LATENESS v.a 1", "Not supported", "LATENESS"],
  ])("%s is refused at the offending token", async (sql, type, marked) => {
    const mistake = await firstMistake(sql);
    expect(mistake).toMatchObject({ type, marked });
  });
});

describe("views", () => {
  const base = `CREATE TABLE t (a INT, "B" VARCHAR, d DECIMAL(10,2));\n`;

  test("publish DuckDB's types and the spelling of quoted names only", async () => {
    const { views } = await compiled(
      `${base}CREATE MATERIALIZED VIEW v AS SELECT A AS Total, "B", a AS "Mixed", sum(a) OVER () AS s, d * 2 AS e FROM t -- end`,
    );
    expect(views.map((view) => view.name)).toEqual(["error_view", "v"]);
    expect(views[1]).toMatchObject({ materialized: true, local: false });
    expect(views[1]!.fields.map((f) => [f.name, f.caseSensitive, f.columnType.type, f.columnType.precision])).toEqual([
      ["total", false, "INTEGER", undefined],
      ["B", true, "VARCHAR", -1],
      ["Mixed", true, "INTEGER", undefined],
      ["s", false, "BIGINT", undefined],
      ["e", false, "DECIMAL", 18],
    ]);
  });

  test("leave the columns of tables that no view reads marked as unused", async () => {
    const unusedOf = async (query: string): Promise<string[]> => {
      const { tables } = await compiled(`${base}CREATE VIEW v AS ${query}`);
      return tables[0]!.fields.filter((field) => field.unused).map((field) => field.name);
    };
    expect(await unusedOf("SELECT * FROM t")).toEqual([]);
    expect(await unusedOf("SELECT a FROM t WHERE d > 1")).toEqual(["B"]);
    expect(await unusedOf("SELECT count(*) FROM t")).toEqual(["a", "B", "d"]);
    expect(await unusedOf("SELECT 1 AS x WHERE EXISTS (SELECT 1 FROM t WHERE a = 1)")).toEqual(["B", "d"]);
    expect(await unusedOf("SELECT x.a FROM t AS x, LATERAL (SELECT max(d) AS m FROM t WHERE t.a = x.a)")).toEqual(["B"]);
    expect(await unusedOf("SELECT a FROM (SELECT t FROM t) AS q, (SELECT 1 AS a)")).toEqual([]);
  });

  test("have NOT NULL columns only where no NULL can come from", async () => {
    const tables = "CREATE TABLE k (id INT PRIMARY KEY, x INT, y INT NOT NULL); CREATE TABLE l (id INT PRIMARY KEY, z INT NOT NULL);";
    const certain = async (query: string): Promise<string[]> => {
      const { views } = await compiled(`${tables}CREATE LOCAL VIEW w AS ${query}; CREATE VIEW v AS SELECT * FROM w`);
      return views[2]!.fields.filter((field) => !field.columnType.nullable).map((field) => field.name);
    };
    expect(await certain("SELECT * FROM k")).toEqual(["id", "y"]);
    expect(await certain("SELECT y, x, 1 AS one, NULL AS n, y + 1 AS s FROM k WHERE x > 1 ORDER BY y LIMIT 3")).toEqual(["y", "one"]);
    expect(await certain("SELECT k.id, z, l.id AS i FROM k JOIN l ON k.id = l.id")).toEqual(["id", "z", "i"]);
    expect(await certain("SELECT k.id, z FROM k, l")).toEqual(["id", "z"]);
    expect(await certain("SELECT k.id, z FROM k LEFT JOIN l ON k.id = l.id")).toEqual(["id"]);
    expect(await certain("SELECT k.id, z FROM k RIGHT JOIN l ON k.id = l.id")).toEqual(["z"]);
    expect(await certain("SELECT k.id, z FROM k FULL JOIN l ON k.id = l.id")).toEqual([]);
    expect(await certain("SELECT y, x, count(*) AS n, count(x) AS m, sum(y) AS s FROM k GROUP BY y, x")).toEqual(["y", "n", "m"]);
    expect(await certain("SELECT max(y) AS m, count(*) AS n FROM k")).toEqual(["n"]);
    expect(await certain("SELECT y, id, count(*) AS n FROM k GROUP BY ROLLUP (y, id)")).toEqual(["n"]);
    expect(await certain("SELECT y FROM k UNION ALL SELECT x FROM k")).toEqual([]);
    expect(await certain("SELECT id, (SELECT y FROM k AS j WHERE j.id = k.id + 1) AS next FROM k")).not.toContain("next");
    expect(await certain("SELECT id, (SELECT max(z) FROM l) AS m, (SELECT z FROM l WHERE id = 7) AS n FROM k")).not.toContain("n");
  });

  test("may have scalar subqueries, which DuckDB guards with error()", async () => {
    const { views } = await compiled(
      `${base}CREATE VIEW v AS SELECT a, (SELECT max(a) FROM t) AS m FROM t WHERE a > (SELECT avg(a) FROM t AS u WHERE u."B" = t."B");`,
    );
    expect(views[1]!.fields.map((field) => field.name)).toEqual(["a", "m"]);
  });

  test("name the fields of a row that has no names", async () => {
    const { views } = await compiled(`${base}CREATE VIEW v AS SELECT (a, 'x') AS pair FROM t; CREATE VIEW w AS SELECT pair FROM v`);
    for (const view of views.slice(1))
      expect(view.fields[0]!.columnType).toMatchObject({ type: "STRUCT", fields: [{ name: "EXPR$0" }, { name: "EXPR$1" }] });
  });

  test("inherit a quoted name through *", async () => {
    const { views } = await compiled(`${base}CREATE LOCAL VIEW v (x, y, z) AS SELECT * FROM t; CREATE VIEW w AS SELECT * FROM t`);
    expect(views[1]!.fields.map((field) => field.name)).toEqual(["x", "y", "z"]);
    expect(views[2]!.fields.map((field) => field.name)).toEqual(["a", "B", "d"]);
  });

  test("may read views and common tables, also one that hides a relation", async () => {
    const { views } = await compiled(
      `${base}CREATE VIEW v AS WITH t AS (SELECT a AS q FROM t) SELECT q FROM t;
       CREATE VIEW w AS WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT * FROM r, V;
       CREATE VIEW x AS VALUES (1, 'a')`,
    );
    expect(views).toHaveLength(4);
  });

  test.each([
    ["SELECT a,\n  nocol FROM t", "3:3", "nocol"],
    ["SELECT a FROM\n nosuch", "3:2", "nosuch"],
    ["SELECT 'é😀', nofun(a) FROM t", "2:32", "nofun"],
    ["SELECT 'é😀', a + FROM t", "2:36", "FROM"],
    ["SELECT a + DATE '2020-01-01' + 'x'::BLOB FROM t", "2:47", "+"],
    ["SELECT random() FROM t", "2:25", "random"],
    ["SELECT current_date FROM t", "2:25", "current_date"],
    ["SELECT uuid() FROM t", "2:25", "uuid"],
    ["SELECT * FROM read_csv('x.csv')", "2:32", "read_csv"],
    ["SELECT * FROM 'x.parquet'", "2:32", "'x.parquet'"],
    ["SELECT * FROM duckdb_settings()", "2:32", "duckdb_settings"],
    ["SELECT * FROM information_schema.tables", "2:32", "information_schema"],
    ["SELECT rowid FROM t", "2:25", "rowid"],
    ["SELECT * FROM t USING SAMPLE 1", undefined, undefined],
    ["SELECT $1 FROM t", undefined, undefined],
    ["SELECT getenv('HOME')", "2:25", "getenv"],
    ["DESCRIBE t", undefined, undefined],
    ["SELECT a, a FROM t", undefined, undefined],
    ["SELECT 1 FROM v", "2:32", "v"],
    ["PRAGMA version", "2:18", "PRAGMA"],
  ])("AS %s is refused", async (query, at, marked) => {
    const mistake = await firstMistake(`${base}CREATE VIEW v AS ${query}`);
    expect(mistake.message).not.toMatch(/LINE|INTERNAL/);
    if (at !== undefined) expect(mistake).toMatchObject({ at, marked });
  });

  test("with a column list of another length are refused", async () => {
    expect((await firstMistake(`${base}CREATE VIEW v (x) AS SELECT a, d FROM t`)).message).toContain("1 column names");
  });
});

test("independent mistakes are reported together, and what depends on a broken statement adds none", async () => {
  const messages = await refused(`CREATE TABLE t (a FLOAT);
CREATE VIEW v AS SELECT a FROM t;
CREATE INDEX i ON v(zz);
CREATE VIEW w AS SELECT nothing;
CREATE TBLE x;`);
  expect(messages.map((message) => message.position.startLine)).toEqual([1, 4, 5]);
  expect(messages[1]!.snippet).toBe("    4|CREATE VIEW w AS SELECT nothing;\n                              ^^^^^^^");
});

test("comments, semicolons in strings and empty statements do not disturb the split", async () => {
  const { tables } = await compiled(`-- a; b
;;/* c; /* nested; */ */ CREATE TABLE "a;b" (x VARCHAR DEFAULT 'it''s; fine'); -- end`);
  expect(tables.map((table) => table.name)).toEqual(["a;b"]);
});

test("indexes name existing columns of views that are outputs", async () => {
  const base = "CREATE TABLE t (a INT); CREATE VIEW v AS SELECT a FROM t; CREATE LOCAL VIEW l AS SELECT a FROM t;";
  expect((await compiled(`${base} CREATE INDEX i ON v(a)`)).indexes).toEqual([
    { name: "i", caseSensitive: false, relation: "v", columns: ["a"] },
  ]);
  expect((await firstMistake(`${base} CREATE INDEX i ON v(b)`)).marked).toBe("b");
  expect((await firstMistake(`${base} CREATE INDEX i ON l(a)`)).marked).toBe("l");
  expect((await firstMistake(`${base} CREATE INDEX i ON none(a)`)).marked).toBe("none");
});

test("an empty program has the system view", async () => {
  const { views } = await compiled("");
  expect(views[0]!.fields.map((field) => field.name)).toEqual(["table_or_view_name", "message", "metadata"]);
});
