import { describe, expect, test } from "@jest/globals";
import { bufferBody, canStreamBody, encodeRows, streamBody, type RowEncoding } from "../src/ingress-body.ts";
import { ClientError } from "../src/errors.ts";
import { failure } from "./serve.ts";

const lines: RowEncoding = { format: "json", array: false };
const text = async (rows: Iterable<unknown> | AsyncIterable<unknown>, encoding: RowEncoding = lines) =>
  await (await bufferBody(encodeRows(rows, encoding))).text();
async function* later<Row>(rows: readonly Row[]) {
  for (const row of rows) {
    await Promise.resolve();
    yield row;
  }
}

describe("rows as text", () => {
  test("are one JSON value a line, from any iterable", async () => {
    const rows = [{ id: 1 }, { id: 2, name: "a\nb" }];
    expect(await text(rows)).toBe('{"id":1}\n{"id":2,"name":"a\\nb"}\n');
    expect(await text(later(rows))).toBe(await text(rows));
    expect(await text([])).toBe("");
  });
  test("are one array when asked for, also when there are none", async () => {
    expect(await text([{ id: 1 }, { id: 2 }], { format: "json", array: true })).toBe('[{"id":1},{"id":2}]');
    expect(await text([], { format: "json", array: true })).toBe("[]");
  });
  test("keep every digit of a bigint", async () => {
    expect(await text([{ id: 9007199254740993n }])).toBe('{"id":9007199254740993}\n');
  });
  test("are CSV with quotes only where they are needed", async () => {
    const rows = [
      [1, "plain", null, true],
      [2n, 'say "hi", twice\n', undefined, { a: 1 }],
    ];
    expect(await text(rows, { format: "csv", array: false })).toBe('1,plain,,true\n2,"say ""hi"", twice\n",,"{""a"":1}"\n');
  });
  test("must be values that the format can hold", async () => {
    expect(await failure(text([undefined]))).toMatchObject({ code: "invalid_argument" });
    expect(await failure(text([{ id: 1 }], { format: "csv", array: false }))).toBeInstanceOf(ClientError);
  });
});

describe("a body that is read as it is sent", () => {
  test("hands on the rows of a slow source before the source has ended", async () => {
    let release = () => {};
    const more = new Promise<void>((resolve) => (release = resolve));
    async function* slow() {
      yield { id: 1 };
      await more;
      yield { id: 2 };
    }
    const reader = streamBody(encodeRows(slow(), lines)).getReader();
    const read = async () => new TextDecoder().decode((await reader.read()).value);
    expect(await read()).toBe('{"id":1}\n');
    release();
    expect(await read()).toBe('{"id":2}\n');
    expect((await reader.read()).done).toBe(true);
  });
  test("takes no more of a source than is asked for, and lets it end when it is cancelled", async () => {
    let taken = 0;
    let ended = false;
    function* endless() {
      try {
        for (;;) yield { id: ++taken, filling: "x".repeat(1000) };
      } finally {
        ended = true;
      }
    }
    const reader = streamBody(encodeRows(endless(), lines)).getReader();
    await reader.read();
    expect(taken).toBeLessThan(100);
    await reader.cancel();
    expect(ended).toBe(true);
  });
  test("fails with what its source fails with", async () => {
    const broken = new Error("the file is gone");
    async function* source() {
      yield { id: 1 };
      await Promise.resolve();
      throw broken;
    }
    const reader = streamBody(encodeRows(source(), lines)).getReader();
    await reader.read().catch(() => undefined);
    expect(await failure(reader.read())).toBe(broken);
  });
  test("can be sent by this runtime", () => {
    expect(canStreamBody("http://127.0.0.1")).toBe(true);
  });
});
