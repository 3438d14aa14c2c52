import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBDataChunk, DuckDBInstance, DuckDBTimestampValue, INTEGER, TIMESTAMP, VARCHAR } from "@duckdb/node-api";
import type { Row } from "@headgate/engine";
import type { Runner } from "./runner.ts";

const types = [INTEGER, INTEGER, INTEGER, INTEGER, VARCHAR, TIMESTAMP];
const rowsPerChunk = 2048;
const commitAfter = 20_000;

/** What appending the bids to one table in a DuckDB file costs, and nothing else: a transaction each 20,000 rows. */
export async function rawAppendRunner(): Promise<Runner> {
  const folder = await mkdtemp(join(tmpdir(), "headgate-bench-"));
  const instance = await DuckDBInstance.create(join(folder, "raw.duckdb"));
  const connection = await instance.connect();
  await connection.run("CREATE TABLE bid (id INTEGER, auction INTEGER, bidder INTEGER, price INTEGER, channel VARCHAR, ts TIMESTAMP)");
  const appender = await connection.createAppender("bid");
  let waiting: Row[] = [];
  const write = async (): Promise<void> => {
    const rows = waiting;
    waiting = [];
    await connection.run("BEGIN");
    for (let at = 0; at < rows.length; at += rowsPerChunk) {
      const part = rows.slice(at, at + rowsPerChunk);
      const chunk = DuckDBDataChunk.create(types, part.length);
      for (const column of types.keys()) {
        const vector = chunk.getColumnVector(column);
        for (const [i, row] of part.entries()) {
          const value = row[column] as number | string | bigint;
          vector.setItem(i, typeof value === "bigint" ? new DuckDBTimestampValue(value) : value);
        }
        vector.flush();
      }
      appender.appendDataChunk(chunk);
    }
    appender.flushSync();
    await connection.run("COMMIT");
  };
  return {
    maintenance: "no view",
    prepare(events) {
      const { added = [] } = events.get("bid") ?? {};
      return async () => {
        for (const row of added) waiting.push(row);
        if (waiting.length >= commitAfter) await write();
      };
    },
    settle: write,
    async close() {
      appender.closeSync();
      connection.closeSync();
      instance.closeSync();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
