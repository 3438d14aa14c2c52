/**
 * Status reads from a process of their own, over plain sockets: each connection sends its next request once the reply has come whole, and
 * every request's time is kept. Replies may have any length, as one server's have not always the same.
 */
import { connect, type Socket } from "node:net";
import { quantile } from "../print-table.ts";
import { answerParent } from "../answer-parent.ts";
import type { LoadRequest, LoadResult } from "./messages.ts";

const headEnd = Buffer.from("\r\n\r\n");
const lengthHeader = /\r\ncontent-length: *(\d+)/i;

function run({ port, paths, connections, milliseconds }: LoadRequest): Promise<LoadResult> {
  const requests = paths.map((path) => Buffer.from(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`));
  const took: number[] = [];
  return new Promise((resolve, reject) => {
    const sockets: Socket[] = [];
    const startedAt = performance.now();
    let next = 0;
    let over = false;
    const end = (finish: () => void): void => {
      if (over) return;
      over = true;
      for (const socket of sockets) socket.destroy();
      finish();
    };
    const open = (): void => {
      const socket = connect(port, "127.0.0.1");
      sockets.push(socket);
      socket.setNoDelay(true);
      let pending: Buffer = Buffer.alloc(0);
      let sentAt = 0;
      const send = (): void => {
        sentAt = performance.now();
        socket.write(requests[next++ % requests.length] ?? "");
      };
      socket.on("connect", send);
      socket.on("data", (chunk: Buffer) => {
        pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
        const size = replySize(pending);
        if (size instanceof Error) return end(() => reject(size));
        if (size === undefined || pending.length < size) return;
        pending = pending.subarray(size);
        took.push(performance.now() - sentAt);
        if (!over) send();
      });
      socket.on("error", (error) => end(() => reject(error)));
      socket.on("close", () => end(() => reject(new Error("the server closed a connection"))));
    };
    for (let i = 0; i < connections; i += 1) open();
    setTimeout(() => {
      end(() => {
        const elapsed = performance.now() - startedAt;
        resolve({ requests: took.length, milliseconds: elapsed, p50Ms: quantile(took, 0.5), p99Ms: quantile(took, 0.99) });
      });
    }, milliseconds);
  });
}

/** Bytes of the reply at the start of `data`; undefined while its head is not whole. */
function replySize(data: Buffer): number | undefined | Error {
  const end = data.indexOf(headEnd);
  if (end === -1) return undefined;
  const head = data.toString("latin1", 0, end);
  const length = lengthHeader.exec(head)?.[1];
  if (!head.startsWith("HTTP/1.1 200 ") || length === undefined) return new Error(`unexpected reply: ${head}`);
  return end + headEnd.length + Number(length);
}

answerParent(run);
