import { expect, test } from "@jest/globals";
import { DuckDBInstance } from "@duckdb/node-api";
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
