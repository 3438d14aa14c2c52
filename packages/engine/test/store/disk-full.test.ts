import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { createEngine } from "@headgate/engine";
import { compiled, snapshotOf } from "../runtime/model.ts";
import { fullDiskProgram } from "./full-disk-process.ts";

interface Told {
  readonly committed?: number;
  readonly refused?: { readonly code: string; readonly message: string; readonly pending: number; readonly step: number };
}

test("a disk that is full fails the commit and nothing else: steps go on, and what is on disk is whole", async () => {
  const path = await mkdtemp(join(tmpdir(), "headgate-full-"));
  try {
    // The shell's limit on the size of files stands for a full disk: at most 1.5 MB.
    const entry = join(import.meta.dirname, "full-disk-process.ts");
    const command = `trap '' XFSZ; ulimit -f 1500; exec "${process.execPath}" --conditions=headgate-source "${entry}" "${path}"`;
    const child = spawn("bash", ["-c", command], { stdio: ["ignore", "pipe", "inherit"] });
    let output = "";
    child.stdout.on("data", (text: Buffer) => (output += text.toString()));
    await once(child, "close");
    const told = output
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Told);
    const refused = told.find((line) => line.refused !== undefined)?.refused;
    expect(refused).toMatchObject({
      code: "storage",
      message: expect.stringMatching(/engine\.duckdb' cannot grow: the disk is full\. Free some space/),
    });
    const committed = Math.max(...told.map((line) => line.committed ?? 0));
    expect(committed).toBeGreaterThan(0);
    // The step after the refused commit was done, and both wait.
    expect(refused!.step).toBe(committed + 2);
    expect(refused!.pending).toBe(20_000);
    const engine = await createEngine({ program: await compiled(fullDiskProgram), storage: { kind: "directory", path }, threads: 1 });
    expect(engine.restored?.step).toBe(committed);
    expect(await snapshotOf(engine, "t")).toMatchObject({ records: committed * 10_000 });
    await engine.close();
  } finally {
    await rm(path, { recursive: true });
  }
});
