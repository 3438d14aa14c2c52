import { expect, test } from "@jest/globals";
import { createEngine, type Engine, type Row } from "@headgate/engine";
import { compiled, snapshotOf } from "./model.ts";

const rows = (from: number, count: number): Row[] => Array.from({ length: count }, (_, i) => [from + i, `a text of its own ${from + i}`]);

/** Steps until one fails; gives the failure and the steps before it. */
async function untilFull(engine: Engine, size: number, most: number): Promise<{ error: unknown; steps: number }> {
  for (let steps = 0; steps < most; steps++)
    try {
      await engine.step({ changes: new Map([["t", [{ rows: rows(steps * size, size), ops: undefined }]]]), watch: new Set() });
    } catch (error) {
      return { error, steps };
    }
  throw new Error("The limit was never reached");
}

test("state that outgrows its limit ends the program with how much is held where and what to do; what was done can be read", async () => {
  const program = await compiled(`CREATE TABLE t (id INT PRIMARY KEY, x VARCHAR);
    CREATE MATERIALIZED VIEW few AS SELECT count(*) AS n FROM t; CREATE VIEW many AS SELECT DISTINCT x FROM t;`);
  const engine = await createEngine({ program, storage: { kind: "memory" }, threads: 1, stateLimitMb: 24 });
  try {
    const { error, steps } = await untilFull(engine, 5_000, 200);
    expect(error).toMatchObject({
      code: "state_limit",
      message: expect.stringMatching(new RegExp(`table 't' \\(${steps * 5_000} rows\\).*Give the pipeline more memory`)),
      suggestion: expect.stringContaining("keep less"),
    });
    expect(steps).toBeGreaterThan(2);
    await expect(engine.step({ changes: new Map(), watch: new Set() })).rejects.toMatchObject({ code: "state_limit" });
    expect(await snapshotOf(engine, "few")).toMatchObject({ step: steps, records: 1 });
  } finally {
    await engine.close();
  }
});

test("garbage does not count as state", async () => {
  const program = await compiled("CREATE TABLE t (id INT PRIMARY KEY, x VARCHAR)");
  const engine = await createEngine({ program, storage: { kind: "memory" }, threads: 1, stateLimitMb: 24 });
  try {
    // Many times the limit in rows that replace each other.
    for (let i = 0; i < 100; i++) {
      const batch = rows(0, 5_000).map(([id]): Row => [id!, `version ${i} of ${String(id)}`]);
      await engine.step({ changes: new Map([["t", [{ rows: batch, ops: undefined }]]]), watch: new Set() });
    }
    await engine.commit();
    expect((await snapshotOf(engine, "t")).records).toBe(5_000);
  } finally {
    await engine.close();
  }
});
