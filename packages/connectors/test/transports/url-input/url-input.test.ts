import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { ConnectorError, type InputChunk, type InputTransport } from "@headgate/connector-kit";
import { contentOf, inputSuite, ManualClock } from "@headgate/connector-kit/acceptance";
import { createUrlInput, urlInput } from "../../../src/transports/url-input/url-input.ts";
import { inputContext, never, until } from "../contexts.ts";
import { serveFile, startServer, type TestServer } from "./test-server.ts";

const content = Array.from({ length: 8000 }, (_, i) => `{"line": ${i}, "text": "größe"}\n`).join("");
const body = Buffer.from(content);

const badConfigs = [
  { config: {}, names: ["path", "missing", "URL"] },
  { config: { path: "no url" }, names: ["path", "http: or https:"] },
  { config: { path: "ftp://host/x" }, names: ["path", "ftp:"] },
  { config: { path: "file:///etc/passwd" }, names: ["path", "file_input"] },
  { config: { path: "http://host/", pause_timeout: -1 }, names: ["pause_timeout", "-1", "at least 0"] },
];
const servers = [
  { breakAfter: 70_000, etag: '"a"', ranges: true },
  { breakAfter: 200_000, etag: '"a"', ranges: false },
  { etag: 'W/"weak"', modified: "Sat, 01 Jan 2022 00:00:00 GMT", ranges: true, breakAfter: 100_000 },
  {},
];
for (const options of servers) {
  describe(`from a server with ${JSON.stringify(options)}`, () => {
    inputSuite(
      { test },
      {
        definition: urlInput,
        goodConfig: { path: "http://host/x" },
        badConfigs,
        runs: 8,
        prepare: async () => {
          // A server that always breaks at the same place would never give what lies behind it without ranges.
          const server = await startServer(serveFile(body, options));
          if (options.ranges === false) {
            const broken = server.answer;
            server.answer = (request, response) =>
              (server.requests.length === 1 ? broken : serveFile(body, { etag: '"a"' }))(request, response);
          }
          const config = { path: server.url, pause_timeout: 60 };
          return { config, context: inputContext(), content, close: () => server.close() };
        },
      },
    );
  });
}

describe("url_input", () => {
  let server: TestServer;
  let input: InputTransport | undefined;
  let clock: ManualClock;
  beforeEach(async () => {
    clock = new ManualClock();
    server = await startServer(serveFile(body));
  });
  afterEach(async () => {
    await input?.close();
    await server.close();
  });

  const opened = async (path = server.url, pauseTimeout = 60): Promise<InputTransport> => {
    const definition = createUrlInput({ fetch: globalThis.fetch, clock });
    input = definition.create(definition.parseConfig({ path, pause_timeout: pauseTimeout }), inputContext());
    await input.open(never());
    return input;
  };
  const read = async (from: InputTransport): Promise<InputChunk | undefined> => from.read(AbortSignal.timeout(5000));
  const rest = async (from: InputTransport, chunks: InputChunk[] = []): Promise<string> => {
    for (;;) {
      const chunk = await read(from).catch((error: unknown) => {
        if (error instanceof ConnectorError && error.code === "retryable") return null;
        throw error;
      });
      if (chunk === undefined) return contentOf(chunks);
      if (chunk !== null) chunks.push(chunk);
    }
  };
  const openSockets = (): number => server.requests.filter(({ socket }) => !socket.destroyed).length;

  test("makes no request before it is read", async () => {
    await opened();
    await new Promise((resolve) => setImmediate(resolve));
    expect(server.requests).toHaveLength(0);
  });

  test("an error status is fatal and is named, the query is not", async () => {
    server.answer = (_, response) => void response.writeHead(404).end();
    const error = await read(await opened(`${server.url}?signature=hush`)).catch((e: unknown) => e);
    expect(error).toMatchObject({
      code: "fatal",
      tag: "url_read",
      message: expect.stringMatching(/data\.json was answered with 404 Not Found/),
    });
    expect((error as Error).message).not.toContain("hush");
  });

  test("a refused connection is retryable", async () => {
    const { url } = server;
    await server.close();
    await expect(read(await opened(url))).rejects.toMatchObject({ code: "retryable", message: expect.stringContaining("refused") });
    server = await startServer(serveFile(body));
  });

  test("a port that fetch never connects to is fatal, since no waiting mends it", async () => {
    await expect(read(await opened("http://127.0.0.1:1/data.json"))).rejects.toMatchObject({
      code: "fatal",
      message: expect.stringContaining("never connects to port 1"),
    });
  });

  test("credentials travel in the header and never in a message", async () => {
    server.answer = (_, response) => void response.writeHead(401).end();
    const path = server.url.replace("http://", "http://me:p%40ss@");
    const error = (await read(await opened(path)).catch((e: unknown) => e)) as Error;
    expect(server.requests[0]?.headers.authorization).toBe(`Basic ${Buffer.from("me:p@ss").toString("base64")}`);
    expect(error.message).toContain("401");
    expect(error.message).not.toMatch(/p%40ss|p@ss|me:/);
  });

  test("lets the connection go when it is not read for the pause timeout, and goes on by Range", async () => {
    server.answer = serveFile(body, { etag: '"v1"', ranges: true });
    const source = await opened(server.url, 2);
    const first = await read(source);
    await clock.advance(1999);
    expect(openSockets()).toBe(1);
    await clock.advance(1);
    await until("the connection is gone", () => openSockets() === 0);
    expect(await rest(source, first === undefined ? [] : [first])).toBe(content);
    expect(server.requests).toHaveLength(2);
    expect(server.requests[1]?.headers).toMatchObject({ range: expect.stringMatching(/^bytes=\d+-$/), "if-range": '"v1"' });
  });

  test("goes on by reading again and skipping when the server knows no ranges", async () => {
    server.answer = serveFile(body, { breakAfter: 100_000 });
    const source = await opened();
    const chunks: InputChunk[] = [];
    for (;;) {
      const chunk = await read(source).catch(() => undefined);
      if (chunk === undefined) break;
      chunks.push(chunk);
    }
    server.answer = serveFile(body);
    expect(await rest(source, chunks)).toBe(content);
    expect(server.requests).toHaveLength(2);
  });

  const changes = [
    {
      name: "its ETag is another",
      before: { etag: '"v1"', ranges: true },
      after: { etag: '"v2"', ranges: true },
      body,
      says: /ETag was "v1" and is "v2"/,
    },
    { name: "its length is another", before: {}, after: {}, body: Buffer.concat([body, body]), says: /length was \d+ bytes and is \d+/ },
    {
      name: "bytes of the part already read are others",
      before: {},
      after: {},
      body: Buffer.from(content.replace('"line": 0', '"line": 9')),
      says: /the part that was read already is different/,
    },
  ];
  for (const change of changes) {
    test(`content that changed while it was read is fatal: ${change.name}`, async () => {
      server.answer = serveFile(body, change.before);
      const source = await opened(server.url, 1);
      await read(source);
      await clock.advance(1000);
      server.answer = serveFile(change.body, change.after);
      await expect(rest(source)).rejects.toMatchObject({ code: "fatal", message: expect.stringMatching(change.says) });
    });
  }

  test("a server that is busy when the download goes on is retryable", async () => {
    server.answer = serveFile(body, { etag: '"v1"', ranges: true });
    const source = await opened(server.url, 1);
    const first = await read(source);
    await clock.advance(1000);
    server.answer = (_, response) => void response.writeHead(503).end();
    await expect(read(source)).rejects.toMatchObject({ code: "retryable", message: expect.stringContaining("503") });
    server.answer = serveFile(body, { etag: '"v1"', ranges: true });
    expect(await rest(source, first === undefined ? [] : [first])).toBe(content);
  });

  test("content that comes compressed all the same is read and resumed by its own bytes", async () => {
    const packed = gzipSync(body);
    server.answer = (_, response) => void response.writeHead(200, { "content-encoding": "gzip", etag: '"z"' }).end(packed);
    const source = await opened(server.url, 1);
    const first = await read(source);
    await clock.advance(1000);
    expect(await rest(source, first === undefined ? [] : [first])).toBe(content);
  });

  test("an empty answer is an empty input", async () => {
    server.answer = (_, response) => void response.writeHead(204).end();
    expect(await read(await opened())).toBeUndefined();
  });

  test("a pause while the server is silent is no error: the next read asks again", async () => {
    server.answer = (_, response) => {
      response.writeHead(200, { "content-length": body.length, etag: '"v1"' });
      response.write(body.subarray(0, 10));
    };
    const source = await opened(server.url, 1);
    const first = await read(source);
    const pause = new AbortController();
    const waiting = source.read(pause.signal);
    pause.abort(new Error("paused"));
    await expect(waiting).rejects.toThrow("paused");
    await clock.advance(1000);
    await until("the connection is gone", () => openSockets() === 0);
    server.answer = serveFile(body, { etag: '"v1"', ranges: true });
    const next = await read(source);
    expect(
      await rest(
        source,
        [first, next].flatMap((chunk) => chunk ?? []),
      ),
    ).toBe(content);
  });
});
