import { expect, test } from "@jest/globals";
import type { EncodedMessage } from "@headgate/connector-kit";
import { outputFormats } from "../../../src/formats/format-registry.ts";
import { column, encodeForTopic, required, table, type } from "../support.ts";

const schema = table([required("id", "BIGINT"), column("Name", "VARCHAR", { caseSensitive: true })]);
const changed = [
  [[1n, "new"], 1],
  [[1n, "old"], -1],
] as const;

const text = (bytes: Uint8Array | null | undefined): string | null => (bytes ? Buffer.from(bytes).toString("utf8") : null);
const shown = ({ key, value }: EncodedMessage): (string | null)[] => [text(key), text(value)];
const refusal = (config: unknown): string => {
  try {
    outputFormats.get("json")?.parseConfig(config, schema, { topic: "t" });
    return "accepted";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

test("insert_delete gives a message for each change, and a row's delete is ordered with its insert", async () => {
  const { messages } = await encodeForTopic("json", {}, schema, [
    [[1n, "a"], 2],
    [[2n, null], -1],
  ]);
  expect(messages.map(shown)).toEqual([
    [null, '{"delete":{"id":2,"Name":null}}'],
    [null, '{"insert":{"id":1,"Name":"a"}}'],
    [null, '{"insert":{"id":1,"Name":"a"}}'],
  ]);
  const [gone] = (await encodeForTopic("json", {}, schema, [[[1n, "a"], -1]])).messages;
  expect(gone?.orderedBy).toEqual(messages[1]?.orderedBy);
});

test("several records share a message when the buffer size asks for it, or an array", async () => {
  const rows = [1n, 2n, 3n].map((id) => [[id, "x"], 1] as const);
  const two = await encodeForTopic("json", { buffer_size_records: 2 }, schema, rows);
  expect(two.chunks).toEqual(['{"insert":{"id":1,"Name":"x"}}\n{"insert":{"id":2,"Name":"x"}}\n', '{"insert":{"id":3,"Name":"x"}}\n']);
  const long = [1n, 2n].map((id) => [[id, "é".repeat(260 * 1024)], 1] as const);
  expect((await encodeForTopic("json", { buffer_size_records: 10 }, schema, long)).chunks).toHaveLength(2);
  expect((await encodeForTopic("json", { array: true }, schema, rows.slice(0, 1))).chunks).toEqual(['[{"insert":{"id":1,"Name":"x"}}]\n']);
});

test("debezium keys a message by the whole row, or by the key fields", async () => {
  const whole = await encodeForTopic("json", { update_format: "debezium" }, schema, changed);
  expect(whole.messages.map(shown)).toEqual([
    ['{"payload":{"id":1,"Name":"old"}}', '{"payload":{"op":"d","before":{"id":1,"Name":"old"}}}'],
    ['{"payload":{"id":1,"Name":"new"}}', '{"payload":{"op":"c","after":{"id":1,"Name":"new"}}}'],
  ]);
  const keyed = await encodeForTopic("json", { update_format: "debezium", key_fields: ["ID"] }, schema, changed);
  expect(keyed.messages.map(({ key }) => text(key))).toEqual(['{"payload":{"id":1}}', '{"payload":{"id":1}}']);
});

test("debezium for Kafka Connect's converter carries the schema in key and value", async () => {
  const wide = table([
    required("id", "INTEGER"),
    column("d", type("DECIMAL", { precision: 4, scale: 1 })),
    column("at", "TIMESTAMP"),
    column("day", "DATE"),
    column("list", type("ARRAY", { component: type("REAL", { nullable: false }) })),
  ]);
  const config = { update_format: "debezium", json_flavor: "kafka_connect_json_converter", key_fields: ["id"] };
  const { messages } = await encodeForTopic("json", config, wide, [[[7, 15n, 1_500_000n, 3, [0.5]], 1]]);
  const [key, value] = (messages.map(shown)[0] ?? []).map((json) => JSON.parse(json ?? "null") as Record<string, unknown>);
  expect(key).toEqual({
    schema: { type: "struct", name: "Key", fields: [{ field: "id", type: "int32", optional: false }] },
    payload: { id: 7 },
  });
  expect(value?.["payload"]).toEqual({ op: "c", after: { id: 7, d: "1.5", at: 1500, day: 3, list: [0.5] } });
  const row = {
    type: "struct",
    optional: true,
    fields: [
      { field: "id", type: "int32", optional: false },
      { field: "d", type: "string", optional: true },
      { field: "at", type: "int64", name: "org.apache.kafka.connect.data.Timestamp", optional: true },
      { field: "day", type: "int32", name: "org.apache.kafka.connect.data.Date", optional: true },
      { field: "list", type: "array", items: { type: "float", optional: false }, optional: true },
    ],
  };
  expect(value?.["schema"]).toEqual({
    type: "struct",
    name: "Envelope",
    fields: [
      { field: "before", ...row },
      { field: "after", ...row },
      { field: "op", type: "string", optional: false },
    ],
  });
});

test("snowflake numbers its changes within a stream of its own", async () => {
  const first = await encodeForTopic("json", { update_format: "snowflake" }, schema, changed);
  const second = await encodeForTopic("json", { update_format: "snowflake" }, schema, changed);
  const events = [...first.messages, ...second.messages].map(({ value }) => JSON.parse(text(value) ?? "") as Record<string, unknown>);
  expect(events.map(({ __stream_id, ...rest }) => ({ ...rest, stream: typeof __stream_id }))).toEqual(
    [0, 1].flatMap(() => [
      { id: 1, Name: "old", __action: "delete", __seq_number: 0, stream: "number" },
      { id: 1, Name: "new", __action: "insert", __seq_number: 1, stream: "number" },
    ]),
  );
  expect(events[0]?.["__stream_id"]).toBe(events[1]?.["__stream_id"]);
  expect(events[0]?.["__stream_id"]).not.toBe(events[2]?.["__stream_id"]);
});

test("redis gives the key as text, the row as the value, and a tombstone for a row that is gone", async () => {
  const config = { update_format: "redis", key_fields: ["Name", "id"] };
  const { messages } = await encodeForTopic("json", config, schema, [
    [[1n, "a b"], 1],
    [[2n, null], -1],
  ]);
  expect(messages.map(shown)).toEqual([
    ["null:2", null],
    ["a b:1", '{"id":1,"Name":"a b"}'],
  ]);
});

test("key fields that cannot be are refused", () => {
  expect(refusal({ update_format: "debezium", key_fields: ["nope"] })).toMatch(/"key_fields" names "nope", which is no column of "t"/);
  expect(refusal({ update_format: "debezium", key_fields: [] })).toMatch(/list of one or more column names/);
  expect(refusal({ key_fields: ["id"] })).toMatch(/only supported with update_format "debezium" or "redis"/);
  expect(refusal({ update_format: "redis" })).toMatch(/needs "key_fields"/);
});

test("a row with an absurd weight is an encode error", async () => {
  const { errors, messages } = await encodeForTopic("json", {}, schema, [
    [[1n, "a"], 2_000_000],
    [[2n, "b"], 1],
  ]);
  expect(messages).toHaveLength(1);
  expect(errors).toEqual([expect.stringMatching(/2000000 copies .*SELECT DISTINCT/)]);
});
