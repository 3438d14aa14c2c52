import { readFileSync } from "node:fs";

/**
 * Named places where a test lets the process die as by kill -9: `HEADGATE_CRASH_POINT=journal.written:3` in its environment ends it
 * when it comes to `journal.written` for the third time. `HEADGATE_CRASH_POINT=@<path>` reads that text from a file when the process
 * begins, so that one server can have each of its processes die elsewhere.
 */
export const crashPoints = [
  /** Rows and markers are about to be written to the journal. */
  "journal.before-write",
  /** They are written, and not synced. */
  "journal.written",
  /** They are synced, and nobody has been told. */
  "journal.synced",
  /** A fresh journal segment is begun, the old ones stand. */
  "journal.rotated",
  /** Undelivered deltas are written to the outbox, and not synced; the store is in the middle of a commit. */
  "outbox.written",
  /** They are synced, and the commit that they belong to is not done. */
  "outbox.synced",
  /** The store asks for what belongs to a commit; undelivered deltas are written. */
  "commit.begun",
  /** The store is in the middle of its transaction. */
  "commit.running",
  /** The transaction is done; the journal behind it is not removed. */
  "commit.done",
  "checkpoint.begun",
  "checkpoint.done",
  /** The store is open again, nothing is replayed. */
  "recovery.begun",
  /** A step has been replayed. */
  "recovery.replayed",
  "recovery.done",
  "reset.requested",
  /** The sink has begun a new content. */
  "reset.begun",
  /** A piece of the snapshot is in the sink. */
  "reset.sending",
  /** The sink shows the new content, and nobody has been told. */
  "reset.committed",
  /** A step is in the sink, and is not acknowledged. */
  "output.written",
] as const;
export type CrashPoint = (typeof crashPoints)[number];

const [wanted = "", count = "1"] = chosen(process.env["HEADGATE_CRASH_POINT"] ?? "").split(":");
let left = Number(count);

/** Ends the process here if a test asked for it. */
export const crashPoint: (name: CrashPoint) => void =
  wanted === ""
    ? () => undefined
    : (name) => {
        if (name !== wanted) return;
        left -= 1;
        if (left === 0) process.kill(process.pid, "SIGKILL");
      };

function chosen(setting: string): string {
  if (!setting.startsWith("@")) return setting;
  try {
    return readFileSync(setting.slice(1), "utf8").trim();
  } catch {
    return "";
  }
}
