import { describe, expect, test } from "@jest/globals";
import { ConnectorError } from "@headgate/connector-kit";
import { inputFormats } from "../../../src/formats/format-registry.ts";
import { column, parse, required, table, type } from "../support.ts";

const keyed = table([required("id", "BIGINT"), column("name", "VARCHAR"), column("qty", "INTEGER")], ["id"]);
const plain = table([required("id", "INTEGER"), column("name", "VARCHAR")]);
const [insert, remove, update] = [0, 1, 2];

function json(config: object, schema = keyed, ...pieces: string[]): ReturnType<typeof parse> {
  return parse({ format: "json", config, schema }, ...pieces);
}
function rejected(config: unknown): string {
  try {
    inputFormats.get("json")?.parseConfig(config, keyed);
  } catch (error) {
    if (error instanceof ConnectorError && error.code === "invalid_config") return error.message;
    throw error;
  }
  return "accepted";
}

describe("configuration", () => {
  test("a wrong value names the field, what is allowed and what was given", () => {
    expect(rejected({ update_format: "x" })).toMatch(/"update_format" to be one of "insert_delete", "raw".*found "x"/);
    expect(rejected({ json_flavor: "blockchain" })).toMatch(/"json_flavor" to be one of "default"/);
    expect(rejected({ array: 1 })).toMatch(/"array" to be true or false, found 1/);
    expect(rejected({ lines: "two" })).toMatch(/"multiple", "single"/);
    expect(rejected({ colour: 1 })).toMatch(/unknown field "colour"/);
    expect(rejected([])).toMatch(/"config" to be an object/);
  });
  test("update formats that exist for output only are refused with a word on it", () => {
    expect(rejected({ update_format: "snowflake" })).toMatch(/"snowflake" is not supported for input/);
    expect(rejected({ update_format: "redis" })).toMatch(/"redis" is not supported for input/);
  });
  test("query parameters arrive as strings and are understood", () => {
    expect(rejected({ array: "true", update_format: "raw", lines: "single", json_flavor: null })).toBe("accepted");
  });
});

describe("update formats", () => {
  test("insert, delete and update become changes; with a key a delete reads only the key", async () => {
    const text =
      '{"insert":{"id":1,"name":"a","qty":2}}\n{"update":{"id":1,"qty":3}}\n{"delete":{"id":1,"qty":"not read"}}\n' +
      '{"delete":{"id":2},"insert":{"id":3}}';
    const { rows, ops, errors } = await json({}, keyed, text);
    expect(errors).toEqual([]);
    expect(ops).toEqual([insert, update, remove, remove, insert]);
    expect(rows).toEqual([
      [1n, "a", 2],
      [1n, undefined, 3],
      [1n, undefined, undefined],
      [2n, undefined, undefined],
      [3n, null, null],
    ]);
  });
  test("without a key a delete is a whole row, and an update is refused", async () => {
    const { rows, ops, errors } = await json({}, plain, '{"delete":{"id":1}}\n{"update":{"id":1}}');
    expect([rows, ops]).toEqual([[[1, null]], [remove]]);
    expect(errors[0]?.description).toMatch(/"update" needs a table with a primary key/);
  });
  test("a record that says two things is taken whole or not at all", async () => {
    const { rows, errors } = await json({}, keyed, '{"delete":{"id":1},"insert":{"id":"x"}}\n{"insert":{"id":2}}');
    expect(rows).toEqual([[2n, null, null]]);
    expect(errors).toHaveLength(1);
  });
  test("raw takes bare rows", async () => {
    expect((await json({ update_format: "raw" }, plain, '{"id":1}{"id":2,"name":"x"}')).rows).toEqual([
      [1, null],
      [2, "x"],
    ]);
  });
  test("weighted repeats a row as often as it weighs, across batches", async () => {
    const text = '{"data":{"id":1},"weight":10000}\n{"data":{"id":2},"weight":-2}\n{"data":{"id":3},"weight":0}';
    const { rows, ops, errors } = await json({ update_format: "weighted" }, plain, text);
    expect(errors).toEqual([]);
    expect(rows).toHaveLength(10_002);
    expect(ops.filter((op) => op === remove)).toHaveLength(2);
    expect(rows.at(-1)).toEqual([2, null]);
    const bad = await json({ update_format: "weighted" }, plain, '{"data":{"id":1},"weight":1.5}{"weight":1}');
    expect(bad.errors.map((error) => error.description)).toEqual([expect.stringMatching(/"weight"/), expect.stringMatching(/"data"/)]);
  });
  test("Debezium changes are read with and without the payload around them", async () => {
    const text = [
      '{"payload":{"op":"c","after":{"id":1}}}',
      '{"op":"r","before":null,"after":{"id":2}}',
      '{"payload":{"op":"u","before":{"id":2},"after":{"id":3}}}',
      '{"payload":{"op":"u","after":{"id":4}}}',
      '{"payload":{"op":"d","before":{"id":1},"after":null}}',
      "null",
    ].join("\n");
    const { rows, ops, errors } = await json({ update_format: "debezium" }, keyed, text);
    expect(errors).toEqual([]);
    expect(rows.map((row) => row[0])).toEqual([1n, 2n, 2n, 3n, 4n, 1n]);
    expect(ops).toEqual([insert, insert, remove, insert, insert, remove]);
  });
  test("Debezium changes that cannot be applied say what is missing", async () => {
    const text = '{"op":"d"}\n{"op":"c"}\n{"op":"t"}\n{"op":"u","after":{"id":1}}';
    const { errors } = await json({ update_format: "debezium" }, plain, text);
    expect(errors.map((error) => error.description)).toEqual([
      expect.stringMatching(/expected "before"/),
      expect.stringMatching(/expected "after"/),
      expect.stringMatching(/expected "op" to be one of/),
      expect.stringMatching(/"before" is missing, and the table has no primary key/),
    ]);
  });
  test("an append-only table takes inserts, and each other record is an error of its own", async () => {
    const appendOnly = { ...keyed, appendOnly: true };
    const errorsOf = async (config: object, ...texts: string[]) => {
      const { rows, ops, errors } = await json(config, appendOnly, texts.join("\n"));
      expect([rows, ops]).toEqual([[[1n, null, null], [9n, null, null]], [insert, insert]]); // prettier-ignore
      return errors.map(({ description, eventNumber }) => [eventNumber, description.replace(/.*append-only: /, "")]);
    };
    const [deleted, updated] = ["its rows cannot be deleted", "its rows cannot be updated"];
    expect(
      await errorsOf(
        {},
        '{"insert":{"id":1}}', '{"delete":{"id":1}}', '{"update":{"id":1,"qty":2}}', '{"delete":{"id":1},"insert":{"id":2}}', '{"insert":{"id":9}}',
      ), // prettier-ignore
    ).toEqual([[2, deleted], [3, updated], [4, deleted]]); // prettier-ignore
    expect(
      await errorsOf({ update_format: "weighted" }, '{"data":{"id":1},"weight":1}', '{"data":{"id":1},"weight":-1}', '{"data":{"id":9},"weight":1}'),
    ).toEqual([[2, deleted]]); // prettier-ignore
    const debezium = ['{"op":"c","after":{"id":1}}', '{"op":"d","before":{"id":1}}', '{"op":"u","after":{"id":1,"qty":3}}', '{"op":"u","before":{"id":1},"after":{"id":3}}', '{"op":"r","after":{"id":9}}']; // prettier-ignore
    expect(await errorsOf({ update_format: "debezium" }, ...debezium)).toEqual([[2, deleted], [3, updated], [4, updated]]); // prettier-ignore
    const { errors } = await json({}, appendOnly, '{"delete":{"id":1}}');
    expect(errors[0]).toMatchObject({
      description: 'failed to read a JSON record: table "t" is append-only: its rows cannot be deleted',
      suggestion: "send inserts only, or declare the table without 'append_only' = 'true'",
    });
  });
});

describe("columns", () => {
  test("unquoted names match in any case, quoted ones exactly, unknown keys are ignored", async () => {
    const schema = table([column("a", "INTEGER"), column("B", "INTEGER", { caseSensitive: true })]);
    const { rows } = await json({ update_format: "raw" }, schema, '{"A":1,"B":2,"z":[{}]}\n{"a":3,"b":4}');
    expect(rows).toEqual([
      [1, 2],
      [3, null],
    ]);
  });
  test("names of Object.prototype are ordinary columns", async () => {
    const schema = table([column("constructor", "VARCHAR"), column("__proto__", "INTEGER")]);
    expect((await json({ update_format: "raw" }, schema, '{}\n{"__proto__":5}')).rows).toEqual([
      [null, null],
      [null, 5],
    ]);
  });
  test("a missing column takes its default, literal or expression; null does not", async () => {
    const schema = table([
      required("a", "INTEGER", { default: "7" }),
      required("b", "VARCHAR", { default: "'it''s'" }),
      required("c", "TIMESTAMP", { default: "TIMESTAMP '2020-01-01 00:00:00'" }),
      column("d", type("DECIMAL", { precision: 6, scale: 2 }), { default: "1.5 + 2" }),
      column("e", type("ARRAY", { component: type("INTEGER") }), { default: "[1, 2]" }),
    ]);
    const { rows, errors } = await json({ update_format: "raw" }, schema, '{}\n{"d":null,"a":1}\n{"a":null}');
    const defaults = ["it's", 1_577_836_800_000_000n, 350n, [1, 2]];
    expect(rows).toEqual([
      [7, ...defaults],
      [1, "it's", 1_577_836_800_000_000n, null, [1, 2]],
    ]);
    expect(errors[0]).toMatchObject({ field: "a", eventNumber: 3 });
  });
  test("a default that is not constant, or cannot be evaluated, is a configuration error", async () => {
    const moving = table([required("a", "TIMESTAMP", { default: "NOW()" })]);
    await expect(json({}, moving, "{}")).rejects.toMatchObject({
      code: "invalid_config",
      message: expect.stringMatching(/not a constant/),
    });
    const broken = table([required("a", "INTEGER", { default: "1 / nothing" })]);
    await expect(json({}, broken, "{}")).rejects.toMatchObject({ code: "invalid_config", message: expect.stringMatching(/column "a"/) });
  });
  test("a missing required column is an error that names it", async () => {
    const { errors } = await json({}, plain, '{"insert":{"name":"x"}}');
    expect(errors[0]).toMatchObject({ field: "id", eventNumber: 1, invalidText: '{"insert":{"name":"x"}}' });
    expect(errors[0]?.description).toMatch(/missing field "id"/);
    expect(errors[0]?.suggestion).toMatch(/NOT NULL/);
  });
});

describe("values", () => {
  async function read(columnType: Parameters<typeof column>[1], ...texts: string[]): Promise<unknown[]> {
    const lines = texts.map((text) => `{"v":${text}}`).join("\n");
    const { rows, errors } = await json({ update_format: "raw" }, table([column("v", columnType)]), lines);
    return [...rows.map((row) => row[0]), ...errors.map((error) => error.description)];
  }
  test("integers are never rounded and never leave their range", async () => {
    expect(await read("BIGINT", "9007199254740993", '"9223372036854775807"', "-9223372036854775808", "1e18", "5.0")).toEqual([
      9007199254740993n,
      9223372036854775807n,
      -9223372036854775808n,
      10n ** 18n,
      5n,
    ]);
    expect(await read("BIGINT", "9223372036854775808", "1.5", "1e30", "true")).toEqual([
      expect.stringMatching(/between/),
      expect.stringMatching(/an integer/),
      expect.stringMatching(/between/),
      expect.stringMatching(/an integer/),
    ]);
    expect(await read("UBIGINT", "18446744073709551615", "-1")).toEqual([2n ** 64n - 1n, expect.stringMatching(/UBIGINT between/)]);
    expect(await read("TINYINT", "-128", "127", "128")).toEqual([
      -128,
      127,
      expect.stringMatching(/TINYINT between -128 and 127, found number 128/),
    ]);
    expect(await read("INTEGER", "-0", "2147483648", '"1"')).toEqual([
      0,
      expect.stringMatching(/INTEGER between/),
      expect.stringMatching(/found string/),
    ]);
  });
  test("decimals keep their digits, round past their scale, and refuse what does not fit", async () => {
    const money = type("DECIMAL", { precision: 20, scale: 2 });
    expect(
      await read(money, "1.5", '"1.50"', "12345678901234567.89", "1e3", "0.005", "-0.005", "0.0049999999999999999999", "1e400"),
    ).toEqual([150n, 150n, 1234567890123456789n, 100000n, 1n, -1n, 0n, expect.stringMatching(/does not fit DECIMAL\(20, 2\)/)]);
    expect(await read(money, '"abc"', "true")).toEqual([
      expect.stringMatching(/expected a decimal/),
      expect.stringMatching(/found boolean true/),
    ]);
  });
  test("dates and times are read in the documented forms", async () => {
    expect(await read("DATE", '"2024-02-29"', '"1969-12-31"', '" 1-1-1 "', '"1997-02-29"')).toEqual([
      19782,
      -1,
      -719162,
      expect.stringMatching(/not a date of the calendar/),
    ]);
    expect(await read("TIME", '"23:59:29.483"', '"1:2:3"', '"23:59:09.483221092"', '"24:00:00"')).toEqual([
      86_369_483_000n,
      3_723_000_000n,
      86_349_483_221n,
      expect.stringMatching(/not a time of day/),
    ]);
    const noon = 1_708_863_153_000_000n;
    expect(
      await read(
        "TIMESTAMP",
        '"2024-02-25 12:12:33"',
        '"2024-02-25T12:12:33.5"',
        '"2024-02-25T14:12:33+02:00"',
        '"2024-02-25T12:12:33Z"',
        '"later"',
      ),
    ).toEqual([noon, noon + 500_000n, noon, noon, expect.stringMatching(/expected a timestamp/)]);
  });
  test("strings keep their length; what is no text is refused", async () => {
    expect(await read(type("VARCHAR", { precision: 2 }), '"longer"', '"\\ud83d\\ude00"', '"\\ud800"', "5")).toEqual([
      "longer",
      "😀",
      expect.stringMatching(/Unicode/),
      expect.stringMatching(/expected a string, found number 5/),
    ]);
  });
  test("VARIANT is any JSON, in one form whatever the order of its keys, its numbers exact", async () => {
    expect(await read("VARIANT", '{"b":1, "a":[ 1.0000000000000000001, null ]}', '"x"', "null")).toEqual([
      '{"a":[1.0000000000000000001,null],"b":1}',
      '"x"',
      null,
    ]);
  });
  test("composite values are read inside out", async () => {
    const row = type("STRUCT", { fields: [column("a", "BIGINT"), column("b", type("ARRAY", { component: type("DATE") }))] });
    expect(await read(row, '{"B":["1970-01-02",null],"a":9007199254740993}', "[]")).toEqual([
      [9007199254740993n, [1, null]],
      expect.stringMatching(/expected an object/),
    ]);
    const map = type("MAP", { key: type("INTEGER", { nullable: false }), value: type("BOOLEAN") });
    expect(await read(map, '{"10":true,"9":null}', '{"x":true}')).toEqual([
      [
        [9, null],
        [10, true],
      ],
      expect.stringMatching(/integer/),
    ]);
    expect(await read("VARBINARY", "[0,255]", "[256]")).toEqual([Uint8Array.of(0, 255), expect.stringMatching(/0 to 255/)]);
    expect(await read("UUID", '"550E8400-E29B-41D4-A716-446655440000"', '"x"')).toEqual([
      "550e8400-e29b-41d4-a716-446655440000",
      expect.stringMatching(/UUID/),
    ]);
    expect(await read("DOUBLE", "1e-7", '"NaN"', "12345678901234567890", "1e999")).toEqual([
      1e-7,
      NaN,
      12345678901234567890,
      expect.stringMatching(/range of DOUBLE/),
    ]);
    expect(await read("REAL", "0.1", "1e39")).toEqual([Math.fround(0.1), expect.stringMatching(/range of REAL/)]);
  });
});
