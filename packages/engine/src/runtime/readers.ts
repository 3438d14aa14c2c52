import type { DuckDBConnection } from "@duckdb/node-api";
import type { Database } from "../duckdb/open-database.ts";
import { EngineError } from "../errors.ts";

/** A connection of its own with one transaction: what it reads does not change. */
export interface Reader {
  readonly connection: DuckDBConnection;
  /** Runs one call on the connection; waits for the call before it. */
  run<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T>;
  /** Stops a running call and refuses later ones. */
  interrupt(): void;
  close(): Promise<void>;
}

export interface Readers {
  open(): Promise<Reader>;
  /** Stops and closes all that are open. */
  close(): Promise<void>;
}

/** Opens and tracks readers, so that closing the engine never pulls a connection from under a running query. */
export function createReaders(database: Pick<Database, "connect">): Readers {
  const open = new Set<Reader>();
  let closing = false;
  return {
    async open() {
      const connection = await database.connect();
      if (closing) {
        connection.closeSync();
        throw new EngineError("closed", "The engine is closed");
      }
      const reader = createReader(connection, () => open.delete(reader));
      open.add(reader);
      try {
        await connection.run("BEGIN TRANSACTION");
      } catch (error) {
        await reader.close();
        throw error;
      }
      return reader;
    },
    async close() {
      closing = true;
      await Promise.all([...open].map((reader) => reader.close()));
    },
  };
}

/** How often a running call is told to stop: DuckDB forgets an interrupt that comes just before a query starts. */
const interruptEveryMs = 5;

function createReader(connection: DuckDBConnection, onClose: () => void): Reader {
  let last: Promise<unknown> = Promise.resolve();
  let closed: Promise<void> | undefined;
  let interrupted = false;
  let busy = 0;
  const stopRunning = (): void => {
    if (busy === 0) return;
    connection.interrupt();
    setTimeout(stopRunning, interruptEveryMs).unref();
  };
  const interrupt = (): void => {
    if (interrupted) return;
    interrupted = true;
    stopRunning();
  };
  return {
    connection,
    run(work) {
      if (closed !== undefined) return Promise.reject(new EngineError("closed", "The reader is closed"));
      busy++;
      const result = last.then(() => {
        if (interrupted) throw new EngineError("ad_hoc_query", "The query was cancelled");
        return work(connection);
      });
      last = result.then(
        () => void busy--,
        () => void busy--,
      );
      return result;
    },
    interrupt,
    close() {
      closed ??= (async () => {
        onClose();
        interrupt();
        await last;
        connection.closeSync();
      })();
      return closed;
    },
  };
}
