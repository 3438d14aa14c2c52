import { describe, expect, test } from "@jest/globals";
import { parse as parseWithLibrary } from "csv-parse/sync";
import fc from "fast-check";
import { ConnectorError } from "@headgate/connector-kit";
import { createStreamParser } from "../../../src/formats/records/stream-parser.ts";
import { createCsvRecordReader } from "../../../src/formats/csv/csv-record-reader.ts";
import { parseCsvInputConfig } from "../../../src/formats/csv/csv-input-config.ts";
import { inputFormats } from "../../../src/formats/format-registry.ts";
import { column, cutAt, encode, parse, required, table, type, type Parsed } from "../support.ts";
import { tableWithRows } from "../arbitrary-table.ts";

const words = table([required("a", "VARCHAR"), required("b", "VARCHAR")]);

function read(config: object, schema: typeof words, ...pieces: (string | Uint8Array)[]): Promise<Parsed> {
  return parse({ format: "csv", config, schema }, ...pieces);
}
async function rows(config: object, text: string): Promise<unknown> {
  const parsed = await read(config, words, text);
  expect(parsed.errors).toEqual([]);
  return parsed.rows;
}

describe("options", () => {
  test("delimiter, quote and escape can be chosen", async () => {
    expect(await rows({ delimiter: "\t" }, "1,2\t3")).toEqual([["1,2", "3"]]);
    expect(await rows({ quote: "'" }, `'it''s, "x"',y`)).toEqual([[`it's, "x"`, "y"]]);
    expect(await rows({ escape: "\\" }, String.raw`"a\"b\\",c`)).toEqual([[String.raw`a"b\ `.trim(), "c"]]);
    expect(await rows({ escape: "\\", double_quote: false }, String.raw`"a\",b",c`)).toEqual([['a",b', "c"]]);
    expect(await rows({ quoting: false }, '"a,b"')).toEqual([['"a', 'b"']]);
  });
  test("quotes inside unquoted fields are themselves, text after a closing quote is appended", async () => {
    expect(await rows({}, 'a"b,"c"d"e\n')).toEqual([['a"b', 'cd"e']]);
  });
  test("quoted fields hold line breaks, delimiters and doubled quotes", async () => {
    expect(await rows({}, '"a\r\nb","c,""d"""\r\n"",x\r\n')).toEqual([
      ["a\r\nb", 'c,"d"'],
      ["", "x"],
    ]);
  });
  test("the header is skipped, comments and empty lines too; columns go by position", async () => {
    expect(await rows({ headers: true, comment: "#" }, '\ufeffb,a\n# no record, "\n\n1,2\n\n3,4')).toEqual([
      ["1", "2"],
      ["3", "4"],
    ]);
  });
  test("trim strips white space around fields", async () => {
    expect(await rows({ trim: "fields" }, ' a ,"\t b "\n')).toEqual([["a", "b"]]);
    expect(await rows({ trim: "all" }, " a , b\n")).toEqual([["a", "b"]]);
    expect(await rows({ trim: "headers" }, " a ,b\n")).toEqual([[" a ", "b"]]);
  });
  test("flexible records may be short or long; others must be as long as the first", async () => {
    expect(await rows({}, "a\nb,c,d\n")).toEqual([
      ["a", ""],
      ["b", "c"],
    ]);
    const { rows: kept, errors } = await read({ flexible: false }, words, "a,b\nc\nd,e,f\ng,h");
    expect(kept).toEqual([
      ["a", "b"],
      ["g", "h"],
    ]);
    expect(errors.map((error) => [error.eventNumber, error.invalidText])).toEqual([
      [2, "c"],
      [3, "d,e,f"],
    ]);
    expect(errors[0]?.description).toMatch(/expected 2 fields.*found 1/);
  });
  test.each([
    [{ delimiter: "::" }, /"delimiter" to be one ASCII character/],
    [{ delimiter: '"' }, /must be different/],
    [{ quote: "\n" }, /cannot be a line break/],
    [{ trim: "some" }, /"trim" to be one of/],
    [{ header: true }, /unknown field "header"; it takes .*"headers"/],
  ])("%j is refused", (config, message) => {
    const reject = (): unknown => inputFormats.get("csv")?.parseConfig(config, words);
    expect(reject).toThrow(ConnectorError);
    expect(reject).toThrow(message);
  });
});

describe("values", () => {
  test("NULL is an empty field or the word, but an empty string column is an empty string", async () => {
    const schema = table([column("i", "INTEGER"), column("s", "VARCHAR"), required("t", "VARCHAR")]);
    expect((await read({}, schema, '1,a,b\n,,\nNULL,NULL,NULL\nnull,null,null\n"","",""')).rows).toEqual([
      [1, "a", "b"],
      [null, "", ""],
      [null, null, "NULL"],
      [null, null, "null"],
      [null, "", ""],
    ]);
  });
  test("columns that a record leaves out take their default", async () => {
    const schema = table([
      required("a", "INTEGER"),
      required("b", "INTEGER", { default: "5" }),
      column("c", "DATE", { default: "DATE '2020-01-01' + 1" }),
    ]);
    expect((await read({}, schema, "1\n2,3\n4,5,2020-01-01\n")).rows).toEqual([
      [1, 5, 18263],
      [2, 3, 18263],
      [4, 5, 18262],
    ]);
  });
  test("every error names record, column and text, and the good records are kept", async () => {
    const schema = table([required("i", "TINYINT"), column("d", type("DECIMAL", { precision: 4, scale: 1 })), column("j", "VARIANT")]);
    const { rows: kept, errors } = await read({}, schema, '1,2.5,"{""a"": 1}"\n200,1,\n,1,\n1,12345,\n1,x,\n1,1,{\n2,,');
    expect(kept).toEqual([
      [1, 25n, '{"a":1}'],
      [2, null, null],
    ]);
    expect(errors.map((error) => [error.eventNumber, error.field, error.invalidText])).toEqual([
      [2, "i", "200,1,"],
      [3, "i", ",1,"],
      [4, "d", "1,12345,"],
      [5, "d", "1,x,"],
      [6, "j", "1,1,{"],
    ]);
    expect(errors[0]?.description).toMatch(/column "i": expected TINYINT between -128 and 127, found "200"/);
  });
  test("doubles are read as documented", async () => {
    const { rows: kept, errors } = await read({}, table([column("d", "DOUBLE")]), "-1.40\n1e20\nNaN\n-Inf\n+inf\n1e999\nabc\n");
    expect(kept.map((row) => row[0])).toEqual([-1.4, 1e20, NaN, -Infinity, Infinity, Infinity]);
    expect(errors).toHaveLength(1);
  });
  test("a field that is not UTF-8 is an error that shows the bytes", async () => {
    const { rows: kept, errors } = await read({}, words, Buffer.concat([Buffer.from("a,b\nc,"), Buffer.of(0xff), Buffer.from("\né,f\n")]));
    expect(kept).toEqual([
      ["a", "b"],
      ["é", "f"],
    ]);
    expect(errors[0]).toMatchObject({ field: "b", eventNumber: 2, invalidBytes: new Uint8Array([0x63, 0x2c, 0xff]) });
  });
});

test("a quote that is never closed costs its line and not the rest of the input", async () => {
  const { rows: kept, errors } = await read({}, words, 'a,b\n"c,d\ne,f\ng,h\n');
  expect(kept).toEqual([
    ["a", "b"],
    ["e", "f"],
    ["g", "h"],
  ]);
  expect(errors).toEqual([expect.objectContaining({ eventNumber: 2, invalidText: '"c,d' })]);
});

test("a record that is too long is dropped, and reading goes on", async () => {
  const text = `a,b\n"${"x".repeat(300)}",c\nd,e\n`;
  for (const size of [1, 50, 1000]) {
    const parser = createStreamParser(createCsvRecordReader(parseCsvInputConfig({}), words, new Map(), 100));
    const kept: unknown[] = [];
    for (let at = 0; at < text.length; at += size) {
      for await (const { batch } of parser.push(Buffer.from(text.slice(at, at + size)))) kept.push(...batch.rows);
    }
    expect([size, kept]).toEqual([
      size,
      [
        ["a", "b"],
        ["d", "e"],
      ],
    ]);
  }
});

const fragments = fc.constantFrom("a", "é", '"', '""', ",", "\n", "\r\n", "\r", " ", "\\", "#", "NULL", "long enough to be copied", "1");

test("cutting the bytes anywhere changes nothing", async () => {
  const configs = fc.record({
    escape: fc.constantFrom(undefined, "\\"),
    double_quote: fc.boolean(),
    quoting: fc.boolean(),
    comment: fc.constantFrom(undefined, "#"),
    flexible: fc.boolean(),
    headers: fc.boolean(),
    trim: fc.constantFrom("none", "fields"),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fragments, { maxLength: 25 }),
      fc.array(fc.nat(), { maxLength: 10 }),
      configs,
      async (parts, places, config) => {
        const bytes = Buffer.from(parts.join(""));
        const whole = await read(config, words, bytes);
        expect(await read(config, words, ...cutAt(bytes, places))).toEqual(whole);
        expect(whole.bytes).toBe(bytes.length);
      },
    ),
    { seed: 3, numRuns: 500 },
  );
});

test("records of well-formed CSV are those that the csv-parse library finds", async () => {
  const field = fc.string({ unit: fc.constantFrom("a", '"', ",", "\n", "é", " ") });
  const quoted = field.map((text) => `"${text.replaceAll('"', '""')}"`);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(quoted, fc.oneof(quoted, fc.constant("x y")))), async (records) => {
      const text = records.map((record) => record.join(",") + "\n").join("");
      expect((await read({}, words, text)).rows).toEqual(parseWithLibrary(text));
    }),
    { seed: 5, numRuns: 200 },
  );
});

test("what CSV output writes, CSV input reads back as the same rows, where NULL and an empty text are one", async () => {
  await fc.assert(
    fc.asyncProperty(tableWithRows(), async ({ schema, rows: given }) => {
      const delta = given.map((row) => [row, 1] as const);
      const { chunks } = encode("csv", {}, schema, delta);
      const { rows: back, errors } = await read({}, schema, ...chunks);
      expect(errors).toEqual([]);
      const isText = schema.fields.map(({ columnType }) => columnType.type === "VARCHAR");
      const same = (row: readonly unknown[]): unknown[] =>
        row.map((value, index) => (isText[index] && (value === null || value === "NULL" || value === "null") ? "" : value));
      expect(back.map(same)).toEqual(given.map(same));
    }),
    { seed: 11, numRuns: 150 },
  );
});
