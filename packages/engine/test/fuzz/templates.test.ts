import { expect, test } from "@jest/globals";
import { DuckDBInstance } from "@duckdb/node-api";
import { functionTable } from "../../src/functions/function-table.ts";
import { expressionTemplates } from "./expression-templates.ts";
import { castName, simplest } from "./fuzz-types.ts";
import { aggregateTemplates } from "./random-aggregates.ts";

/** DuckDB's longer names for types of the grammar. */
const written: Readonly<Record<string, string>> = { REAL: "FLOAT", TIMESTAMPTZ: "TIMESTAMP WITH TIME ZONE" };

test("every template of the grammar binds to the type that it stands under", async () => {
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  const cases = [
    ...[...expressionTemplates].flatMap(([type, texts]) => texts.map((text) => [type, text] as const)),
    ...aggregateTemplates.map(([, type, text]) => [type, text] as const),
  ];
  const wrong: string[] = [];
  for (const [type, text] of cases) {
    const filled = text.replace(/\{([A-Z][^'{}]*(?:\[\])?)\}/g, (_, hole: string) => `CAST(${simplest(hole)} AS ${castName(hole)})`);
    const reader = await connection.runAndReadAll(`SELECT typeof(${filled})`);
    const got = String(reader.getRows()[0]?.[0]);
    const want = castName(type);
    if (got !== (written[want] ?? want)) wrong.push(`${text} is ${got}, not ${want}`);
  }
  connection.closeSync();
  instance.closeSync();
  expect(wrong).toEqual([]);
  expect(cases.length).toBeGreaterThan(300);
});

test("every proven function is in the grammar, under one of its names", () => {
  const texts = [...expressionTemplates.values()].flat();
  const operators: Readonly<Record<string, RegExp>> = { "~~": / LIKE /, "!~~": / NOT LIKE /, "~~*": / ILIKE /, "!~~*": / NOT ILIKE /, "like_escape": / LIKE .* ESCAPE /, "not_like_escape": / NOT LIKE .* ESCAPE /, "struct_pack": /^\{'/, "map": /^MAP /, "struct_extract": /\.p$/ }; // prettier-ignore
  const calls = (name: string): boolean =>
    texts.some((text) => operators[name]?.test(text) ?? (/^[a-z]/.test(name) ? text.includes(`${name}(`) : text.includes(name)));
  const missing = functionTable.filter(({ names }) => !names.some(calls)).map(({ names }) => names[0]);
  expect(missing).toEqual([]);
});
