import { constants } from "node:fs";
import { mkdtemp, open, rm, type FileHandle } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serialize } from "node:v8";
import { ChangeOp, compileProgram, createEngine, type ChangeBatch, type Engine, type EngineOptions, type Program } from "@headgate/engine";
import type { Events } from "./event-source.ts";
import type { Runner } from "./runner.ts";
import type { Workload } from "./workloads.ts";

/** As many changed records make a group commit, as in a pipeline. */
const commitAfter = 20_000;
/** After a commit, so many times its duration pass before the next one: a pipeline gives commits a tenth of the time. */
const restPerCommit = 9;

/** As in a pipeline's journal. */
const writesAreSynced = process.platform === "linux";
const logFlags = writesAreSynced ? constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_DSYNC : "a";

export interface EngineRunnerOptions {
  readonly maintenance: NonNullable<EngineOptions["maintenance"]>;
  /** With a log that is synced before a step counts, and group commits to a file. */
  readonly durable: boolean;
}

/** The engine itself. */
export async function engineRunner(workload: Workload, { maintenance, durable }: EngineRunnerOptions): Promise<Runner> {
  const program = await compiled(workload.program);
  const folder = durable ? await mkdtemp(join(tmpdir(), "headgate-bench-")) : undefined;
  const log = folder === undefined ? undefined : await open(join(folder, "log"), logFlags);
  const storage: EngineOptions["storage"] = folder === undefined ? { kind: "memory" } : { kind: "directory", path: join(folder, "store") };
  const start = (): Promise<Engine> => createEngine({ program, storage, maintenance });
  let engine = await start();
  let committing: Promise<unknown> | undefined;
  let notBefore = 0;
  const watch = new Set(["result"]);
  const kept = engine.dataflow.views.get("result");

  const commitInTurn = async (): Promise<void> => {
    const begun = performance.now();
    if (engine.pendingRecords < commitAfter || committing !== undefined || begun < notBefore) return;
    const work = engine.commit().finally(() => {
      committing = undefined;
      const end = performance.now();
      notBefore = end + (end - begun) * restPerCommit;
    });
    committing = work;
    // Its failure shows where the runner settles.
    work.catch(() => undefined);
  };
  return {
    maintenance: kept?.mode === "recompute" ? `recompute: ${kept.reason}` : (kept?.mode ?? ""),
    prepare(events) {
      const changes = toChanges(events);
      const record = log === undefined ? undefined : serialize([...changes]);
      return async () => {
        if (log === undefined || record === undefined) return void (await engine.step({ changes, watch }));
        // A step is computed while its log is synced, and counts once both are done.
        await Promise.all([engine.step({ changes, watch }), appendSynced(log, record)]);
        await commitInTurn();
      };
    },
    async settle() {
      await committing;
      await engine.commit();
    },
    async restart() {
      await engine.commit();
      await engine.close();
      engine = await start();
    },
    async close() {
      await committing?.catch(() => undefined);
      await engine.close();
      await log?.close();
      if (folder !== undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}

async function appendSynced(log: FileHandle, record: Buffer): Promise<void> {
  await log.write(record);
  if (!writesAreSynced) await log.datasync();
}

async function compiled(sql: string): Promise<Program> {
  const result = await compileProgram(sql);
  if (!result.ok) throw new Error(result.messages.map(({ message }) => message).join("\n"));
  return result.program;
}

function toChanges(events: Events): Map<string, readonly ChangeBatch[]> {
  const changes = new Map<string, readonly ChangeBatch[]>();
  for (const [table, { added, removed }] of events) {
    const batches: ChangeBatch[] = [];
    if (added.length > 0) batches.push({ rows: added, ops: undefined });
    if (removed.length > 0) batches.push({ rows: removed, ops: new Uint8Array(removed.length).fill(ChangeOp.delete) });
    if (batches.length > 0) changes.set(table, batches);
  }
  return changes;
}
