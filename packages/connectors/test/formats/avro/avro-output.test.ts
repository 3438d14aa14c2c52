import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import avsc from "avsc";
import type { EncodedMessage, EncoderTarget } from "@headgate/connector-kit";
import { outputFormats } from "../../../src/formats/format-registry.ts";
import { column, encodeForTopic, required, table, type } from "../support.ts";
import { everyRow, everyType } from "./avro-columns.ts";
import { TestRegistry } from "./test-registry.ts";

const schema = table([required("id", "BIGINT"), column("s", "VARCHAR")]);
const index = { name: "by_id", columns: ["id"] };
const target: EncoderTarget = { topic: "orders", index };
const bare = { skip_schema_id: true };

const refusal = (config: unknown, at: EncoderTarget = target, of = schema): string => {
  try {
    outputFormats.get("avro")?.parseConfig(config, of, at);
    return "accepted";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};
const operation = ({ headers }: EncodedMessage): string => Buffer.from(headers?.[0]?.[1] ?? []).toString();

/** The field's standard library as a second opinion on what we write; 64 bits come as bigints. */
const long = avsc.types.LongType.__with({
  fromBuffer: (bytes: Buffer) => bytes.readBigInt64LE(),
  toBuffer: (value: bigint) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(value);
    return bytes;
  },
  fromJSON: BigInt,
  toJSON: Number,
  isValid: (value: unknown) => typeof value === "bigint",
  compare: (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0),
});
/** The library takes a long with a logical type for one of its own, which loses digits. */
const plainLong = (_: string, value: unknown): unknown =>
  typeof value === "object" && value !== null && "type" in value && value.type === "long" && !("name" in value) ? "long" : value;
const typeOf = (text: string): avsc.Type =>
  avsc.Type.forSchema(JSON.parse(text, (key, value) => plainLong(key, value)) as avsc.Schema, {
    registry: { long },
    wrapUnions: false,
  });

describe("without a registry", () => {
  test("raw messages without an index have no key, and say what they do in a header", async () => {
    const delta = [
      [[1n, "a"], 2],
      [[2n, null], -1],
    ] as const;
    const { messages } = await encodeForTopic("avro", bare, schema, delta, { topic: "t" });
    expect(messages.map(operation)).toEqual(["delete", "insert", "insert"]);
    expect(messages.map(({ key }) => key)).toEqual([undefined, undefined, undefined]);
    expect([...(messages[1]?.value ?? [])]).toEqual([2, 2, 2, 97]);
  });

  test("an index makes one message of what happens to a key", async () => {
    const delta = [
      [[1n, "old"], -1],
      [[2n, "gone"], -1],
      [[1n, "new"], 1],
      [[3n, "come"], 1],
    ] as const;
    const { messages } = await encodeForTopic("avro", bare, schema, delta, target);
    expect(messages.map((message) => [[...(message.key ?? [])], operation(message)])).toEqual([
      [[2], "update"],
      [[4], "delete"],
      [[6], "insert"],
    ]);
    // Columns outside the key may be absent, whatever the view says; the key may not.
    expect(Buffer.from(messages[0]?.value ?? []).toString()).toBe("\x02\x02\x06new");
    const none = await encodeForTopic("avro", { ...bare, key_mode: "none" }, schema, delta, target);
    expect(none.messages.map(({ key }) => key)).toEqual([undefined, undefined, undefined]);
    expect(none.messages.map(({ orderedBy }) => [...(orderedBy ?? [])])).toEqual([[2], [4], [6]]);
  });

  test("a column for captured changes tells the operation in the row", async () => {
    const delta = [
      [[1n, "a"], -1],
      [[1n, "b"], 1],
      [[2n, "c"], -1],
      [[3n, "d"], 1],
    ] as const;
    const { messages } = await encodeForTopic("avro", { ...bare, cdc_field: "op" }, schema, delta, target);
    expect(
      messages.map(({ value }) =>
        Buffer.from(value ?? [])
          .toString()
          .slice(-1),
      ),
    ).toEqual(["U", "D", "I"]);
  });

  test("confluent_jdbc gives a tombstone for a row that is gone", async () => {
    const delta = [
      [[1n, "a"], -1],
      [[2n, "b"], 1],
    ] as const;
    const config = { ...bare, update_format: "confluent_jdbc" };
    const keyed = await encodeForTopic("avro", config, schema, delta, target);
    expect(keyed.messages.map(({ key, value }) => [[...(key ?? [])], value === null])).toEqual([
      [[2], true],
      [[4], false],
    ]);
    const whole = await encodeForTopic("avro", config, schema, delta, { topic: "t" });
    expect(whole.messages.map(({ key, value }) => [[...(key ?? [])], value === null])).toEqual([
      [[2, 2, 2, 97], true],
      [[4, 2, 2, 98], false],
    ]);
  });

  test("an index whose key has several rows is an error that shows one, and the other keys are written", async () => {
    const delta = [
      [[1n, "a"], 1],
      [[1n, "b"], 1],
      [[2n, "c"], 1],
      [[3n, "d"], 2],
    ] as const;
    const { errors, messages } = await encodeForTopic("avro", bare, schema, delta, target);
    expect(messages).toHaveLength(1);
    expect(errors).toEqual([
      expect.stringMatching(/index "by_id" is not unique: .*\(1, "b"\)/),
      expect.stringMatching(/index "by_id" is not unique: .*\(3, "d"\)/),
    ]);
  });

  test("a schema of the user's own is used, and has to fit the view", async () => {
    const own = (fields: readonly object[]): object => ({ ...bare, schema: JSON.stringify({ type: "record", name: "R", fields }) });
    const good = [
      { name: "s", type: ["string", "null"] },
      { name: "id", type: "long" },
    ];
    const { errors, messages } = await encodeForTopic("avro", own(good), schema, [[[1n, "a"], 1]], { topic: "t" });
    expect([errors, [...(messages[0]?.value ?? [])]]).toEqual([[], [0, 2, 97, 2]]);
    const strict = own([
      { name: "id", type: "long" },
      { name: "s", type: "string" },
    ]);
    expect((await encodeForTopic("avro", strict, schema, [[[1n, null], 1]], { topic: "t" })).errors).toEqual([
      expect.stringMatching(/is NULL/),
    ]);
    expect(
      refusal(
        own([
          { name: "id", type: "int" },
          { name: "s", type: "string" },
        ]),
      ),
    ).toMatch(/column "id": expected long for BIGINT, found int/);
    expect(refusal(own([{ name: "id", type: "long" }]))).toMatch(/no field for the column "s"/);
    expect(refusal(own([...good, { name: "x", type: "int" }]))).toMatch(/"x" that is no column/);
    expect(refusal({ ...bare, schema: "{" })).toMatch(/not JSON/);
  });

  test("settings that cannot be are refused by name", () => {
    expect(refusal({})).toMatch(/"registry_urls".*or "schema".*or "skip_schema_id"/);
    expect(refusal({ ...bare, update_format: "debezium" })).toMatch(/output format not supported: .*"debezium"/);
    expect(refusal(bare, {})).toMatch(/output format not supported: .*kafka_output/);
    expect(refusal({ ...bare, key_mode: "key_fields" }, { topic: "t" })).toMatch(/"key_fields" needs an "index"/);
    expect(refusal({ ...bare, update_format: "confluent_jdbc", key_mode: "none" })).toMatch(/"key_mode" is only supported/);
    expect(refusal({ ...bare, cdc_field: "op" }, { topic: "t" })).toMatch(/"cdc_field" needs an "index"/);
    expect(refusal({ ...bare, cdc_field: "S" })).toMatch(/"cdc_field" is "S", which is a column/);
    expect(refusal({ registry_urls: ["localhost:8081"] })).toMatch(/begin with http/);
    expect(refusal({ registry_urls: ["http://a"], registry_password: 12345 })).toMatch(
      /"registry_password" to be a string, found a number$/,
    );
    expect(refusal({ registry_urls: ["http://a"], registry_proxy: "x" })).toMatch(/"registry_proxy" is not supported/);
    expect(refusal(bare, target, table([column("id", "INTERVAL_DAY")]))).toMatch(/column "id": Avro has no form for INTERVAL_DAY: CAST it/);
    expect(refusal(bare, target, table([column("a-b", "BIGINT")]))).toMatch(/"a-b" is no name in Avro/);
    expect(refusal(bare, { topic: "t" }, table([column("m", type("MAP", { key: type("BIGINT"), value: type("BIGINT") }))]))).toMatch(
      /string keys/,
    );
  });
});

describe("with a registry", () => {
  let registry: TestRegistry;
  beforeEach(async () => {
    registry = await TestRegistry.start();
  });
  afterEach(() => registry.stop());

  const subjects = async (config: object, at: EncoderTarget = target): Promise<string[]> => {
    await encodeForTopic("avro", { registry_urls: [registry.url], ...config }, schema, [[[1n, "a"], 1]], at);
    return [...registry.subjects.keys()].sort();
  };

  test("another Avro library reads each type as it was", async () => {
    const config = { registry_urls: [registry.url] };
    const { errors, messages } = await encodeForTopic(
      "avro",
      config,
      everyType,
      everyRow.map((row) => [row, 1] as const),
      { topic: "t" },
    );
    expect(errors).toEqual([]);
    const reader = typeOf(registry.schemas[0] ?? "");
    const [first, second, third] = messages.map(
      ({ value }) => reader.fromBuffer(Buffer.from(value ?? []).subarray(5)) as Record<string, unknown>,
    );
    expect(first).toMatchObject({
      id: -(2n ** 63n),
      bool: true,
      tiny: -128,
      int: -2147483648,
      uint: 4294967295n,
      ubig: "18446744073709551615",
      real: Math.fround(0.1),
      dbl: -1e300,
      txt: "aé☃😀",
      uuid: "0a0b0c0d-0000-0000-0000-000000000001",
      bin: Buffer.of(0, 255, 128),
      day: -719162,
      time: 86_399_999_999n,
      ts: -62_135_596_800_000_000n,
      list: [1n, null, -(2n ** 62n)],
      map: { a: 1, b: null },
      row: { a: 7, b: "x" },
      var: '{"a":[1,2],"b":null}',
    });
    expect(BigInt.asIntN(72, BigInt(`0x${(first?.["dec"] as Buffer).toString("hex")}`))).toBe(-(10n ** 20n - 1n));
    expect(second).toMatchObject({ id: 2n ** 63n - 1n, dec: Buffer.of(0, 128), list: [], map: {}, row: { a: null, b: null } });
    expect(Object.values(third ?? {}).filter((value) => value !== null)).toEqual([0n]);
  });

  test("messages carry the ids of their schemas, key and value", async () => {
    const config = { registry_urls: [registry.url], namespace: "shop" };
    const { messages } = await encodeForTopic("avro", config, schema, [[[1n, "a"], 1]], target);
    const [message] = messages;
    const read = (bytes: Uint8Array | null | undefined): unknown => {
      const data = Buffer.from(bytes ?? []);
      return [data[0], typeOf(registry.schemas[data.readUInt32BE(1) - 1] ?? "").fromBuffer(data.subarray(5))];
    };
    expect(read(message?.key)).toEqual([0, { id: 1n }]);
    expect(read(message?.value)).toEqual([0, { id: 1n, s: "a" }]);
    expect([...registry.subjects.keys()].sort()).toEqual(["shop.by_id", "shop.t"]);
  });

  test("subjects are named by topic, by record, or by both", async () => {
    expect(await subjects({ subject_name_strategy: "topic_name" })).toEqual(["orders-key", "orders-value"]);
    registry.subjects.clear();
    expect(await subjects({ subject_name_strategy: "topic_record_name" })).toEqual(["orders-t-key", "orders-t-value"]);
    registry.subjects.clear();
    expect(await subjects({ subject_name_strategy: "topic_name", key_mode: "none" })).toEqual(["orders"]);
    registry.subjects.clear();
    expect(await subjects({ update_format: "confluent_jdbc" }, { topic: "orders" })).toEqual(["orders-key", "orders-value"]);
  });

  test("credentials are sent, and are in no message", async () => {
    registry.expectAuthorization(`Basic ${Buffer.from("me:s3cret").toString("base64")}`);
    expect(await subjects({ registry_username: "me", registry_password: "s3cret" })).toHaveLength(2);
    const rejected = await subjects({ registry_username: "me", registry_password: "wrong-s3cret" }).catch((error: unknown) => error);
    expect(rejected).toMatchObject({ code: "fatal", message: expect.stringMatching(/answers 401/), tag: "schema_registry" });
    expect(String(rejected)).not.toContain("s3cret");
  });

  test("a registry that fails or is away is asked again later, and its next address at once", async () => {
    registry.failNext(503);
    await expect(subjects({})).rejects.toMatchObject({ code: "retryable", message: expect.stringMatching(/answers 503/) });
    const gone = await TestRegistry.start();
    await gone.stop();
    await expect(subjects({ registry_urls: [gone.url] })).rejects.toMatchObject({
      code: "retryable",
      message: expect.stringMatching(/ECONNREFUSED/),
    });
    expect(await subjects({ registry_urls: [gone.url, registry.url] })).toHaveLength(2);
  });

  test("a schema that the registry refuses ends the connector with its words", async () => {
    registry.failNext(409, "incompatible with an earlier schema");
    await expect(subjects({})).rejects.toMatchObject({
      code: "fatal",
      message: expect.stringMatching(/incompatible with an earlier schema/),
    });
  });
});
