import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import type { Token } from "../../src/index.ts";
import { ForkedPipeline } from "../support/forked-pipeline.ts";
import { until } from "../support/until.ts";

const megabytes = 64;

interface SmallDisk {
  readonly path: string;
  /** Leaves so many bytes. */
  fill(left: number): void;
  free(): void;
  remove(): void;
}

/** A real disk of its own, or undefined where this process may not mount one. */
function mountDisk(): SmallDisk | undefined {
  const path = mkdtempSync(join(tmpdir(), "disk-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${String(megabytes)}m`, "tmpfs", path], { stdio: "ignore" });
  } catch {
    rmSync(path, { recursive: true });
    return undefined;
  }
  const ballast = join(path, "ballast");
  return {
    path,
    fill(left) {
      const { bavail, bsize } = statfsSync(path);
      const file = openSync(ballast, "w");
      for (let room = bavail * bsize - left; room > 0; room -= bsize) writeSync(file, Buffer.alloc(bsize));
      closeSync(file);
    },
    free: () => {
      rmSync(ballast, { force: true });
    },
    remove: () => {
      execFileSync("umount", ["-l", path]);
      rmSync(path, { recursive: true });
    },
  };
}

const disk = mountDisk();
disk?.remove();
const program = "CREATE TABLE t (id BIGINT NOT NULL PRIMARY KEY, body VARCHAR); CREATE MATERIALIZED VIEW v AS SELECT count(*) AS n FROM t;";
const body = "x".repeat(200);
const lines = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, i) => `${JSON.stringify({ id: from + i, body: body + String(i) })}\n`).join("");

/** How a process ends that finds no room: named file, and what to do. */
const outOfSpace = (file: string): object => ({
  type: "failed",
  error: {
    code: "StorageError",
    message: expect.stringMatching(new RegExp(`/storage/${file}.*the disk is full.*[Ff]ree (some )?space.*lost`)),
  },
});

const onDisk = disk === undefined ? test.skip : test;

onDisk.each([
  ["the journal", 40_000, "journal/journal-[0-9]+.log"],
  // Which of the two finds no room first is a race.
  ["the store", 2_500_000, "(engine.duckdb|journal/journal-[0-9]+.log)"],
])(
  "a disk that fills up under %s ends the pipeline with the file's name and loses nothing (skipped where no disk may be mounted)",
  async (_, left, file) => {
    const small = mountDisk()!;
    const directory = join(small.path, "pipeline");
    await mkdir(directory);
    let pipeline = new ForkedPipeline(directory, {});
    const restart = async (): Promise<void> => {
      await until("the process has ended", () => pipeline.exit !== undefined, 20_000);
      pipeline = new ForkedPipeline(directory, {});
      await pipeline.deploy(program, { storage: true });
    };
    try {
      await pipeline.deploy(program, { storage: true });
      small.fill(left);
      let acknowledged = 0;
      for (;;) {
        const rows = lines(acknowledged, acknowledged + 100);
        const answer = await pipeline.ask("POST", "/ingress/t?format=json&update_format=raw", rows).catch(() => undefined);
        if (answer?.status !== 200) break;
        acknowledged += 100;
      }
      await until("the pipeline has failed", () => pipeline.status === "failed");
      expect(pipeline.messages.at(-1)).toMatchObject(outOfSpace(file));
      small.free();
      await restart();
      const query = `SELECT count(*) AS n FROM t WHERE id < ${String(acknowledged)}`;
      const answer = await pipeline.ask("GET", `/query?format=json&sql=${encodeURIComponent(query)}`);
      expect(answer.body).toBe(`{"n":${String(acknowledged)}}\n`);
      await pipeline.json<Token>("POST", "/ingress/t?format=json&update_format=raw", lines(1_000_000, 1_000_100));
    } finally {
      await pipeline.remove();
      small.remove();
    }
  },
  60_000,
);

onDisk(
  "a pipeline that finds a full disk at its first start says so (skipped where no disk may be mounted)",
  async () => {
    const small = mountDisk()!;
    const directory = join(small.path, "pipeline");
    await mkdir(join(directory, "storage"), { recursive: true });
    small.fill(0);
    const pipeline = new ForkedPipeline(directory, {});
    try {
      await pipeline.deploy(program, { storage: true });
      expect(pipeline.messages.at(-1)).toMatchObject(outOfSpace(""));
    } finally {
      await pipeline.remove();
      small.remove();
    }
  },
  60_000,
);
