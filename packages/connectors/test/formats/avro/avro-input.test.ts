import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import avsc from "avsc";
import { ConnectorError, type TableSchema } from "@headgate/connector-kit";
import { ChangeOp } from "@headgate/engine";
import { inputFormats } from "../../../src/formats/format-registry.ts";
import { column, encodeForTopic, parse, required, table, type Parsed } from "../support.ts";
import { everyRow, everyType } from "./avro-columns.ts";
import { TestRegistry } from "./test-registry.ts";

const people = table([required("id", "BIGINT"), column("name", "VARCHAR")], ["id"]);
const record = (name: string, fields: readonly object[]): object => ({ type: "record", name, fields });
const person = record("Value", [
  { name: "id", type: "long" },
  { name: "name", type: ["null", "string"], default: null },
]);
const envelope = record("Envelope", [
  { name: "before", type: ["null", person], default: null },
  { name: "after", type: ["null", "Value"], default: null },
  { name: "source", type: record("Source", [{ name: "tags", type: { type: "map", values: ["null", "double"] } }]) },
  { name: "op", type: "string" },
  { name: "ts_ms", type: ["null", "long"] },
]);
const framed = (id: number, bytes: Uint8Array): Buffer => Buffer.concat([Buffer.of(0, 0, 0, 0, id), bytes]);
const read = (config: object, schema: TableSchema, bytes: Uint8Array): Promise<Parsed> => parse({ format: "avro", config, schema }, bytes);
const refusal = (config: unknown, schema = people): string => {
  try {
    inputFormats.get("avro")?.parseConfig(config, schema);
    return "accepted";
  } catch (error) {
    return error instanceof ConnectorError ? error.message : String(error);
  }
};

describe("with a schema that is given", () => {
  const bare = (schema: object): object => ({ schema: JSON.stringify(schema), skip_schema_id: true });

  test("rows of every type come back as they were written", async () => {
    const registry = await TestRegistry.start();
    try {
      const config = { registry_urls: [registry.url] };
      const delta = everyRow.map((row) => [row, 1] as const);
      const { messages } = await encodeForTopic("avro", config, everyType, delta, { topic: "t" });
      for (const [at, { value }] of messages.entries()) {
        const { errors, ops, rows } = await read(config, everyType, value ?? Buffer.alloc(0));
        expect([errors, rows, ops]).toEqual([[], [everyRow[at]], [ChangeOp.insert]]);
      }
    } finally {
      await registry.stop();
    }
  });

  test("fields may stand in another order, be more than the columns, and be fewer", async () => {
    const wide = record("R", [
      { name: "extra", type: { type: "array", items: person } },
      { name: "NAME", type: "string" },
      { name: "id", type: "int" },
    ]);
    const bytes = avsc.Type.forSchema(wide as avsc.Schema, { wrapUnions: false }).toBuffer({
      extra: [{ id: 1, name: "x" }],
      NAME: "n",
      id: -7,
    });
    const defaulted = table([
      required("id", "BIGINT"),
      column("name", "VARCHAR"),
      required("kind", "VARCHAR", { default: "'a' || 'b'" }),
      column("z", "REAL"),
    ]);
    const { errors, rows } = await read(bare(wide), defaulted, bytes);
    expect([errors, rows]).toEqual([[], [[-7n, "n", "ab", null]]]);
  });

  test("a message that is no value of its schema is an error, and the next one is read", async () => {
    const schema = record("R", [
      { name: "id", type: "long" },
      { name: "name", type: ["null", "string"] },
    ]);
    const definition = inputFormats.get("avro");
    const parser = definition?.createParser(definition.parseConfig(bare(schema), people), people, { scratchDirectory: "" });
    const messages = [
      [2, 2, 10, 97],
      [2, 4],
      [2, 0, 0],
      [2, 2, 2, 0xff],
      [2, 2, 2, 98],
      [],
      [255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1, 0],
    ];
    const descriptions: string[] = [];
    const rows: unknown[] = [];
    for (const message of messages) {
      if (message.length > 0) parser?.push(Uint8Array.from(message));
      for await (const { batch, errors } of parser?.finish() ?? []) {
        descriptions.push(...errors.map(({ description, eventNumber }) => `${eventNumber}: ${description}`));
        rows.push(...batch.rows);
      }
    }
    expect(rows).toEqual([[1n, "b"]]);
    expect(descriptions).toEqual([
      expect.stringMatching(/^1: .*ends in the middle of a value/),
      expect.stringMatching(/^2: .*no branch 2/),
      expect.stringMatching(/^3: .*1 bytes are left over/),
      expect.stringMatching(/^4: .*not UTF-8/),
      expect.stringMatching(/^6: .*more than ten bytes/),
    ]);
  });

  test("Debezium's changes are inserts and deletes, found by key or by the whole row", async () => {
    const type = avsc.Type.forSchema(envelope as avsc.Schema, { wrapUnions: false });
    const source = { tags: { a: 1.5, b: null } };
    const change = (op: string, before: object | null, after: object | null): Buffer =>
      type.toBuffer({ before, after, source, op, ts_ms: 1 });
    const config = { ...bare(envelope), update_format: "debezium" };
    const [old, fresh] = [
      { id: 1, name: "old" },
      { id: 1, name: "new" },
    ];
    const update = await read(config, people, change("u", old, fresh));
    expect([update.rows, update.ops]).toEqual([
      [
        [1n, undefined],
        [1n, "new"],
      ],
      [ChangeOp.delete, ChangeOp.insert],
    ]);
    const keyless = table(people.fields);
    expect((await read(config, keyless, change("d", old, null))).rows).toEqual([[1n, "old"]]);
    expect((await read(config, keyless, change("u", null, fresh))).errors[0]?.description).toMatch(/"before" is missing/);
    const appendOnly = { ...keyless, appendOnly: true };
    expect((await read(config, appendOnly, change("d", old, null))).errors[0]?.description).toMatch(
      /append-only: its rows cannot be deleted/,
    );
    expect((await read(config, people, change("x", null, fresh))).errors[0]?.description).toMatch(/"op" to be one of c, r, u, d, found x/);
    expect((await read(config, people, change("c", null, null))).errors[0]?.description).toMatch(/no row after it/);
  });

  test("settings and schemas that cannot be are refused", () => {
    expect(refusal({})).toMatch(/either "registry_urls".*or "schema"/);
    expect(refusal({ registry_urls: ["http://a"], skip_schema_id: true })).toMatch(/"skip_schema_id" needs "schema"/);
    expect(refusal({ ...bare(person), update_format: "confluent_jdbc" })).toMatch(/not supported for input; use one of raw, debezium/);
    expect(refusal({ ...bare(person), update_format: "debezium" })).toMatch(/does not fit table "t": .*no field "before"/);
    expect(refusal(bare(record("R", [{ name: "name", type: "string" }])))).toMatch(/no field "id", which is NOT NULL/);
    expect(refusal(bare(record("R", [{ name: "id", type: "string" }])))).toMatch(
      /column "id": expected long or int for BIGINT, found string/,
    );
    expect(refusal({ schema: '{"type":"record","name":"R","fields":[{"name":"id","type":"Nope"}]}' })).toMatch(
      /"Nope" that it does not define/,
    );
  });
});

describe("with a registry", () => {
  let registry: TestRegistry;
  beforeEach(async () => {
    registry = await TestRegistry.start();
  });
  afterEach(() => registry.stop());
  const bytes = Buffer.of(2, 2, 2, 97);

  test("each message is read with the schema that it names, which is asked for once", async () => {
    const first = registry.add(person);
    const second = registry.add(record("R", [{ name: "id", type: "int" }]));
    const config = { registry_urls: [registry.url] };
    const definition = inputFormats.get("avro");
    const parser = definition?.createParser(definition.parseConfig(config, people), people, { scratchDirectory: "" });
    const rows: unknown[] = [];
    for (const message of [framed(first, bytes), framed(second, Buffer.of(4)), framed(first, bytes), framed(second, Buffer.of(6))]) {
      parser?.push(message);
      for await (const { batch } of parser?.finish() ?? []) rows.push(...batch.rows);
    }
    expect(rows).toEqual([
      [1n, "a"],
      [2n, null],
      [1n, "a"],
      [3n, null],
    ]);
    expect(registry.requests).toBe(2);
  });

  test("a message waits for a registry that is away, and is read when it is back", async () => {
    const id = registry.add(person);
    const definition = inputFormats.get("avro");
    const parser = definition?.createParser(definition.parseConfig({ registry_urls: [registry.url] }, people), people, {
      scratchDirectory: "",
    });
    registry.failNext(503);
    parser?.push(framed(id, bytes));
    const batches = (parser?.finish() as AsyncIterable<{ batch: { rows: unknown } }>)[Symbol.asyncIterator]();
    await expect(batches.next()).rejects.toMatchObject({ code: "retryable", tag: "schema_registry" });
    expect((await batches.next()).value).toMatchObject({ batch: { rows: [[1n, "a"]] } });
    expect((await batches.next()).done).toBe(true);
  });

  test("a schema that is unknown, or does not fit, makes its messages errors", async () => {
    const config = { registry_urls: [registry.url] };
    expect((await read(config, people, framed(9, bytes))).errors[0]?.description).toMatch(/answers 404: Schema not found/);
    const id = registry.add(record("R", [{ name: "x", type: "int" }]));
    expect((await read(config, people, framed(id, bytes))).errors[0]?.description).toMatch(/schema 1 does not fit table "t": .*"id"/);
    expect((await read(config, people, bytes)).errors[0]?.description).toMatch(/does not begin with a zero/);
  });
});
