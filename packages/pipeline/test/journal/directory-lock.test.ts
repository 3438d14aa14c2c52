import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { lockDirectory } from "../../src/journal/directory-lock.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "lock-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

test("a directory has one holder, whom a refusal names; given back, it can be taken", async () => {
  const lock = await lockDirectory(directory);
  await expect(lockDirectory(directory)).rejects.toThrow(`the storage is in use by process ${String(process.pid)}`);
  await lock.release();
  await (await lockDirectory(directory)).release();
});

test("the lock of a process that lives is respected, that of a dead one is taken over", async () => {
  const other = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
  await once(other, "spawn");
  await writeFile(join(directory, "lock"), JSON.stringify({ pid: other.pid, started: null }));
  await expect(lockDirectory(directory)).rejects.toThrow(`in use by process ${String(other.pid)}`);
  other.kill("SIGKILL");
  await once(other, "exit");
  await (await lockDirectory(directory)).release();
});

test("a lock that was never written whole, or whose process number belongs to another process now, is taken over", async () => {
  await writeFile(join(directory, "lock"), "");
  await (await lockDirectory(directory)).release();
  await writeFile(join(directory, "lock"), JSON.stringify({ pid: process.ppid, started: "another time" }));
  await (await lockDirectory(directory)).release();
});
