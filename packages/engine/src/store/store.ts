import type { DuckDBConnection } from "@duckdb/node-api";
import { stepTable, type Database } from "../duckdb/open-database.ts";
import { quoteLiteral } from "../duckdb/quote.ts";
import type { StorageLocation } from "../engine.ts";
import type { EngineError } from "../errors.ts";
import type { Delta } from "../types.ts";
import { createPending, type Pending } from "./pending.ts";
import type { RelationSql } from "./relation-sql.ts";
import { storageError } from "./storage-error.ts";
import { writeChanges } from "./write-changes.ts";

type Changes = Map<string, Pending>;

/**
 * The relations in DuckDB. Steps do not write: their changes wait here until a commit writes all of them in one transaction. A step
 * whose views DuckDB recomputes writes what they read into the transaction that the next commit ends.
 */
export interface Store {
  /** The last step that is on disk. */
  readonly step: number;
  /** The caller's data with it. */
  readonly data: string;
  /** What the watermarks were at that step. */
  readonly watermarks: string;
  /** Changed records that no commit has written. */
  readonly pendingRecords: number;
  /** Whether something is written that the next commit has to end. */
  readonly dirty: boolean;
  /** The changes of a step that is being done. */
  draft(): Draft;
  /**
   * Writes everything up to now as of `step`. Takes the changes at once and writes them while later ones come in; when it fails
   * nothing of it is lost. One at a time. @throws EngineError `storage`
   */
  commit(step: number, data: string, watermarks: string): Promise<void>;
  /** Resolves when there is room for another step's changes: at once, unless a commit falls behind. */
  room(): Promise<void>;
  /** The connection that sees what `Draft.write` wrote; `change`: what is run on it belongs to the next commit. */
  connection(use: "read" | "change"): Promise<DuckDBConnection>;
  /** Drops what waits for a scratch relation that is filled anew. */
  forget(relation: string): void;
  /** How often a transaction was lost, and the content of scratch relations with it. */
  readonly rollbacks: number;
  close(): Promise<void>;
}

/** One step's changes: all of them become part of the store's, or none. */
export interface Draft {
  add(relation: string, delta: Delta): void;
  /** Writes what waits of these relations, this step's changes included, so that queries of `connection` see them. */
  write(relations: Iterable<string>): Promise<void>;
  accept(): void;
  discard(): Promise<void>;
}

interface StoreParts {
  readonly storage: StorageLocation;
  readonly database: Database;
  readonly writer: DuckDBConnection;
  readonly relations: ReadonlyMap<string, RelationSql>;
  /** Relations whose content may be lost: whoever reads one fills it again. */
  readonly scratch: ReadonlySet<string>;
  /** Whether the writer is in a transaction with something for the first commit. */
  readonly open: boolean;
  readonly step: number;
  readonly data: string;
  readonly watermarks: string;
  /** Called once, when the first commit is on disk. */
  readonly onFirstCommit: (() => Promise<void>) | undefined;
}

/** From so many changed records on, a step waits for a commit that is under way. */
const mostWhileWriting = 500_000;

export function createStore(parts: StoreParts): Store {
  const { storage, writer, relations, scratch } = parts;
  let { open, step, data, watermarks, onFirstCommit } = parts;
  let waiting: Changes = new Map();
  /** Written into the open transaction, and lost with it. */
  let written: Changes[] = [];
  let rollbacks = 0;
  let committing: Promise<void> | undefined;
  let beingWritten = 0;

  const into = (changes: Changes, name: string, delta: Delta): void => {
    let pending = changes.get(name);
    if (pending === undefined) changes.set(name, (pending = createPending(relations.get(name)!.relation)));
    pending.add(delta);
  };
  const begin = async (): Promise<void> => {
    if (open) return;
    await writer.run("BEGIN TRANSACTION");
    open = true;
  };
  const write = async (changes: Changes): Promise<void> => {
    await begin();
    for (const [name, pending] of changes) await writeChanges(writer, relations.get(name)!, pending.changes());
  };
  const rollback = async (): Promise<void> => {
    // DuckDB ends a transaction by itself when its commit fails.
    await writer.run("ROLLBACK").catch(() => undefined);
    open = false;
    rollbacks++;
  };
  /** Puts changes that did not get to disk before those that came since. */
  const takeBack = (changes: readonly Changes[]): void => {
    const later = waiting;
    waiting = new Map();
    for (const part of [...changes, later])
      for (const [name, pending] of part) if (!scratch.has(name)) into(waiting, name, pending.changes());
  };
  const fail = (error: unknown): EngineError => storageError(storage, error);

  const run = async (atStep: number, withData: string, withWatermarks: string): Promise<void> => {
    const mine = [...written, waiting];
    const unwritten = waiting;
    waiting = new Map();
    written = [];
    beingWritten = sizeOf(mine);
    try {
      await write(unwritten);
      await writer.run(
        `UPDATE ${stepTable} SET step = ${atStep}, data = ${quoteLiteral(withData)}, watermarks = ${quoteLiteral(withWatermarks)}`,
      );
      await writer.run("COMMIT");
      open = false;
    } catch (error) {
      await rollback();
      takeBack(mine);
      throw fail(error);
    } finally {
      beingWritten = 0;
    }
    step = atStep;
    data = withData;
    watermarks = withWatermarks;
    await onFirstCommit?.().catch((error: unknown) => {
      throw fail(error);
    });
    onFirstCommit = undefined;
  };
  const idle = async (): Promise<void> => {
    while (committing !== undefined) await committing.catch(() => undefined);
  };
  return {
    get step() {
      return step;
    },
    get data() {
      return data;
    },
    get watermarks() {
      return watermarks;
    },
    get rollbacks() {
      return rollbacks;
    },
    get dirty() {
      return open;
    },
    get pendingRecords() {
      return beingWritten + sizeOf([...written, waiting]);
    },
    commit(atStep, withData, withWatermarks) {
      if (committing !== undefined) throw new TypeError("A commit is under way");
      committing = run(atStep, withData, withWatermarks).finally(() => (committing = undefined));
      return committing;
    },
    async room() {
      if (committing !== undefined && sizeOf([waiting]) > mostWhileWriting) await idle();
    },
    async connection(use) {
      await idle();
      if (use === "change") await begin();
      return writer;
    },
    forget: (name) => void waiting.delete(name),
    draft: () => {
      const added = new Map<string, Delta[]>();
      const writtenHere: Changes = new Map();
      return {
        add(name, delta) {
          const deltas = added.get(name);
          if (deltas === undefined) added.set(name, [delta]);
          else deltas.push(delta);
        },
        async write(names) {
          await idle();
          try {
            for (const name of names) {
              const earlier = waiting.get(name);
              if (earlier !== undefined) {
                await write(new Map([[name, earlier]]));
                waiting.delete(name);
                written.push(new Map([[name, earlier]]));
              }
              const deltas = added.get(name);
              if (deltas === undefined) continue;
              const now: Changes = new Map();
              for (const delta of deltas) into(now, name, delta);
              await write(now);
              added.delete(name);
              into(writtenHere, name, now.get(name)!.changes());
            }
          } catch (error) {
            throw fail(error);
          }
        },
        accept() {
          if (writtenHere.size > 0) written.push(writtenHere);
          for (const [name, deltas] of added) for (const delta of deltas) into(waiting, name, delta);
        },
        async discard() {
          await idle();
          if (!open) return;
          await rollback();
          const before = written;
          written = [];
          takeBack(before);
        },
      };
    },
    async close() {
      await idle();
      if (open) await rollback();
      writer.closeSync();
      await parts.database.close();
    },
  };
}

const sizeOf = (all: readonly Changes[]): number => {
  let size = 0;
  for (const changes of all) for (const { size: records } of changes.values()) size += records;
  return size;
};
