/**
 * Load from its own process, over plain sockets: each connection sends its next request once the reply has come whole. A full
 * HTTP client would cost more than the server under test, and take its core.
 */
import { connect, type Socket } from "node:net";
import { answerParent } from "../answer-parent.ts";
import type { LoadRequest, LoadResult } from "./messages.ts";

const headEnd = Buffer.from("\r\n\r\n");
const ok = Buffer.from("HTTP/1.1 200 ");
const lengthHeader = /\r\ncontent-length: (\d+)/i;

function run(request: LoadRequest): Promise<LoadResult> {
  const authorization = request.authorization === null ? "" : `Authorization: ${request.authorization}\r\n`;
  const bytes = Buffer.from(`GET ${request.path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${authorization}\r\n`);
  return new Promise((resolve, reject) => {
    let requests = 0;
    let over = false;
    const body: { length: number | undefined } = { length: undefined };
    const sockets: Socket[] = [];
    const startedAt = performance.now();
    const fail = (error: Error): void => {
      if (over) return;
      over = true;
      for (const socket of sockets) socket.destroy();
      reject(error);
    };
    for (let i = 0; i < request.connections; i += 1) {
      const socket = connect(request.port, "127.0.0.1", () => socket.write(bytes));
      sockets.push(socket);
      socket.setNoDelay(true);
      let pending: Buffer = Buffer.alloc(0);
      socket.on("data", (chunk: Buffer) => {
        pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
        const size = replySize(pending, body);
        if (size instanceof Error) return fail(size);
        if (size === undefined || pending.length < size) return;
        pending = pending.subarray(size);
        requests += 1;
        if (!over) socket.write(bytes);
      });
      socket.on("error", fail);
      socket.on("close", () => fail(new Error("the server closed a connection")));
    }
    setTimeout(() => {
      if (over) return;
      over = true;
      const milliseconds = performance.now() - startedAt;
      for (const socket of sockets) socket.destroy();
      resolve({ requests, milliseconds });
    }, request.milliseconds);
  });
}

/**
 * Bytes of the reply at the start of `data`; undefined while its head is not whole. Every reply of a run has a body of the same
 * length, which is read from the first one: reading it each time would cost the load process as much as the socket does.
 */
function replySize(data: Buffer, body: { length: number | undefined }): number | undefined | Error {
  const end = data.indexOf(headEnd);
  if (end === -1) return undefined;
  if (data.compare(ok, 0, ok.length, 0, ok.length) !== 0) return new Error(`unexpected reply: ${data.toString("latin1", 0, end)}`);
  body.length ??= Number(lengthHeader.exec(data.toString("latin1", 0, end))?.[1]);
  return end + headEnd.length + body.length;
}

answerParent(run);
