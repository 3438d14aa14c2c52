import { expect, test } from "@jest/globals";
import type { InputMessage, MessageMetadata, TableSchema } from "@headgate/connector-kit";
import type { ColumnType, Value } from "@headgate/engine";
import { inputFormats } from "../../src/formats/format-registry.ts";

const type = (name: ColumnType["type"], more: Partial<ColumnType> = {}): ColumnType => ({ type: name, nullable: true, ...more });
const text = type("VARCHAR", { precision: -1 });
const bytes = type("VARBINARY", { precision: -1 });

function columnsOf(columns: Readonly<Record<string, readonly [ColumnType, (readonly string[])?]>>): TableSchema {
  const fields = Object.entries(columns).map(([name, [columnType, metadata]]) => ({
    name,
    caseSensitive: false,
    unused: false,
    columnType,
    ...(metadata === undefined ? {} : { metadata, default: "CONNECTOR_METADATA()" }),
  }));
  return { name: "t", fields, primaryKey: undefined };
}
const message = (value: string | null, metadata?: MessageMetadata): InputMessage => ({
  key: null,
  value: value === null ? null : Buffer.from(value),
  place: "offset 7",
  metadata,
});

async function read(
  format: string,
  config: object,
  table: TableSchema,
  messages: readonly InputMessage[] | string,
): Promise<{ rows: (Value | undefined)[][]; errors: string[] }> {
  const definition = inputFormats.get(format)!;
  const parser = definition.createParser(definition.parseConfig(config, table), table, { scratchDirectory: "" });
  const rows: (Value | undefined)[][] = [];
  const errors: string[] = [];
  const batches = typeof messages === "string" ? [parser.push(Buffer.from(messages)), parser.finish()] : [parser.messages!(messages)];
  for (const part of batches) {
    for await (const batch of part) {
      rows.push(...batch.batch.rows.map((row) => [...row]));
      errors.push(...batch.errors.map(({ description }) => description));
    }
  }
  return { rows, errors };
}

const told: MessageMetadata = {
  kafka_topic: "orders",
  kafka_partition: 2,
  kafka_offset: 42,
  kafka_timestamp: "2023-11-14 22:13:20.123",
  kafka_headers: new Map<string, Uint8Array | null>([
    ["b", Buffer.from("ß")],
    ["a", Buffer.from([255])],
    ["n", null],
  ]),
};
const raw = { update_format: "raw" };

test("columns that a record leaves out take what the metadata of its message tells, in their type", async () => {
  const table = columnsOf({
    x: [type("INTEGER")],
    topic: [text, ["kafka_topic"]],
    partition: [type("INTEGER"), ["kafka_partition"]],
    at: [type("BIGINT"), ["kafka_offset"]],
    ts: [type("TIMESTAMP", { precision: 3 }), ["kafka_timestamp"]],
    headers: [type("MAP", { key: text, value: bytes }), ["kafka_headers"]],
    b: [text, ["kafka_headers", "b"]],
    a: [bytes, ["kafka_headers", "a"]],
    none: [text, ["kafka_headers", "none"]],
    other: [text, ["other"]],
  });
  const { errors, rows } = await read("json", raw, table, [message('{"x": 1}\n{"x": 2, "topic": "mine"}', told)]);
  expect(errors).toEqual([]);
  const [ts] = (await read("json", raw, columnsOf({ ts: [type("TIMESTAMP", { precision: 3 })] }), '{"ts": "2023-11-14 22:13:20.123"}'))
    .rows;
  const headers = [
    ["a", new Uint8Array([255])],
    ["b", new Uint8Array(Buffer.from("ß"))],
    ["n", null],
  ];
  const shared = [2, 42n, ts?.[0], headers, "ß", new Uint8Array([255]), null, null];
  expect(rows).toEqual([
    [1, "orders", ...shared],
    [2, "mine", ...shared],
  ]);
});

test("all of the metadata is a VARIANT, with bytes as lists of numbers", async () => {
  const table = columnsOf({ x: [type("INTEGER")], m: [type("VARIANT"), []] });
  const { rows } = await read("json", raw, table, [
    message('{"x": 1}', { kafka_offset: 1, kafka_headers: new Map([["h", Buffer.from("hi")]]) }),
  ]);
  expect(rows).toEqual([[1, '{"kafka_headers":{"h":[104,105]},"kafka_offset":1}']]);
});

test("other formats fill such columns in too, and bytes that are no message have no metadata", async () => {
  const table = columnsOf({ x: [text], at: [type("BIGINT"), ["kafka_offset"]] });
  expect((await read("csv", {}, table, [message("a\nb", told), message("c")])).rows).toEqual([
    ["a", 42n],
    ["b", 42n],
    ["c", null],
  ]);
  expect((await read("raw", { column_name: "x" }, table, [message("whole", told)])).rows).toEqual([["whole", 42n]]);
  expect((await read("json", raw, table, '{"x": "a"}')).rows).toEqual([["a", null]]);
});

test("Avro messages fill such columns in too", async () => {
  const schema = { type: "record", name: "R", fields: [{ name: "x", type: "int" }] };
  const columns = columnsOf({ x: [type("INTEGER")], at: [type("BIGINT"), ["kafka_offset"]] });
  const format = inputFormats.get("avro")!;
  const parser = format.createParser(format.parseConfig({ schema: JSON.stringify(schema), skip_schema_id: true }, columns), columns, {
    scratchDirectory: "",
  });
  const rows: unknown[] = [];
  for (const metadata of [told, undefined]) {
    parser.about?.(metadata);
    for await (const { batch } of parser.push(Buffer.of(6))) rows.push(...batch.rows);
    for await (const { batch } of parser.finish()) rows.push(...batch.rows);
  }
  expect(rows).toEqual([
    [3, 42n],
    [3, null],
  ]);
});

test("a row that must have what is not told, or cannot take it, is an error that names column and place", async () => {
  const needed = columnsOf({ x: [type("INTEGER")], at: [type("BIGINT", { nullable: false }), ["kafka_offset"]] });
  const { errors, rows } = await read("json", raw, needed, [message('{"x": 1}'), message('{"x": 2}', told), message('{"x": 3, "at": 9}')]);
  expect(rows).toEqual([
    [2, 42n],
    [3, 9n],
  ]);
  expect(errors).toEqual([
    expect.stringMatching(/column "at": the column is NOT NULL and the connector's metadata does not tell 'kafka_offset' \(offset 7\)/),
  ]);

  const wrong = columnsOf({ x: [type("INTEGER")], n: [type("INTEGER"), ["kafka_topic"]] });
  const refused = await read("json", raw, wrong, [message('{"x": 1}', told)]);
  expect([refused.rows, refused.errors]).toEqual([[], [expect.stringContaining('column "n"')]]);
});

test("a tombstone gives no row, and messages with many rows come in several batches", async () => {
  const table = columnsOf({ x: [type("INTEGER")], at: [type("BIGINT"), ["kafka_offset"]] });
  const many = Array.from({ length: 10_000 }, (_, x) => `{"x": ${String(x)}}`).join("\n");
  const { rows } = await read("json", raw, table, [message(null, told), message(many, told), message('{"x": -1}')]);
  expect(rows.length).toBe(10_001);
  expect(rows.slice(0, 10_000).every((row, x) => row[0] === x && row[1] === 42n)).toBe(true);
  expect(rows.at(-1)).toEqual([-1, null]);
});
