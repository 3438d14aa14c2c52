import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A local HTTP server that answers each request as a test says. */
export interface TestServer {
  readonly url: string;
  readonly requests: IncomingMessage[];
  answer: (request: IncomingMessage, response: ServerResponse) => void;
  close(): Promise<void>;
}

export async function startServer(answer: TestServer["answer"]): Promise<TestServer> {
  const requests: IncomingMessage[] = [];
  const http = createServer((request, response) => {
    requests.push(request);
    server.answer(request, response);
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const server: TestServer = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/data.json`,
    requests,
    answer,
    close: () =>
      new Promise((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      }),
  };
  return server;
}

export interface FileAnswer {
  readonly etag?: string;
  readonly modified?: string;
  /** Honours Range with If-Range. */
  readonly ranges?: boolean;
  /** Breaks the connection after so many bytes of each answer. */
  readonly breakAfter?: number;
  /** Sends in pieces of this size. */
  readonly piece?: number;
}

/** Answers like a file server. */
export function serveFile(body: Buffer, options: FileAnswer = {}): TestServer["answer"] {
  return (request, response) => {
    const { etag, modified, ranges = false, breakAfter, piece = 5000 } = options;
    if (etag !== undefined) response.setHeader("etag", etag);
    if (modified !== undefined) response.setHeader("last-modified", modified);
    const range = /^bytes=(\d+)-$/.exec(request.headers.range ?? "");
    const fresh = request.headers["if-range"] === undefined || [etag, modified].includes(request.headers["if-range"] as string);
    let part = body;
    if (ranges && range !== null && fresh) {
      const start = Number(range[1]);
      if (start >= body.length) return void response.writeHead(416, { "content-range": `bytes */${body.length}` }).end();
      part = body.subarray(start);
      response.writeHead(206, { "content-range": `bytes ${start}-${body.length - 1}/${body.length}`, "content-length": part.length });
    } else {
      response.writeHead(200, { "content-length": body.length });
    }
    const limit = breakAfter ?? Infinity;
    const send = (at: number): void => {
      if (at >= part.length) return void response.end();
      if (at >= limit) return void response.destroy();
      const next = Math.min(part.length, at + piece, limit);
      response.write(part.subarray(at, next), () => setImmediate(send, next));
    };
    send(0);
  };
}
