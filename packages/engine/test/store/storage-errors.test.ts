import { fork, type ChildProcess } from "node:child_process";
import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { createEngine, inspectStore, type Engine } from "@headgate/engine";
import { compiled } from "../runtime/model.ts";

let path: string;
beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), "headgate-store-"));
});
afterEach(async () => {
  await rm(path, { recursive: true });
});
const program = "CREATE TABLE t (a INT, b VARCHAR) WITH ('materialized' = 'true');";
const open = async (directory = path): Promise<Engine> =>
  await createEngine({ program: await compiled(program), storage: { kind: "directory", path: directory }, threads: 1 });
const fill = async (): Promise<void> => {
  const engine = await open();
  const rows = Array.from({ length: 10_000 }, (_, i) => [i, `text that is not short ${i}`]);
  await engine.step({ changes: new Map([["t", [{ rows, ops: undefined }]]]), watch: new Set() });
  await engine.commit();
  await engine.close();
};
const failsWith = async (work: Promise<unknown>, ...words: (string | RegExp)[]): Promise<void> => {
  for (const word of words) await expect(work).rejects.toMatchObject({ code: "storage", message: expect.stringMatching(word) });
};

test("a store of another format is refused by name, and by inspection too", async () => {
  await fill();
  const file = join(path, "store.json");
  const content = JSON.parse(await readFile(file, "utf8")) as object;
  await writeFile(file, JSON.stringify({ ...content, format: 99 }));
  await failsWith(open(), "store.json", "format 99", /clear the pipeline's storage/);
  await failsWith(inspectStore(path, await compiled(program)), "format 99");
  await writeFile(file, "{ torn");
  await failsWith(open(), "store.json' is damaged");
});

test("a damaged or missing database says which file it is and what to do", async () => {
  await fill();
  const file = join(path, "engine.duckdb");
  await copyFile(file, `${file}.good`);
  await writeFile(file, Buffer.alloc(20_000, "no database"));
  await failsWith(open(), "engine.duckdb' is damaged", /Restore|clear/);
  const bytes = await readFile(`${file}.good`);
  for (let at = 4_096 * 3; at < bytes.length; at += 512) bytes[at] = bytes[at]! ^ 0xff;
  await writeFile(file, bytes);
  await failsWith(open(), "engine.duckdb' is damaged");
  await rm(file);
  await failsWith(open(), "engine.duckdb' is missing");
});

test("a directory that cannot be one is named", async () => {
  await writeFile(join(path, "file"), "");
  await failsWith(open(join(path, "file", "below")), "file/below");
});

const start = async (...args: string[]): Promise<ChildProcess> => {
  const child = fork(join(import.meta.dirname, "store-process.ts"), args, { execArgv: ["--conditions=headgate-source"] });
  await once(child, "message");
  return child;
};

test("a store that another process holds is refused, and free when that process is gone", async () => {
  const child = await start(path, "hold");
  await failsWith(open(), "in use by another process", String(child.pid));
  const exit = once(child, "exit");
  child.kill("SIGKILL");
  await exit;
  await (await open()).close();
});
