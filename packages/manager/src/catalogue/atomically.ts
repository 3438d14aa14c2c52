import type { DatabaseSync } from "node:sqlite";

/** Runs the work in a transaction: all of it is on disk, or nothing. */
export function atomically(db: DatabaseSync, work: () => void): void {
  db.exec("BEGIN");
  try {
    work();
    db.exec("COMMIT");
  } catch (error) {
    db.exec("ROLLBACK");
    throw error;
  }
}
