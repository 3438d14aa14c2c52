import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { encode, parse } from "../support.ts";
import { tableWithRows } from "../arbitrary-table.ts";

const seed = 20260;

test.each([
  ["lines", {}, {}],
  ["arrays", { array: true }, { array: true }],
  ["Debezium changes", { update_format: "debezium" }, { update_format: "debezium" }],
  ["one record a line", {}, { lines: "single" }],
])("what JSON output writes as %s, JSON input reads back as the same rows", async (_, out, input) => {
  await fc.assert(
    fc.asyncProperty(tableWithRows(), async ({ schema, rows }) => {
      const delta = rows.map((row, index) => [row, index % 2 === 0 ? 1 : -2] as const);
      const { chunks } = encode("json", { ...out, buffer_size_records: 2 }, schema, delta);
      const parsed = await parse({ format: "json", config: input, schema }, ...chunks);
      const deletes = delta.filter((entry) => entry[1] < 0).flatMap(([row]) => [row, row]);
      const inserts = delta.filter((entry) => entry[1] > 0).map(([row]) => row);
      expect(parsed.errors).toEqual([]);
      expect(parsed.rows).toEqual([...deletes, ...inserts]);
      expect(parsed.ops).toEqual([...deletes.map(() => 1), ...inserts.map(() => 0)]);
    }),
    { seed, numRuns: 150 },
  );
});

test("every supported flavor is read back as it was written, to the precision it has", async () => {
  const { column, table } = await import("../support.ts");
  const schema = table([
    column("d", "DATE"),
    column("t", "TIME"),
    column("ts", "TIMESTAMP"),
    column("b", "VARBINARY"),
    column("v", "VARIANT"),
  ]);
  const row = [-1, 86_399_999_000n, -1_000n, Uint8Array.of(0, 255), '{"a":[1,"x"]}'];
  const flavors = [
    "default",
    "datagen",
    "debezium_mysql",
    "debezium_postgres",
    "kafka_connect_json_converter",
    "pandas",
    "snowflake",
    "c_hex",
  ];
  for (const json_flavor of flavors) {
    const { chunks } = encode("json", { json_flavor }, schema, [[row, 1]]);
    const parsed = await parse({ format: "json", config: { json_flavor }, schema }, ...chunks);
    expect([json_flavor, parsed.errors, parsed.rows]).toEqual([json_flavor, [], [row]]);
  }
});
