import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline, Readable } from "node:stream";
import { describe, expect, test } from "@jest/globals";
import type { EncodedChunk } from "@headgate/connector-kit";
import { ManualClock, outputSuite } from "@headgate/connector-kit/acceptance";
import { createHttpOutput, type HttpOutput, type HttpOutputOptions } from "../../../src/transports/http-output/http-output.ts";
import { never, until } from "../contexts.ts";

interface Frame {
  readonly sequence_number: number;
  readonly snapshot: boolean;
  readonly json_data?: readonly unknown[];
  readonly text_data?: string;
}

const parse = (bytes: Uint8Array): Frame => {
  const text = new TextDecoder().decode(bytes);
  expect(text.endsWith("}\r\n")).toBe(true);
  expect(text.indexOf("\n")).toBe(text.length - 1);
  return JSON.parse(text) as Frame;
};

/** A reader as a client would be: a snapshot starts where `snapshot` turns true, and replaces everything. */
class Reader {
  content = "";
  readonly frames: Frame[] = [];
  readonly done: Promise<void>;
  #inSnapshot = false;

  constructor(output: HttpOutput) {
    this.done = this.#read(output);
  }

  async #read(output: HttpOutput): Promise<void> {
    for await (const bytes of output.frames) {
      const frame = parse(bytes);
      this.frames.push(frame);
      if (frame.snapshot && !this.#inSnapshot) this.content = "";
      this.#inSnapshot = frame.snapshot;
      this.content += frame.text_data ?? "";
    }
  }
}

for (const backpressure of [true, false]) {
  outputSuite(
    { test },
    {
      name: `http_output with backpressure ${backpressure}`,
      stream: true,
      prepare: async () => {
        const output = createHttpOutput({ format: "csv", backpressure });
        const reader = new Reader(output);
        return {
          transport: output.transport,
          content: async () => {
            // Delivered frames are the reader's own business for a turn or two.
            await new Promise((resolve) => setImmediate(resolve));
            return reader.content;
          },
          close: () => reader.done,
        };
      },
    },
  );
}

const json = (...rows: readonly unknown[]): EncodedChunk => ({
  bytes: new TextEncoder().encode(JSON.stringify(rows)),
  records: rows.length,
});

describe("http_output", () => {
  const setUp = (
    options: Partial<HttpOutputOptions> = {},
  ): { clock: ManualClock; output: HttpOutput; next: () => Promise<Frame | undefined> } => {
    const clock = new ManualClock();
    const output = createHttpOutput({ format: "json", backpressure: false, clock, ...options });
    const iterator = output.frames[Symbol.asyncIterator]();
    const next = async (): Promise<Frame | undefined> => {
      const { done, value } = await iterator.next();
      return done === true ? undefined : parse(value as Uint8Array);
    };
    return { clock, output, next };
  };

  test("gives each chunk as one JSON object and a line end, numbered from 0", async () => {
    const { output, next } = setUp();
    await output.transport.write({ bytes: new TextEncoder().encode('[{"insert":{"a":1}}]\n'), records: 1 }, never());
    await output.transport.write(json({ delete: { a: "x\ny" } }), never());
    expect(await next()).toEqual({ sequence_number: 0, snapshot: false, json_data: [{ insert: { a: 1 } }] });
    expect(await next()).toEqual({ sequence_number: 1, snapshot: false, json_data: [{ delete: { a: "x\ny" } }] });
  });

  test("gives CSV as text", async () => {
    const { output, next } = setUp({ format: "csv" });
    await output.transport.write({ bytes: new TextEncoder().encode('1,"ä"\n'), records: 1 }, never());
    expect(await next()).toEqual({ sequence_number: 0, snapshot: false, text_data: '1,"ä"\n' });
  });

  test("sends a heartbeat after each 3 s without data, with a number of its own", async () => {
    const { clock, output, next } = setUp();
    const beats: (Frame | undefined)[] = [];
    const read = next().then((frame) => beats.push(frame));
    await clock.advance(2999);
    expect(beats).toEqual([]);
    await clock.advance(1);
    await read;
    expect(beats).toEqual([{ sequence_number: 0, snapshot: false }]);
    const second = next();
    await clock.advance(3000);
    expect(await second).toEqual({ sequence_number: 1, snapshot: false });
    const data = next();
    await clock.advance(1000);
    await output.transport.write(json(1), never());
    expect(await data).toEqual({ sequence_number: 2, snapshot: false, json_data: [1] });
    const after: (Frame | undefined)[] = [];
    const last = next().then((frame) => after.push(frame));
    await clock.advance(2999);
    expect(after).toEqual([]);
    await clock.advance(1);
    await last;
    expect(after).toEqual([{ sequence_number: 3, snapshot: false }]);
  });

  test("sends no heartbeat while a snapshot is awaited or under way", async () => {
    const { clock, output, next } = setUp({ sendSnapshot: true });
    const first = next();
    await clock.advance(10_000);
    await output.transport.reset?.begin(never());
    await clock.advance(10_000);
    await output.transport.write(json(1), never());
    expect(await first).toEqual({ sequence_number: 0, snapshot: true, json_data: [1] });
    const second = next();
    await clock.advance(10_000);
    await output.transport.write(json(2), never());
    expect(await second).toEqual({ sequence_number: 1, snapshot: true, json_data: [2] });
    const third = next();
    await output.transport.reset?.commit(never());
    await clock.advance(3000);
    expect(await third).toEqual({ sequence_number: 2, snapshot: false });
  });

  test("an empty snapshot still shows", async () => {
    for (const [format, data] of [
      ["json", { json_data: [] }],
      ["csv", { text_data: "" }],
    ] as const) {
      const { output, next } = setUp({ format, sendSnapshot: true });
      await output.transport.reset?.begin(never());
      const committed = output.transport.reset?.commit(never());
      expect(await next()).toEqual({ sequence_number: 0, snapshot: true, ...data });
      await committed;
    }
  });

  test("a commit waits until the reader took the last chunk of the snapshot", async () => {
    const { output, next } = setUp();
    await output.transport.reset?.begin(never());
    await output.transport.write(json(1), never());
    let committed = false;
    const commit = output.transport.reset?.commit(never()).then(() => (committed = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(committed).toBe(false);
    await next();
    await commit;
    expect(committed).toBe(true);
  });

  test("a reset drops what waits, and closes a snapshot of which the reader has a part", async () => {
    const { output, next } = setUp();
    await output.transport.write(json("old"), never());
    await output.transport.reset?.begin(never());
    await output.transport.write(json("a"), never());
    expect(await next()).toMatchObject({ snapshot: true, json_data: ["a"] });
    await output.transport.write(json("never seen"), never());
    await output.transport.reset?.begin(never());
    await output.transport.write(json("b"), never());
    expect(await next()).toEqual({ sequence_number: 1, snapshot: false });
    expect(await next()).toEqual({ sequence_number: 2, snapshot: true, json_data: ["b"] });
  });

  test("without backpressure keeps 100 chunks, drops further ones, counts them, and shows the gap", async () => {
    const { output, next } = setUp();
    for (let i = 0; i < 103; i += 1) await output.transport.write(json(i), never());
    expect(output.droppedChunks()).toBe(3);
    for (let i = 0; i < 100; i += 1) expect(await next()).toMatchObject({ sequence_number: i, json_data: [i] });
    await output.transport.write(json("after"), never());
    expect(await next()).toMatchObject({ sequence_number: 103, json_data: ["after"] });
  });

  test("never drops a chunk of a snapshot", async () => {
    const { output, next } = setUp();
    await output.transport.reset?.begin(never());
    const writing = (async () => {
      for (let i = 0; i < 250; i += 1) await output.transport.write(json(i), never());
      await output.transport.reset?.commit(never());
    })();
    for (let i = 0; i < 250; i += 1) expect(await next()).toMatchObject({ snapshot: true, json_data: [i] });
    await writing;
    expect(output.droppedChunks()).toBe(0);
  });

  test("with backpressure a write resolves when its chunk is taken, and an aborted one withdraws it", async () => {
    const { output, next } = setUp({ backpressure: true });
    const pause = new AbortController();
    const aborted = output.transport.write(json("withdrawn"), pause.signal);
    pause.abort(new Error("paused"));
    await expect(aborted).rejects.toThrow("paused");
    let written = false;
    const write = output.transport.write(json("kept"), never()).then(() => (written = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(written).toBe(false);
    expect(await next()).toMatchObject({ sequence_number: 0, json_data: ["kept"] });
    await write;
  });

  test("ends for the runtime when the reader goes away, also while a write waits", async () => {
    const { output } = setUp({ backpressure: true });
    const iterator = output.frames[Symbol.asyncIterator]();
    const pending = iterator.next();
    await iterator.return?.();
    expect((await pending).done).toBe(true);
    await expect(output.transport.write(json(1), never())).rejects.toMatchObject({
      code: "fatal",
      message: expect.stringContaining("disconnected"),
    });

    const other = setUp({ backpressure: true }).output;
    const write = other.transport.write(json(1), never());
    other.disconnect();
    await expect(write).rejects.toMatchObject({ code: "fatal", message: expect.stringContaining("disconnected") });
  });

  test("ends for the reader when the transport closes, after what still waits", async () => {
    const { output, next } = setUp();
    await output.transport.write(json(1), never());
    await output.transport.close();
    expect(await next()).toMatchObject({ json_data: [1] });
    expect(await next()).toBeUndefined();
    const quiet = setUp();
    const waiting = quiet.next();
    await quiet.output.transport.close();
    expect(await waiting).toBeUndefined();
    await until("timers stopped", () => quiet.clock.sleeping === 0);
  });

  test("over real HTTP gives whole chunks, and learns when the client is gone", async () => {
    const output = createHttpOutput({ format: "json", backpressure: true });
    const server = createServer((_, response) => {
      response.setHeader("content-type", "application/json");
      pipeline(Readable.from(output.frames), response, () => output.disconnect());
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const client = new AbortController();
    const response = fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, { method: "POST", signal: client.signal });
    await output.transport.write(json({ insert: { a: "ä".repeat(100_000) } }), never());
    const reader = (await response).body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    while (!text.endsWith("\r\n")) text += (await reader?.read())?.value ?? "";
    expect(JSON.parse(text)).toEqual({ sequence_number: 0, snapshot: false, json_data: [{ insert: { a: "ä".repeat(100_000) } }] });
    client.abort();
    await reader?.cancel().catch(() => undefined);
    const writing = (async () => {
      for (;;) await output.transport.write(json(1), AbortSignal.timeout(5000));
    })();
    await expect(writing).rejects.toMatchObject({ code: "fatal", message: expect.stringContaining("disconnected") });
    await new Promise((resolve) => server.close(resolve));
  });
});
