import type { IncomingMessage, Server } from "node:http";
import type { Socket } from "node:net";

/**
 * Connections on which no request has begun yet. Browsers and HTTP clients open some ahead of need, and Node counts them as busy, so
 * that without this a shutdown would wait for them.
 */
export function trackUnusedConnections(server: Server): { destroy(): void } {
  const unused = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    unused.add(socket);
    socket.once("close", () => unused.delete(socket));
  });
  server.on("request", (request: IncomingMessage) => unused.delete(request.socket));
  return {
    destroy: () => {
      for (const socket of unused) socket.destroy();
    },
  };
}
