import { chmod, mkdir, open, readdir, readFile, readlink, stat, symlink, writeFile } from "node:fs/promises";
import { execFileSync } from "node:child_process";
import { dirname } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { SinkPositionLost, type EncodedChunk, type OutputContext, type OutputTransport } from "@headgate/connector-kit";
import { outputSuite } from "@headgate/connector-kit/acceptance";
import { createFileOutput, fileOutput } from "../../../src/transports/file-output/file-output.ts";
import { never, outputContext, scratch } from "../contexts.ts";
import { FaultyFileSystem } from "./faulty-file-system.ts";

outputSuite(
  { test },
  {
    name: "file_output",
    config: {
      definition: fileOutput,
      good: { path: "x" },
      bad: [
        { config: {}, names: ["path", "missing"] },
        { config: { path: "" }, names: ["path", "empty string"] },
        { config: { path: ["x"] }, names: ["path", "list"] },
      ],
    },
    prepare: async () => {
      const { path, remove } = await scratch();
      const fs = new FaultyFileSystem();
      const transport = createFileOutput(fs).create({ path: path("out") }, outputContext());
      return {
        transport,
        content: async () => readFile(path("out"), "utf8"),
        failAfter: (operations) => fs.failAfter(operations),
        leftovers: async () => (await readdir(dirname(path("out")))).filter((name) => name !== "out"),
        close: remove,
      };
    },
  },
);

const chunk = (text: string): EncodedChunk => ({ bytes: new TextEncoder().encode(text), records: 1 });

describe("file_output", () => {
  let dir: Awaited<ReturnType<typeof scratch>>;
  const outputs: OutputTransport[] = [];
  beforeEach(async () => {
    dir = await scratch();
  });
  afterEach(async () => {
    for (const output of outputs.splice(0)) await output.close();
    await dir.remove();
  });

  const create = (path: string, context: Partial<OutputContext> = {}, fs?: FaultyFileSystem): OutputTransport => {
    const output = createFileOutput(fs).create({ path }, outputContext(context));
    outputs.push(output);
    return output;
  };
  const opened = async (name: string, context: Partial<OutputContext> = {}): Promise<OutputTransport> => {
    const output = create(dir.path(name), context);
    await output.open(never());
    return output;
  };

  test("goes on behind what was acknowledged, and cuts off what was not", async () => {
    const first = await opened("out");
    await first.write(chunk("one "), never());
    await first.write(chunk("two "), never());
    const resumeAt = first.position?.();
    await first.sync?.();
    await first.write(chunk("three "), never());
    await first.close();
    const later = await opened("out", resumeAt === undefined ? {} : { resumeAt });
    expect(await readFile(dir.path("out"), "utf8")).toBe("one two ");
    await later.write(chunk("again "), never());
    expect(await readFile(dir.path("out"), "utf8")).toBe("one two again ");
  });

  test("knows its place after a snapshot, and while one is on its way", async () => {
    const output = await opened("out");
    await output.write(chunk("old content "), never());
    await output.reset?.begin(never());
    await output.write(chunk("new"), never());
    expect(output.position?.()).toBe("old content ".length);
    await output.reset?.commit(never());
    expect(output.position?.()).toBe("new".length);
  });

  test("says that its place is lost when the file does not reach so far", async () => {
    await writeFile(dir.path("out"), "short");
    await expect(create(dir.path("out"), { resumeAt: 100 }).open(never())).rejects.toBeInstanceOf(SinkPositionLost);
    expect(await readFile(dir.path("out"), "utf8")).toBe("short");
  });

  const content = (name: string): Promise<string> => readFile(dir.path(name), "utf8");

  test("empties an existing file when it opens", async () => {
    await writeFile(dir.path("out"), "old");
    await opened("out");
    expect(await content("out")).toBe("");
  });

  test("keeps the old content until the first commit when the runtime is going to reset it", async () => {
    await writeFile(dir.path("out"), "old");
    const output = await opened("out", { keepContent: true });
    expect(await content("out")).toBe("old");
    await output.reset?.begin(never());
    await output.write(chunk("new"), never());
    expect(await content("out")).toBe("old");
    await output.reset?.commit(never());
    await output.write(chunk(" and more"), never());
    expect(await content("out")).toBe("new and more");
  });

  test("replaces kept content by a write that is no snapshot's, and leaves it when nothing is written", async () => {
    await writeFile(dir.path("out"), "old");
    const untouched = await opened("out", { keepContent: true });
    await untouched.close();
    expect(await content("out")).toBe("old");
    const output = await opened("out", { keepContent: true });
    await output.write(chunk("new"), never());
    expect(await content("out")).toBe("new");
  });

  test("a reader with the file open still reads the whole old content after a reset", async () => {
    const output = await opened("out");
    await output.write(chunk("old content"), never());
    const reader = await open(dir.path("out"));
    await output.reset?.begin(never());
    await output.reset?.commit(never());
    expect(await reader.readFile("utf8")).toBe("old content");
    await reader.close();
    expect(await content("out")).toBe("");
  });

  test("beginning a second snapshot abandons the first", async () => {
    const output = await opened("out");
    await output.reset?.begin(never());
    await output.write(chunk("first"), never());
    await output.reset?.begin(never());
    await output.write(chunk("second"), never());
    await output.reset?.commit(never());
    expect(await content("out")).toBe("second");
    expect(await readdir(dir.path("."))).toEqual(["out"]);
  });

  test("removes at opening what a killed process left beside the file, and nothing else", async () => {
    await writeFile(dir.path("out.headgate-snapshot-0123456789ab"), "left");
    await writeFile(dir.path("out.headgate-snapshot-mine"), "kept");
    await writeFile(dir.path("other.headgate-snapshot-0123456789ab"), "kept");
    await opened("out");
    expect((await readdir(dir.path("."))).sort()).toEqual(["other.headgate-snapshot-0123456789ab", "out", "out.headgate-snapshot-mine"]);
  });

  test("writes through a symbolic link, also after a reset", async () => {
    await mkdir(dir.path("data"));
    await symlink(dir.path("data/real"), dir.path("out"));
    const output = await opened("out");
    await output.write(chunk("a"), never());
    await output.reset?.begin(never());
    await output.write(chunk("b"), never());
    await output.reset?.commit(never());
    await output.write(chunk("c"), never());
    expect(await content("data/real")).toBe("bc");
    expect(await readlink(dir.path("out"))).toBe(dir.path("data/real"));
    expect(await readdir(dir.path("data"))).toEqual(["real"]);
  });

  test("a reset keeps the file's permissions", async () => {
    const output = await opened("out");
    await chmod(dir.path("out"), 0o604);
    await output.reset?.begin(never());
    await output.reset?.commit(never());
    expect((await stat(dir.path("out"))).mode & 0o777).toBe(0o604);
  });

  test("refuses a missing directory, a directory and a FIFO at opening, in words", async () => {
    const refusal = async (path: string): Promise<unknown> =>
      create(dir.path(path))
        .open(never())
        .catch((error: unknown) => error);
    expect(await refusal("no/such/out")).toMatchObject({
      code: "invalid_config",
      message: expect.stringContaining("no such file or directory"),
    });
    await mkdir(dir.path("sub"));
    expect(await refusal("sub")).toMatchObject({ code: "invalid_config", message: expect.stringContaining("is a directory") });
    execFileSync("mkfifo", [dir.path("fifo")]);
    expect(await refusal("fifo")).toMatchObject({ code: "invalid_config", message: expect.stringContaining("not a regular file") });
  });

  test("a full disk is a retryable error that names the file and the cause", async () => {
    const fs = new FaultyFileSystem();
    const output = create(dir.path("out"), {}, fs);
    await output.open(never());
    fs.failAfter(1);
    const error = await output.write(chunk("some text"), never()).catch((e: unknown) => e);
    expect(error).toMatchObject({
      code: "retryable",
      tag: "file_write",
      message: expect.stringMatching(/out" cannot be written: the disk is full/),
    });
    expect(await content("out")).toBe("");
  });

  test("a part that could not be cut off at once is cut off before the next write", async () => {
    const fs = new FaultyFileSystem();
    const output = create(dir.path("out"), {}, fs);
    await output.open(never());
    await output.write(chunk("kept|"), never());
    let failing = true;
    const { length } = fs.operations;
    fs.failAfter(0);
    const write = output.write(chunk("lost"), never()).catch(() => (failing = false));
    // The write fails in its own turn; the cut that follows fails too.
    while (fs.operations.length === length) await Promise.resolve();
    fs.failAfter(0, "EIO");
    await write;
    expect(failing).toBe(false);
    // Shorter than the part: what is left of the part would show.
    await output.write(chunk("x"), never());
    expect(await content("out")).toBe("kept|x");
  });

  test("a commit whose last sync failed is finished by its retry, without a second rename", async () => {
    const fs = new FaultyFileSystem();
    const output = create(dir.path("out"), {}, fs);
    await output.open(never());
    await output.reset?.begin(never());
    await output.write(chunk("x"), never());
    fs.failAfter(2, "EIO");
    await expect(output.reset?.commit(never())).rejects.toMatchObject({ code: "retryable", tag: "file_reset" });
    await output.reset?.commit(never());
    expect(fs.operations.filter((name) => name === "rename")).toHaveLength(1);
    await output.write(chunk("y"), never());
    expect(await content("out")).toBe("xy");
  });

  test("a commit that was visible but not made durable is kept when a further reset cannot even begin", async () => {
    const fs = new FaultyFileSystem();
    const output = create(dir.path("out"), {}, fs);
    await output.open(never());
    await output.reset?.begin(never());
    await output.write(chunk("snapshot"), never());
    fs.failAfter(2, "EIO");
    await expect(output.reset?.commit(never())).rejects.toMatchObject({ code: "retryable" });
    fs.failAfter(0, "EACCES");
    await expect(output.reset?.begin(never())).rejects.toMatchObject({
      code: "retryable",
      message: expect.stringContaining("permission denied"),
    });
    await output.write(chunk(" and delta"), never());
    expect(await content("out")).toBe("snapshot and delta");
  });
});
