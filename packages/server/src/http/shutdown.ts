import type { Server } from "node:http";
import type { OpenStreams } from "./open-streams.ts";
import type { trackUnusedConnections } from "./unused-connections.ts";

/** Time for ended streams to reach their clients before connections are cut. */
const farewellMs = 500;

/**
 * Closes a server in three steps: at once, nothing new is accepted, streams that never end are ended and connections without a
 * request are cut; after the grace the other streams are ended too; soon after, connections that are still open are cut. Resolves when all are gone.
 */
export function closeServer(
  server: Server,
  unused: ReturnType<typeof trackUnusedConnections>,
  streams: OpenStreams,
  graceMs: number,
): Promise<void> {
  return new Promise((resolve) => {
    const timers: NodeJS.Timeout[] = [];
    const done = (): void => {
      timers.forEach(clearTimeout);
      resolve();
    };
    if (!server.listening) return done();
    server.close(done);
    streams.end("endless");
    server.closeIdleConnections();
    unused.destroy();
    timers.push(
      setTimeout(() => streams.end("all"), graceMs),
      setTimeout(() => server.closeAllConnections(), graceMs + farewellMs),
    );
  });
}
