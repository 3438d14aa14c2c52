import type { Server } from "node:http";
import type { OpenStreams } from "./open-streams.ts";
import type { trackUnusedConnections } from "./unused-connections.ts";

/** Time for a request that is on its way over a connection just opened. */
const unusedMs = 100;
/** Time for ended streams to reach their clients before connections are cut. */
const farewellMs = 500;

/**
 * Closes a server in steps: at once, nothing new is accepted and streams that never end are ended; a moment later,
 * connections on which nothing was ever asked are cut; after the grace the other streams are ended too; soon after, connections that are still open are cut. Resolves when all are gone.
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
    timers.push(
      setTimeout(() => unused.destroy(), Math.min(graceMs, unusedMs)),
      setTimeout(() => streams.end("all"), graceMs),
      setTimeout(() => server.closeAllConnections(), graceMs + farewellMs),
    );
  });
}
