import { describe, expect, test } from "@jest/globals";
import type { ServerResponse } from "node:http";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createClient, type Chunk } from "../src/index.ts";
import { failure, readBody, serve } from "./serve.ts";

const json = { "content-type": "application/json" };
const line = (chunk: Chunk) => `${JSON.stringify(chunk)}\r\n`;
const insert = (sequence_number: number): Chunk => ({ sequence_number, snapshot: false, json_data: [{ insert: { id: sequence_number } }] });
const retry = { maxRetries: 0 };

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe("a change stream", () => {
  test("gives chunks as they come, without the heartbeats", async () => {
    let url = "";
    await using server = await serve((request, response) => {
      url = request.url ?? "";
      response.writeHead(200, json);
      response.end(line(insert(0)) + line({ sequence_number: 1, snapshot: false }) + line(insert(2)));
    });
    const client = createClient({ baseUrl: server.url });
    expect(await collect(await client.egress("p", "v", { sendSnapshot: true }))).toEqual([insert(0), insert(2)]);
    expect(Object.fromEntries(new URL(url, server.url).searchParams)).toEqual({
      format: "json",
      backpressure: "true",
      send_snapshot: "true",
      array: "true",
    });
    expect(await collect(await client.egress("p", "v", { heartbeats: true }))).toHaveLength(3);
  });

  test("outlives the deadline of its call once it has begun", async () => {
    await using server = await serve((_request, response) => {
      response.writeHead(200, json).write(line(insert(0)));
      setTimeout(() => response.end(line(insert(1))), 80);
    });
    const stream = await createClient({ baseUrl: server.url, timeoutMs: 40 }).egress("p", "v");
    expect(await collect(stream)).toHaveLength(2);
  });

  test("tells when it was cut, after giving what had arrived", async () => {
    await using server = await serve((_request, response) => {
      response.writeHead(200, json).write(line(insert(0)), () => setImmediate(() => response.destroy()));
    });
    const given: Chunk[] = [];
    const stream = await createClient({ baseUrl: server.url, retry }).egress("p", "v");
    const read = (async () => {
      for await (const chunk of stream) given.push(chunk);
    })();
    expect(await failure(read)).toMatchObject({ name: "ClientError", code: "connection" });
    expect(given).toEqual([insert(0)]);
  });

  test("tells when it ends within a chunk", async () => {
    await using server = await serve((_request, response) => response.writeHead(200, json).end('{"sequence_number":0,'));
    const stream = await createClient({ baseUrl: server.url }).egress("p", "v");
    expect(await failure(collect(stream))).toMatchObject({ code: "malformed_reply" });
  });

  test("counts as lost when it is silent for too long", async () => {
    await using server = await serve((_request, response) => void response.writeHead(200, json).write(line(insert(0))));
    const stream = await createClient({ baseUrl: server.url }).egress("p", "v", { idleTimeoutMs: 30 });
    expect(await failure(collect(stream))).toMatchObject({ code: "timeout" });
  });

  test("lets the server go when the loop over it is left, when it is closed, and when the signal fires", async () => {
    const gone: Promise<void>[] = [];
    await using server = await serve((_request, response: ServerResponse) => {
      gone.push(new Promise((resolve) => response.on("close", resolve)));
      response.writeHead(200, json).write(line(insert(0)));
    });
    const client = createClient({ baseUrl: server.url });
    for await (const chunk of await client.egress("p", "v")) {
      expect(chunk).toEqual(insert(0));
      break;
    }
    const closed = await client.egress("p", "v");
    const reading = collect(closed);
    closed.close();
    expect(await reading).toEqual([]);
    const controller = new AbortController();
    const aborted = collect(await client.egress("p", "v", { signal: controller.signal }));
    controller.abort();
    expect(await failure(aborted)).toMatchObject({ name: "ClientError", code: "aborted" });
    await Promise.all(gone);
    expect(gone).toHaveLength(3);
  });
});

test("streams that nobody reads are let go of when they are closed, also after a garbage collection", async () => {
  setFlagsFromString("--expose-gc");
  const collectGarbage = runInNewContext("gc") as () => void;
  const gone: Promise<void>[] = [];
  await using server = await serve((_request, response: ServerResponse) => {
    gone.push(new Promise((resolve) => response.on("close", resolve)));
    response.writeHead(200, json).write(line(insert(0)));
  });
  const client = createClient({ baseUrl: server.url });
  const controller = new AbortController();
  const options = { signal: controller.signal };
  const streams = await Promise.all(Array.from({ length: 20 }, () => client.egress("p", "v")));
  await Promise.all(Array.from({ length: 20 }, () => client.egress("p", "v", options)));
  collectGarbage();
  for (const stream of streams) stream.close();
  controller.abort();
  await Promise.all(gone);
  expect(gone).toHaveLength(40);
});

test("a query gives its rows, with every digit when asked for", async () => {
  await using server = await serve((_request, response) => response.writeHead(200, json).end('{"id":9007199254740993}\n{"id":1}\n'));
  const client = createClient({ baseUrl: server.url });
  expect(await collect(await client.query<{ id: bigint | number }>("p", "SELECT id FROM t", { bigints: true }))).toEqual([
    { id: 9007199254740993n },
    { id: 1 },
  ]);
});

describe("rows sent as they come", () => {
  test("reach the server before the source has ended", async () => {
    let first = () => {};
    const arrived = new Promise<void>((resolve) => (first = resolve));
    let body = "";
    let url = "";
    await using server = await serve((request, response) => {
      url = request.url ?? "";
      request.on("data", (piece: Buffer) => {
        body += piece.toString();
        first();
      });
      request.on("end", () => response.writeHead(200, json).end('{"token":"t1"}'));
    });
    async function* rows() {
      yield { id: 1 };
      await arrived;
      yield { id: 2 };
    }
    expect(await createClient({ baseUrl: server.url }).ingress("p", "t", rows(), { force: true })).toEqual({ token: "t1" });
    expect(body).toBe('{"id":1}\n{"id":2}\n');
    expect(Object.fromEntries(new URL(url, server.url).searchParams)).toEqual({ format: "json", update_format: "raw", force: "true" });
  });

  test("give their source's own error back to the caller", async () => {
    await using server = await serve((request, response) => {
      request.on("error", () => response.destroy());
      request.resume();
    });
    const broken = new Error("the file is gone");
    async function* rows() {
      yield { id: 1 };
      await Promise.resolve();
      throw broken;
    }
    expect(await failure(createClient({ baseUrl: server.url }).ingress("p", "t", rows()))).toBe(broken);
  });

  test("wait for their effects when asked to", async () => {
    let questions = 0;
    await using server = await serve((request, response) => {
      void readBody(request).then(() => {
        response.writeHead(200, json);
        if (request.method === "POST") return void response.end('{"token":"t1"}');
        expect(request.url).toBe("/v0/pipelines/p/completion_status?token=t1");
        response.end(JSON.stringify({ status: ++questions === 3 ? "complete" : "inprogress", step: null }));
      });
    });
    await createClient({ baseUrl: server.url }).ingress("p", "t", [{ id: 1 }], { wait: true });
    expect(questions).toBe(3);
  });

  test("can be a body that is ready in its format", async () => {
    let body = "";
    await using server = await serve((request, response) => {
      void readBody(request).then((text) => {
        body = text;
        response.writeHead(200, json).end('{"token":"t1"}');
      });
    });
    const client = createClient({ baseUrl: server.url });
    for (const raw of ["1,a\n", new TextEncoder().encode("1,a\n"), new Blob(["1,a\n"]), new Blob(["1,a\n"]).stream()]) {
      await client.ingressRaw("p", "t", raw, { format: "csv" });
      expect(body).toBe("1,a\n");
    }
  });
});
