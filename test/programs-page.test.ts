import { describe, expect, test } from "@jest/globals";
import { builtinConnectors } from "@headgate/connectors";
import { compileProgram, createEngine, describeProgram, type Program } from "@headgate/engine";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { compilePipeline } from "../packages/pipeline/src/compile/compile-pipeline.ts";

const page = readFileSync(join(import.meta.dirname, "../docs/programs.md"), "utf8");
const blocks = (language: string): string[] =>
  [...page.matchAll(/^```(.+)\n([\s\S]*?)^```/gm)].filter((match) => match[1] === language).map((match) => match[2]!);
/** The cells of the table whose header begins with `first`, without their back quotes. */
function tableRows(first: string): string[][] {
  const lines = page.split("\n");
  const header = lines.findIndex((line) => line.startsWith(`| ${first} `));
  const end = lines.findIndex((line, i) => i > header && !line.startsWith("|"));
  if (header < 0) throw new Error(`The page has no table '${first}'`);
  return lines.slice(header + 2, end).map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}
const quoted = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1]!);

async function compile(sql: string): Promise<{ program: Program | undefined; messages: string[] }> {
  const result = await compilePipeline(sql, { compileProgram, describeProgram, registry: builtinConnectors });
  const messages = result.ok ? result.warnings : result.messages;
  return { program: result.ok ? result.compiled.program : undefined, messages: messages.map((m) => m.message) };
}

const programs = blocks("sql");

test("the page has programs", () => expect(programs.length).toBeGreaterThanOrEqual(4));

test.each(programs.map((sql) => [sql.split("\n")[0]!, sql]))(
  "the program that begins with '%s' compiles without a warning",
  async (_, sql) => {
    expect((await compile(sql)).messages).toEqual([]);
  },
);

test("the ad-hoc query runs on the first program", async () => {
  const { program } = await compile(programs[0]!);
  const engine = await createEngine({ program: program!, storage: { kind: "memory" }, threads: 1 });
  try {
    for (const sql of blocks("sql query")) expect((await engine.query(sql)).result!.columns.length).toBeGreaterThan(0);
  } finally {
    await engine.close();
  }
});

test.each(tableRows("type").flatMap(([types, aliases]) => quoted(types!).concat(quoted(aliases!))))("a column can be %s", async (type) => {
  const sql = type.replaceAll("(p, s)", "(10, 2)").replaceAll("(n)", "(5)");
  const { program, messages } = await compile(`CREATE TABLE t (c ${sql})`);
  expect(messages).toEqual([]);
  expect(program!.tables[0]!.fields).toHaveLength(1);
});

test("the page has a row for every transport and format, and for no other", () => {
  const named = (first: string, side: string): string[] =>
    tableRows(first)
      .filter((row) => row[1] === side)
      .map((row) => quoted(row[0]!)[0]!)
      .sort();
  const { inputTransports, outputTransports, inputFormats, outputFormats } = builtinConnectors;
  expect(named("transport", "input")).toEqual([...inputTransports.keys()].sort());
  expect(named("transport", "output")).toEqual([...outputTransports.keys()].sort());
  expect(named("format", "input")).toEqual([...inputFormats.keys()].sort());
  expect(named("format", "output")).toEqual([...outputFormats.keys()].sort());
});

describe("the words for what the published dialect spells otherwise", () => {
  const columns = /In a table with `([^`]+)`/.exec(page)![1]!;
  const view = (expression: string): string => `CREATE TABLE t (${columns}); CREATE VIEW v AS SELECT ${expression} AS c FROM t;`;

  test.each(tableRows("published").map(([published, ours]) => [quoted(published!)[0]!, quoted(ours!)[0]!]))(
    "%s does not compile, and %s does",
    async (published, ours) => {
      expect((await compile(view(published))).messages).not.toEqual([]);
      expect((await compile(view(ours))).messages).toEqual([]);
    },
  );
});

test("queries give the results that the page says", async () => {
  const engine = await createEngine({ program: { tables: [], views: [], indexes: [] }, storage: { kind: "memory" }, threads: 1 });
  const value = async (expression: string): Promise<{ type: string; value: string }> => {
    const { result } = await engine.query(`SELECT ${expression} AS c FROM (VALUES (1), (2)) AS t(x) GROUP BY ALL`);
    const rows = [];
    for await (const chunk of result!.rows()) rows.push(...chunk);
    return { type: result!.columns[0]!.columnType.type, value: String(rows[0]![0]).toUpperCase() };
  };
  try {
    const rows = tableRows("query").map(
      ([query, here]) => [quoted(query!)[0]!, quoted(here!)[0]!.toUpperCase().replace(".0", "")] as const,
    );
    expect(rows.length).toBeGreaterThan(5);
    for (const [query, here] of rows) expect([query, Object.values(await value(query))]).toEqual([query, expect.arrayContaining([here])]);
    expect(await value("5 // 2")).toEqual({ type: "INTEGER", value: "2" });
    expect((await value("CAST(trunc(2.5) AS INT)")).value).toBe("2");
    expect((await value("xor(2, 3)")).value).toBe("1");
  } finally {
    await engine.close();
  }
});
