import { join } from "node:path";
import { afterEach, expect, test } from "@jest/globals";
import { createCompiler, type Compiler } from "../../src/compiler/compiler.ts";
import { eventually, processMark } from "../fixtures/world.ts";

let compiler: Compiler | undefined;
const pids: number[] = [];
afterEach(() => compiler?.close());
const open = (fields: { deadlineMs?: number; idleMs?: number } = {}): Compiler =>
  (compiler = createCompiler({
    modulePath: join(import.meta.dirname, "../fixtures/compiler-process.ts"),
    deadlineMs: 5000,
    idleMs: 60_000,
    onFork: (pid) => void pids.push(pid),
    ...fields,
  }));

test("a program that never ends is cut off, its process killed, and the next one compiles in a new one", async () => {
  const { compile } = open({ deadlineMs: 700 });
  await compile("x");
  const hung = compile("hang");
  const next = compile("x");
  await expect(hung).rejects.toMatchObject({ code: "CompilerTimeout", message: expect.stringContaining("0.7 s") });
  expect(await next).toMatchObject({ ok: true });
  await eventually(() => processMark(pids.at(-2) ?? 0) === undefined);
});

test("requests beyond the bound are refused at once", async () => {
  const { compile, close } = open();
  const first = compile("hang");
  const queued = Array.from({ length: 64 }, () => compile("x"));
  await expect(compile("x")).rejects.toMatchObject({ code: "CompilerUnavailable" });
  close();
  for (const one of [first, ...queued]) await expect(one).rejects.toMatchObject({ code: "CompilerUnavailable" });
  await expect(compile("x")).rejects.toMatchObject({ code: "CompilerUnavailable" });
});

test("an idle process is let go, and comes back when needed", async () => {
  const { compile } = open({ idleMs: 20 });
  await compile("x");
  await eventually(() => processMark(pids.at(-1) ?? 0) === undefined);
  expect(await compile("x")).toMatchObject({ ok: true });
});
