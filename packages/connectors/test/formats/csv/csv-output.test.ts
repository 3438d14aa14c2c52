import { expect, test } from "@jest/globals";
import { column, encode, table } from "../support.ts";

const schema = table([column("a", "INTEGER"), column("s", "VARCHAR")]);

test("a row is one line with its weight at the end, deletes first, without a header", () => {
  const { chunks, records } = encode("csv", {}, schema, [
    [[1, "x"], 3],
    [[2, "y"], -1],
  ]);
  expect(chunks).toEqual(["2,y,-1\n1,x,3\n"]);
  expect(records).toEqual([2]);
});

test("fields are quoted when they must be; NULL is empty and an empty string is quoted", () => {
  const texts = ['q"', "a,b", "line\nbreak", " lead", "", null, "plain; text"];
  const { chunks } = encode(
    "csv",
    {},
    schema,
    texts.map((text) => [[null, text], 1] as const),
  );
  expect(chunks[0]).toBe(',"q""",1\n,"a,b",1\n,"line\nbreak",1\n," lead",1\n,"",1\n,,1\n,plain; text,1\n');
});

test("the delimiter and the buffer size can be chosen", () => {
  const delta = [
    [[1, "a;b"], 1],
    [[2, "a,b"], 1],
  ] as const;
  expect(encode("csv", { delimiter: ";", buffer_size_records: "1" }, schema, delta).chunks).toEqual(['1;"a;b";1\n', "2;a,b;1\n"]);
  for (const delimiter of ["]", "^", "\\", "-", "|", "."]) {
    expect(encode("csv", { delimiter }, schema, [[[1, `x${delimiter}y`], 1]]).chunks).toEqual([
      `1${delimiter}"x${delimiter}y"${delimiter}1\n`,
    ]);
  }
  expect(() => encode("csv", { delimiter: '"' }, schema, [])).toThrow(/cannot be a quote/);
  expect(() => encode("csv", { header: true }, schema, [])).toThrow(/unknown field "header"/);
});
