import { appendFile, mkdir, rename, truncate, writeFile } from "node:fs/promises";
import { execFileSync } from "node:child_process";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { ConnectorError, systemClock, type InputTransport } from "@headgate/connector-kit";
import { inputSuite } from "@headgate/connector-kit/acceptance";
import { createFileInput, fileInput } from "../../../src/transports/file-input/file-input.ts";
import { inputContext, never, scratch } from "../contexts.ts";

const content = Array.from({ length: 5000 }, (_, i) => `{"line": ${i}, "text": "größe"}\n`).join("");

inputSuite(
  { test },
  {
    definition: fileInput,
    goodConfig: { path: "x" },
    badConfigs: [
      { config: {}, names: ["path", "missing", "non-empty string"] },
      { config: { path: 5 }, names: ["path", "string", "5"] },
      { config: { path: "x", follow: "yes" }, names: ["follow", "true or false", "yes"] },
      { config: { path: "x", buffer_size_bytes: 0 }, names: ["buffer_size_bytes", "at least 1", "0"] },
      { config: { path: "x", folow: true }, names: ["folow", "did you mean", "follow"] },
    ],
    prepare: async () => {
      const { path, remove } = await scratch();
      await writeFile(path("in"), content);
      return { config: { path: path("in"), buffer_size_bytes: 1000 }, context: inputContext(), content, close: remove };
    },
  },
);

describe("file_input", () => {
  let dir: Awaited<ReturnType<typeof scratch>>;
  let input: InputTransport | undefined;
  beforeEach(async () => {
    dir = await scratch();
  });
  afterEach(async () => {
    await input?.close();
    input = undefined;
    await dir.remove();
  });

  const opened = async (name: string, follow = false): Promise<InputTransport> => {
    const definition = createFileInput({ clock: systemClock, pollMs: 10 });
    input = definition.create(definition.parseConfig({ path: dir.path(name), follow }), inputContext());
    await input.open(never());
    return input;
  };
  test("refuses to go on in a file that is shorter or begins differently than the one that was read", async () => {
    await writeFile(dir.path("in"), content);
    const first = await opened("in");
    await first.read(never());
    const resumeAt = first.position?.(0);
    const resume = async (): Promise<void> => {
      const definition = createFileInput({ clock: systemClock, pollMs: 10 });
      const later = definition.create(definition.parseConfig({ path: dir.path("in") }), {
        ...inputContext(),
        ...(resumeAt === undefined ? {} : { resumeAt }),
      });
      await later.open(never()).finally(() => later.close());
    };
    await appendFile(dir.path("in"), "more");
    await resume();
    await writeFile(dir.path("in"), content.replace("0", "9"));
    await expect(resume()).rejects.toThrow(/is another file than the one that was read before the restart.*clear the pipeline's storage/);
    await truncate(dir.path("in"), 10);
    await expect(resume()).rejects.toMatchObject({
      code: "invalid_config",
      message: expect.stringMatching(/has 10 bytes, but \d+ bytes of it were read/),
    });
  });

  const nextText = async (from: InputTransport): Promise<string> => {
    const chunk = await from.read(AbortSignal.timeout(5000));
    if (chunk === undefined || chunk.kind === "changes" || chunk.kind === "messages") throw new Error("no bytes came");
    return (chunk.kind === "message" ? "|" : "") + new TextDecoder().decode(chunk.bytes);
  };

  test("does not open when the file is missing, and says so", async () => {
    await expect(opened("none")).rejects.toMatchObject({
      code: "fatal",
      message: expect.stringMatching(/none" cannot be opened.*no such file/),
    });
  });

  test("refuses a directory and a FIFO, without waiting", async () => {
    await mkdir(dir.path("sub"));
    await expect(opened("sub")).rejects.toMatchObject({ code: "invalid_config", message: expect.stringContaining("is a directory") });
    execFileSync("mkfifo", [dir.path("fifo")]);
    await expect(opened("fifo")).rejects.toMatchObject({ code: "invalid_config", message: expect.stringContaining("not a regular file") });
  });

  test("ends at once when the file is empty", async () => {
    await writeFile(dir.path("in"), "");
    expect(await (await opened("in")).read(never())).toBeUndefined();
  });

  test("with follow waits at the end for what is appended", async () => {
    await writeFile(dir.path("in"), "one\n");
    const tail = await opened("in", true);
    expect(await nextText(tail)).toBe("one\n");
    const next = nextText(tail);
    await appendFile(dir.path("in"), "two\n");
    expect(await next).toBe("two\n");
  });

  test("with follow an aborted wait loses nothing", async () => {
    await writeFile(dir.path("in"), "one\n");
    const tail = await opened("in", true);
    await nextText(tail);
    const pause = new AbortController();
    const waiting = tail.read(pause.signal);
    pause.abort(new Error("paused"));
    await expect(waiting).rejects.toThrow("paused");
    await appendFile(dir.path("in"), "two\n");
    expect(await nextText(tail)).toBe("two\n");
  });

  test("with follow a file that another one replaces is read to its end, then the new one from its start", async () => {
    await writeFile(dir.path("in"), "one\n");
    const tail = await opened("in", true);
    expect(await nextText(tail)).toBe("one\n");
    await appendFile(dir.path("in"), "last");
    await rename(dir.path("in"), dir.path("in.1"));
    await writeFile(dir.path("in"), "new\n");
    expect(await nextText(tail)).toBe("last");
    expect(await nextText(tail)).toBe("|");
    expect(await nextText(tail)).toBe("new\n");
    await appendFile(dir.path("in"), "more\n");
    expect(await nextText(tail)).toBe("more\n");
  });

  test("with follow a truncated file is reported once, then read again from its start", async () => {
    await writeFile(dir.path("in"), "one\ntwo\n");
    const tail = await opened("in", true);
    await nextText(tail);
    const next = nextText(tail);
    await truncate(dir.path("in"), 3);
    const error = await next.catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ConnectorError);
    expect(error).toMatchObject({ code: "retryable", tag: "file_truncated", message: expect.stringContaining("from 8 to 3 bytes") });
    expect(await nextText(tail)).toBe("|");
    expect(await nextText(tail)).toBe("one");
  });
});
