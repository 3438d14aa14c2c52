import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { pageRows } from "./program.ts";
import type { Random } from "./random.ts";

/** A web server with one large resource that it gives slowly and sometimes not to the end. */
export interface PagesServer {
  readonly url: string;
  /** From now on the rest comes at once. */
  hurry(): void;
  close(): void;
}

const pieceBytes = 4096;
const pauseMs = 120;

/** @param random decides whether the server can continue in the middle, and where connections break */
export async function startPagesServer(random: Random): Promise<PagesServer> {
  const lines = Array.from({ length: pageRows }, (_, n) => `${JSON.stringify({ n, body: `p${String((n * 7919) % 1000)}` })}\n`);
  const content = Buffer.from(lines.join(""));
  const ranges = random.below(2) === 0;
  const hurried = new AbortController();
  const progress = { given: 0 };
  const server: Server = createServer((request, response) => {
    const from = ranges ? rangeStart(request) : 0;
    const headers = { "content-type": "application/x-ndjson", etag: '"pages-1"', "content-length": content.length - from };
    if (from > 0) response.writeHead(206, { ...headers, "content-range": `bytes ${from}-${content.length - 1}/${content.length}` });
    else response.writeHead(200, headers);
    const breaksAt = random.below(3) === 0 ? from + random.below(200_000) : Infinity;
    void give(response, content, { from, breaksAt, progress, hurried: hurried.signal });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/pages.jsonl`,
    hurry: () => {
      hurried.abort();
    },
    close: () => {
      hurried.abort();
      server.closeAllConnections();
      server.close();
    },
  };
}

function rangeStart(request: IncomingMessage): number {
  const match = /^bytes=(\d+)-$/.exec(request.headers.range ?? "");
  return match === null ? 0 : Number(match[1]);
}

interface Giving {
  readonly from: number;
  readonly breaksAt: number;
  /** How much any connection has given: a server without ranges begins anew each time, and hurries that far. */
  readonly progress: { given: number };
  readonly hurried: AbortSignal;
}

async function give(response: ServerResponse, content: Buffer, { breaksAt, from, hurried, progress }: Giving): Promise<void> {
  const closed = new AbortController();
  response.on("close", () => {
    closed.abort();
  });
  response.on("error", () => undefined);
  for (let at = from; at < content.length && !closed.signal.aborted; at += pieceBytes) {
    if (at >= breaksAt && !hurried.aborted) {
      response.destroy();
      return;
    }
    if (!response.write(content.subarray(at, at + pieceBytes)))
      await once(response, "drain", { signal: closed.signal }).catch(() => undefined);
    if (at < progress.given || hurried.aborted) continue;
    progress.given = at;
    await sleep(pauseMs, undefined, { signal: AbortSignal.any([closed.signal, hurried]) }).catch(() => undefined);
  }
  response.end();
}
