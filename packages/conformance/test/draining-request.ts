import { once } from "node:events";
import { connect } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { HeadgateServer } from "@headgate/server";

/**
 * The reply that a listening server gives while it shuts down. A connection gets one only if its request has begun before
 * the shutdown and ends in it, which no `fetch` can do.
 */
export async function requestWhileDraining(served: HeadgateServer, { method, url }: Request): Promise<Response> {
  const accepted = once(served.server, "connection") as Promise<[Socket]>;
  const socket = connect((served.server.address() as AddressInfo).port, "127.0.0.1");
  socket.write(`${method} ${new URL(url).pathname} HTTP/1.1\r\nHost: localhost\r\n`);
  const [peer] = await accepted;
  while (peer.bytesRead === 0) await sleep(1);
  const closed = served.close();
  socket.end("Connection: close\r\n\r\n");
  let text = "";
  for await (const piece of socket) text += String(piece);
  await closed;
  const [head = "", body = ""] = text.split("\r\n\r\n", 2);
  const [statusLine = "", ...headers] = head.split("\r\n");
  return new Response(body, {
    status: Number(statusLine.split(" ")[1]),
    headers: headers.map((line): [string, string] => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]),
  });
}
