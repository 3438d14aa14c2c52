import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { createEngine } from "@headgate/engine";
import { compiled, snapshotOf, sorted } from "../runtime/model.ts";
import { changesOf, stepsProgram } from "./store-process.ts";

const kills = Number(process.env["HEADGATE_KILL_RUNS"] ?? 3);
const relations = ["k", "m", "per_step", "sums", "middle"];

test(
  "a process that is killed while it commits leaves every relation at one step, and no commit that was told is lost",
  async () => {
    const path = await mkdtemp(join(tmpdir(), "headgate-kill-"));
    const program = await compiled(stepsProgram);
    const expected = await createEngine({ program, storage: { kind: "memory" }, threads: 1 });
    let steps = 0;
    try {
      for (let run = 0; run < kills; run++) {
        const told = await runUntilKilled(path, 3 + run * 5);
        const engine = await createEngine({ program, storage: { kind: "directory", path }, threads: 1 });
        const at = engine.restored!.step;
        expect(at).toBeGreaterThanOrEqual(told);
        expect(engine.restored!.data).toBe(`data ${at}`);
        for (; steps < at; steps++) await expected.step({ changes: changesOf(steps + 1), watch: new Set() });
        for (const name of relations)
          expect([name, sorted((await snapshotOf(engine, name)).bag)]).toEqual([name, sorted((await snapshotOf(expected, name)).bag)]);
        await engine.close();
      }
      expect(steps).toBeGreaterThan(kills * 3);
    } finally {
      await expected.close();
      await rm(path, { recursive: true });
    }
  },
  30_000 + kills * 10_000,
);

/** Kills the process once it has told of so many commits; gives the last step that it told as committed. */
async function runUntilKilled(path: string, commits: number): Promise<number> {
  const child = fork(join(import.meta.dirname, "store-process.ts"), [path, "run"], { execArgv: ["--conditions=headgate-source"] });
  let told = 0;
  let seen = 0;
  child.on("message", ({ committed }: { committed?: number }) => {
    if (committed === undefined) return;
    told = committed;
    // The next one is under way by now.
    if (++seen === commits) child.kill("SIGKILL");
  });
  await once(child, "exit");
  return told;
}
