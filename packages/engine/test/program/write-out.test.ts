import { describe, expect, test } from "@jest/globals";
import { compileProgram, createEngine, type Row } from "@headgate/engine";
import { writeOut } from "../../src/program/write-out.ts";

const minute = 60_000_000n;
const table = "CREATE TABLE t (id INTEGER, ts TIMESTAMP) WITH ('materialized' = 'true');";

async function rows(view: string, events: readonly Row[]): Promise<readonly Row[]> {
  const compiled = await compileProgram(`${table} CREATE MATERIALIZED VIEW v AS ${view};`);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.messages));
  const engine = await createEngine({ program: compiled.program, storage: { kind: "memory" } });
  try {
    await engine.step({ changes: new Map([["t", [{ rows: events, ops: undefined }]]]), watch: new Set() });
    const found: Row[] = [];
    const snapshot = await engine.snapshot("v");
    for await (const chunk of snapshot.chunks()) found.push(...chunk);
    return found.sort((a, b) => Number(a[0]) - Number(b[0]) || Number((a[1] as bigint) - (b[1] as bigint)));
  } finally {
    await engine.close();
  }
}

async function messages(view: string): Promise<string[]> {
  const compiled = await compileProgram(`${table} CREATE VIEW v AS ${view};`);
  return compiled.ok ? [] : compiled.messages.map((m) => `${String(m.position.startColumn)}: ${m.message}`);
}

describe("TUMBLE", () => {
  test("gives each row the window that holds it, aligned to 1970, before it too", async () => {
    const found = await rows("SELECT id, window_start, window_end FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE))", [
      [1, 90_000_000n],
      [2, -1n],
      [3, 60_000_000n],
    ]);
    expect(found).toEqual([
      [1, minute, 2n * minute],
      [2, -minute, 0n],
      [3, minute, 2n * minute],
    ]);
  });

  test("moves its windows by an offset, takes names for its arguments, and a query for its data", async () => {
    const call =
      "TABLE(TUMBLE(DATA => (SELECT * FROM t WHERE id > 0), TIMECOL => DESCRIPTOR(ts), SIZE => INTERVAL '1' MINUTE, OFFSET => INTERVAL '10' SECOND))";
    expect(await rows(`SELECT id, window_start, window_end FROM ${call} AS w`, [[1, 5_000_000n]])).toEqual([
      [1, -50_000_000n, 10_000_000n],
    ]);
  });
});

describe("HOP", () => {
  test("gives one row for each window that covers it, also when slides do not fit into a window", async () => {
    const call = "TABLE(HOP(TABLE t, DESCRIPTOR(ts), INTERVAL '20' SECOND, INTERVAL '50' SECOND))";
    const found = await rows(`SELECT id, window_start, window_end FROM ${call}`, [[1, 95_000_000n]]);
    expect(found).toEqual([
      [1, 60_000_000n, 110_000_000n],
      [1, 80_000_000n, 130_000_000n],
    ]);
  });
});

describe("A mistake in a window function", () => {
  test("is reported where it was written", async () => {
    const prefix = `${table} CREATE VIEW v AS `.length;
    const view = "SELECT * FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MONTH))";
    const [message] = await messages(view);
    expect(message).toMatch(new RegExp(`^${String(prefix + view.indexOf("INTERVAL") + 1)}: A window's length`));
    expect((await messages("SELECT * FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '0' DAY))"))[0]).toMatch(/positive number/);
    expect((await messages("SELECT * FROM TABLE(HOP(TABLE t, DESCRIPTOR(ts), INTERVAL '1' SECOND, INTERVAL '1' DAY))"))[0]).toMatch(/1000/);
  });

  test("after it is still reported where it stands", async () => {
    const prefix = `${table} CREATE VIEW v AS `.length;
    const view = "SELECT nowhere FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' DAY)) WHERE missing > 1";
    const found = await messages(view.replace("nowhere", "id"));
    expect(found[0]).toMatch(new RegExp(`^${String(prefix + view.replace("nowhere", "id").indexOf("missing") + 1)}: `));
  });
});

test("A query without any of it is left as it is", () => {
  const sql = "SELECT tumble, hop FROM (SELECT 1 AS tumble, 2 AS hop)";
  expect(writeOut(sql).sql).toBe(sql);
});
