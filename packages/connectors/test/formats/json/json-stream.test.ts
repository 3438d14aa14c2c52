import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { RecordReader } from "../../../src/formats/records/stream-parser.ts";
import { createStreamParser } from "../../../src/formats/records/stream-parser.ts";
import { createJsonRecordReader } from "../../../src/formats/json/json-record-reader.ts";
import { parseJsonInputConfig } from "../../../src/formats/json/input-config.ts";
import { column, cutAt, parse, table, type Parsed } from "../support.ts";

const schema = table([column("a", "BIGINT"), column("s", "VARCHAR")]);
const raw = { update_format: "raw" };

function read(config: object, ...pieces: (string | Uint8Array)[]): Promise<Parsed> {
  return parse({ format: "json", config: { ...raw, ...config }, schema }, ...pieces);
}
async function firsts(config: object, text: string | Uint8Array): Promise<unknown[]> {
  const { rows, errors } = await read(config, text);
  return [rows.map((row) => row[0]), errors.map((error) => error.invalidText)];
}

describe("records in a stream", () => {
  test("values may stand on lines, side by side, or spread over lines", async () => {
    const text = '\ufeff{"a":1}\r\n\n  {"a":2} {"a":3}{\n "a"\n:4}\n\t{"a":5}';
    expect(await firsts({}, text)).toEqual([[1n, 2n, 3n, 4n, 5n], []]);
  });
  test("arrays may stand on lines, side by side, spread over lines, and be empty", async () => {
    const text = '[{"a":1},{"a":2}]\n[]\n[{"a":3}][\n{"a":4}\n,\n{"a":5}\n]';
    expect(await firsts({ array: true }, text)).toEqual([[1n, 2n, 3n, 4n, 5n], []]);
  });
  test("one record a line takes nothing else", async () => {
    expect(await firsts({ lines: "single" }, '{"a":1}\n{"a":\n2}\n{"a":3}{"a":4}\n{"a":5}')).toEqual([
      [1n, 5n],
      ['{"a":', "2}", '{"a":3}{"a":4}'],
    ]);
  });
  test("an array where records are expected, and the reverse, say which option to set", async () => {
    const one = await read({}, '[{"a":1}]');
    expect(one.errors[0]?.suggestion ?? one.errors[0]?.description).toMatch(/array/);
    const wrapped = await parse({ format: "json", schema }, '[{"insert":{"a":1}}]\n');
    expect(wrapped.errors[0]?.suggestion).toMatch(/"array": true/);
    const two = await read({ array: true }, '{"a":1}\n{"a":2}\n');
    expect([two.rows, two.errors[0]?.suggestion]).toEqual([[], expect.stringMatching(/"array": false/)]);
  });
});

describe("after a broken record", () => {
  test.each([
    ["a missing brace", '{"a":1}\n{"a":2\n{"a":3}\n', ['{"a":2']],
    ["a missing value", '{"a":1}\n{"a":\n{"a":3}\n', ['{"a":']],
    ["an open string", '{"a":1}\n{"s":"x\n{"a":3}\n', ['{"s":"x']],
    ["words", '{"a":1}\nhello world\n{"a":3}\n', ["hello world"]],
    ["something after a record", '{"a":1}oops\n{"a":3}\n', ["oops"]],
    ["nested lines of a record over several lines", '{"a":1}\n{\n  "a": 2 3\n  {"a":9}\n}\n{"a":3}\n', ['{\n  "a": 2 3']],
  ])("%s: the records beside it are kept", async (_, text, shown) => {
    expect(await firsts({}, text)).toEqual([[1n, 3n], shown]);
  });
  test("in an array the next lines are read on", async () => {
    const text = '[\n{"a":1},\n{"a":2 2},\n{"a":3}\n]\n[{"a":4}]';
    expect(await firsts({ array: true }, text)).toEqual([[1n, 3n, 4n], ['{"a":2 2},']]);
  });
  test("events are numbered, good and bad ones", async () => {
    const { errors } = await read({}, '{"a":1}\n{"a":x}\n\n{"a":"y"}\n{"a":2}\n{');
    expect(errors.map((error) => [error.eventNumber, error.field])).toEqual([
      [2, undefined],
      [3, "a"],
      [5, undefined],
    ]);
  });
  test("bytes that are not UTF-8 are shown as bytes", async () => {
    const bytes = Buffer.concat([Buffer.from('{"a":1}\n{"s":"'), Buffer.of(0xff, 0xfe), Buffer.from('"}\n{"a":3}')]);
    const { rows, errors } = await read({}, bytes);
    expect(rows).toHaveLength(2);
    expect(errors[0]).toMatchObject({ eventNumber: 2, description: expect.stringMatching(/UTF-8/), invalidText: undefined });
    expect(errors[0]?.invalidBytes).toEqual(new Uint8Array(bytes.subarray(8, 18)));
  });
  test("what an error shows is bounded, and cut between characters", async () => {
    const { errors } = await read({}, `{"s":"x${"é".repeat(2000)}" 5}`);
    expect(errors[0]?.invalidText).toHaveLength(515);
  });
  test("a record that is too long is dropped, and reading goes on", async () => {
    const text = `{"a":1}\n{"s":"${"x".repeat(500)}"}\n{"a":2}\n`;
    for (const size of [1, 7, 100, 1000]) {
      const reader: RecordReader = createJsonRecordReader(parseJsonInputConfig(raw), schema, new Map(), 200);
      const parser = createStreamParser(reader);
      const rows: unknown[] = [];
      const errors: string[] = [];
      for (let at = 0; at < text.length; at += size) {
        for await (const got of parser.push(Buffer.from(text.slice(at, at + size)))) {
          rows.push(...got.batch.rows.map((row) => row[0]));
          errors.push(...got.errors.map((error) => error.description));
        }
      }
      expect([size, rows, errors]).toEqual([size, [1n, 2n], [expect.stringMatching(/longer than 200 bytes/)]]);
    }
  });
  test("deep nesting neither crashes nor blocks", async () => {
    const deep = "[".repeat(200_000);
    const { rows, errors } = await read({}, `{"s":${deep}\n{"a":1}\n`);
    expect([rows.length, errors.length]).toEqual([1, 1]);
    const variant = await parse(
      { format: "json", config: raw, schema: table([column("v", "VARIANT")]) },
      `{"v":${"[".repeat(300)}${"]".repeat(300)}}`,
    );
    expect(variant.errors[0]?.description).toMatch(/nested more than/);
  });
  test("the parser can be pushed again after the end of an input", async () => {
    const parser = createStreamParser(createJsonRecordReader(parseJsonInputConfig(raw), schema, new Map()));
    const rows: unknown[] = [];
    for (const piece of ['\ufeff{"a":1', '\ufeff{"a":2}']) {
      for (const batches of [parser.push(Buffer.from(piece)), parser.finish()]) {
        for await (const { batch } of batches) rows.push(...batch.rows.map((row) => row[0]));
      }
    }
    expect(rows).toEqual([2n]);
  });
});

const fragments = fc.constantFrom(
  '{"a":1}',
  '{"a":9007199254740993}',
  '{"s":"é😀"}',
  '{"s":"\\u00e9\\n"}',
  '{"a":"x"}',
  '{"a":2',
  '"a":3}',
  "{",
  "}",
  "[",
  "]",
  ",",
  "\n",
  "\r\n",
  " ",
  "\n",
  '{"a":\n4}',
  "nonsense",
  '"',
  "12",
  "\ufeff",
  '[{"a":5},{"a":6}]',
  '{"s":"open',
  "\\",
  "\0",
);

test.each([
  ["lines", {}],
  ["single lines", { lines: "single" }],
  ["arrays", { array: true }],
])("cutting the bytes anywhere changes nothing: %s", async (_, config) => {
  await fc.assert(
    fc.asyncProperty(fc.array(fragments, { maxLength: 25 }), fc.array(fc.nat(), { maxLength: 12 }), async (parts, places) => {
      const bytes = Buffer.from(parts.join(""));
      const whole = await read(config, bytes);
      const pieces = await read(config, ...cutAt(bytes, places));
      expect(pieces).toEqual(whole);
      expect(whole.bytes).toBe(bytes.length);
    }),
    { seed: 7, numRuns: 500 },
  );
});

test("cutting after every byte changes nothing", async () => {
  const bytes = Buffer.from('{"a":1}\n{"a":2 {"a":3}\n{\n"s":"é"}\n[1]\n{"a":4}garbage{"a":5}\n{"a":6}');
  const whole = await read({}, bytes);
  expect(await read({}, ...cutAt(bytes, Array.from(bytes.keys())))).toEqual(whole);
});
