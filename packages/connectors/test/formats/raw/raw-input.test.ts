import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { inputFormats } from "../../../src/formats/format-registry.ts";
import { column, cutAt, parse, required, table } from "../support.ts";

const text = table([required("line", "VARCHAR")]);
const bytes = table([required("data", "VARBINARY"), column("note", "VARCHAR", { default: "'n'" })]);

test("a blob is the whole input in one row", async () => {
  const { rows } = await parse({ format: "raw", config: { column_name: "DATA" }, schema: bytes }, Buffer.of(1, 255), Buffer.of(10));
  expect(rows).toEqual([[Uint8Array.of(1, 255, 10), "n"]]);
});

test("lines are one row each, empty ones too, and bad text is an error beside them", async () => {
  const input = Buffer.concat([Buffer.from("a\r\n\nb "), Buffer.of(0xff), Buffer.from("\nç")]);
  const { rows, errors } = await parse({ format: "raw", config: { mode: "lines" }, schema: text }, input);
  expect(rows).toEqual([["a"], [""], ["ç"]]);
  expect(errors).toEqual([expect.objectContaining({ eventNumber: 3, field: "line", suggestion: expect.stringMatching(/VARBINARY/) })]);
});

test("cutting the bytes anywhere changes nothing", async () => {
  const request = { format: "raw", config: { mode: "lines" }, schema: text };
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: fc.constantFrom("a", "é", "\n", "\r") }), fc.array(fc.nat()), async (content, places) => {
      const whole = await parse(request, content);
      expect(await parse(request, ...cutAt(Buffer.from(content), places))).toEqual(whole);
    }),
    { seed: 9 },
  );
});

test("the column must be there and able to hold the content", () => {
  const refuse = (config: object, schema: typeof text) => () => inputFormats.get("raw")?.parseConfig(config, schema);
  expect(refuse({}, bytes)).toThrow(/"column_name" is required, as table "t" has 2 columns/);
  expect(refuse({ column_name: "x" }, bytes)).toThrow(/no column "x"/);
  expect(refuse({}, table([column("i", "INTEGER")]))).toThrow(/must be VARCHAR or VARBINARY, and is INTEGER/);
  expect(refuse({ column_name: "a" }, table([column("a", "VARCHAR"), required("b", "INTEGER")]))).toThrow(/column "b" is NOT NULL/);
  expect(refuse({ mode: "file" }, text)).toThrow(/"blob", "lines"/);
});
