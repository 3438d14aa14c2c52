import { describe, expect, test } from "@jest/globals";
import { ChangeOp, type Table } from "@headgate/engine";
import { createTableState } from "../../src/runtime/table-state.ts";
import { createLateGate } from "../../src/streaming/late-gate.ts";
import { createWatermarks } from "../../src/streaming/watermarks.ts";
import { compiled } from "./model.ts";

const tableOf = async (sql: string): Promise<Table> => (await compiled(sql)).tables[0]!;
const inserts = (...rows: (string | number | bigint | null)[][]) => [{ rows, ops: undefined }];

describe("a table's state", () => {
  test("is not changed by a check, and names what does not fit", async () => {
    const state = createTableState(await tableOf("CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR NOT NULL)"));
    expect(() => state.check(inserts([1, "x"], [2, null]))).toThrow("Table 't', column 'a': NULL in a NOT NULL column");
    expect(state.retained).toBe(0);
  });

  test("keeps values as DuckDB would give them back", async () => {
    const state = createTableState(await tableOf("CREATE TABLE t (a REAL, b VARCHAR, c UUID)"));
    const half = "\ud800";
    const [batch] = state.check(inserts([0.1, `x${half}`, "ABCDEF00-0000-0000-0000-000000000001"]));
    expect(batch!.rows).toEqual([[Math.fround(0.1), "x\ufffd", "abcdef00-0000-0000-0000-000000000001"]]);
    expect(state.check([{ rows: [[undefined]] as never, ops: undefined }])[0]!.rows).toEqual([[null, null, null]]);
  });

  test("gives the removed row before the row that replaces it", async () => {
    const state = createTableState(await tableOf("CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR)"));
    state.apply(inserts([1, "x"]));
    expect(state.apply(inserts([1, "y"]))).toEqual([
      [[1, "x"], -1],
      [[1, "y"], 1],
    ]);
  });

  test("takes values as equal that SQL takes as equal", async () => {
    const state = createTableState(await tableOf("CREATE TABLE t (id DOUBLE PRIMARY KEY, a DOUBLE)"));
    state.apply(inserts([0, NaN]));
    expect(state.apply(inserts([-0, NaN]))).toEqual([]);
    expect(state.retained).toBe(1);
  });

  test("without a key keeps nothing until a row is deleted", async () => {
    const state = createTableState(await tableOf("CREATE TABLE t (a INT)"));
    expect(state.apply(inserts([1], [1], [2]))).toEqual([
      [[1], 1],
      [[1], 1],
      [[2], 1],
    ]);
    expect(state.retained).toBe(0);
    const deletion = [{ rows: [[1]], ops: Uint8Array.of(ChangeOp.delete) }];
    expect(state.needsRows(deletion)).toBe(true);
    state.load([
      [[1], 2],
      [[2], 1],
    ]);
    state.loaded();
    expect(state.needsRows(deletion)).toBe(false);
    expect(state.apply(deletion)).toEqual([[[1], -1]]);
    expect(state.retained).toBe(2);
  });

  test.each(["id BIGINT LATENESS 10, a INT", "id BIGINT LATENESS 10 PRIMARY KEY, a INT"])(
    "of %s lets go of rows that no change can reach any more, however long the stream",
    async (columns) => {
      const table = await tableOf(`CREATE TABLE t (${columns})`);
      const watermarks = createWatermarks({ tables: [table] });
      const state = createTableState(table, createLateGate(table, watermarks.of("t")));
      state.loaded();
      let most = 0;
      for (let at = 0n; at < 2000n; at++) {
        const changes = [{ rows: [[at, 1], [at, 2], [at - 3n, 1], [at - 20n, 1]], ops: Uint8Array.of(0, 0, ChangeOp.delete, ChangeOp.delete) }]; // prettier-ignore
        const delta = state.apply(changes);
        expect(delta.filter(([row]) => (row[0] as bigint) < at - 3n)).toEqual([]);
        watermarks.advance();
        state.release();
        most = Math.max(most, state.retained);
      }
      expect(most).toBeLessThan(60);
      expect(state.takeErrors(true)).toHaveLength(2000 - 1);
    },
  );
});
