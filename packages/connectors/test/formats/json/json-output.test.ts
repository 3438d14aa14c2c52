import { expect, test } from "@jest/globals";
import { ConnectorError } from "@headgate/connector-kit";
import { createJsonRowEncoder } from "../../../src/formats/json/json-row-encoder.ts";
import { outputFormats } from "../../../src/formats/format-registry.ts";
import { column, encode, table, type } from "../support.ts";

const schema = table([column("a", "BIGINT"), column("s", "VARCHAR")]);

test("deletes come before inserts, and a weight of n is n records", () => {
  const { chunks, records } = encode("json", {}, schema, [
    [[1n, "x"], 2],
    [[2n, null], -1],
  ]);
  expect(chunks).toEqual(['{"delete":{"a":2,"s":null}}\n{"insert":{"a":1,"s":"x"}}\n{"insert":{"a":1,"s":"x"}}\n']);
  expect(records).toEqual([3]);
});

test("chunks hold whole records, at most the buffer size, as lines or as one array each", () => {
  const delta = [1n, 2n, 3n].map((id) => [[id, "x"], 1] as const);
  expect(encode("json", { buffer_size_records: 2 }, schema, delta).records).toEqual([2, 1]);
  expect(encode("json", { buffer_size_records: 2, array: true }, schema, delta).chunks).toEqual([
    '[{"insert":{"a":1,"s":"x"}},{"insert":{"a":2,"s":"x"}}]\n',
    '[{"insert":{"a":3,"s":"x"}}]\n',
  ]);
  expect(encode("json", {}, schema, [])).toEqual({ chunks: [], records: [], errors: [] });
});

test("a Debezium message is one change", () => {
  const { chunks } = encode("json", { update_format: "debezium", buffer_size_records: 50 }, schema, [
    [[1n, "x"], 1],
    [[2n, "y"], -1],
  ]);
  expect(chunks).toEqual(['{"payload":{"op":"d","before":{"a":2,"s":"y"}}}\n', '{"payload":{"op":"c","after":{"a":1,"s":"x"}}}\n']);
});

test("values are written in the published forms", () => {
  const fields = [
    column("d", type("DECIMAL", { precision: 5, scale: 2 })),
    column("ts", "TIMESTAMP"),
    column("tz", "TIMESTAMP_TZ"),
    column("dt", "DATE"),
    column("t", "TIME"),
    column("b", "VARBINARY"),
    column("f", "DOUBLE"),
    column("r", "REAL"),
    column("v", "VARIANT"),
    column("m", type("MAP", { key: type("INTEGER"), value: type("BOOLEAN") })),
    column("n", "DOUBLE"),
  ];
  const noon = 1_708_863_153_500_000n;
  const row = [-5n, noon, noon, 19782, 1n, Uint8Array.of(1, 2), 1e21, Math.fround(0.1), '{"x":\n1}', [[1, true]], NaN];
  const { chunks } = encode("json", {}, table(fields), [[row, 1]]);
  expect(chunks[0]).toBe(
    '{"insert":{"d":"-0.05","ts":"2024-02-25 12:12:33.500","tz":"2024-02-25T12:12:33.500+00:00","dt":"2024-02-29","t":"00:00:00.000001",' +
      '"b":[1,2],"f":1e+21,"r":0.1,"v":{"x": 1},"m":{"1":true},"n":"NaN"}}\n',
  );
});

test("a row with an absurd weight is an encode error, and the others are written", () => {
  const { chunks, errors } = encode("json", {}, schema, [
    [[1n, "x"], 2_000_000],
    [[2n, "y"], 1],
  ]);
  expect(chunks).toEqual(['{"insert":{"a":2,"s":"y"}}\n']);
  expect(errors).toEqual([expect.stringMatching(/2000000 copies of .*SELECT DISTINCT/)]);
});

test("update formats and options that output does not have are refused", () => {
  const rejected = (config: object): unknown => {
    try {
      return outputFormats.get("json")?.parseConfig(config, schema);
    } catch (error) {
      return error instanceof ConnectorError && ["invalid_config", "not_supported"].includes(error.code) ? error.message : error;
    }
  };
  for (const update_format of ["raw", "weighted"]) {
    expect(rejected({ update_format })).toMatch(/output format not supported: .*insert_delete, debezium, snowflake, redis/);
  }
  expect(rejected({ update_format: "redis", key_fields: ["a"] })).toMatch(/output format not supported: .*kafka_output/);
  expect(rejected({ key_fields: ["a"] })).toMatch(/output format not supported: .*"key_fields"/);
  expect(rejected({ buffer_size_records: 0 })).toMatch(/"buffer_size_records" to be a positive integer, found 0/);
  expect(rejected({ update_format: "x" })).toMatch(/one of/);
});

test("rows of a query are plain objects on lines", () => {
  const write = createJsonRowEncoder(schema.fields);
  expect(
    Buffer.from(
      write([
        [1n, 'q"'],
        [null, null],
      ]),
    ).toString(),
  ).toBe('{"a":1,"s":"q\\""}\n{"a":null,"s":null}\n');
});
