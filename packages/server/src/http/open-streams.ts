import type { ServerResponse } from "node:http";
import type { Readable } from "node:stream";

/** The replies that are still flowing, so that a shutdown can end them properly instead of cutting them off. */
export interface OpenStreams {
  /**
   * Copies `source` into the reply with back-pressure. The source is destroyed when the client goes away; a source that fails
   * cuts the connection, which is how a client tells a broken stream from one that ended.
   */
  send(source: Readable, response: ServerResponse, stream: { readonly endless: boolean; onError(error: Error): void }): void;
  /** Ends the streams that never end by themselves; `all` also those that would. */
  end(which: "endless" | "all"): void;
  readonly size: number;
}

export function createOpenStreams(): OpenStreams {
  const open = new Map<() => void, boolean>();
  return {
    send(source, response, { endless, onError }) {
      const resume = (): void => void source.resume();
      const onData = (chunk: unknown): void => {
        if (!response.write(chunk)) source.pause();
      };
      const end = (): void => {
        source.off("data", onData);
        source.destroy();
        response.end();
      };
      source.on("data", onData);
      source.once("end", () => response.end());
      source.once("error", (error) => {
        if (!response.writableEnded && !response.destroyed) onError(error);
        if (!response.writableEnded) response.destroy();
      });
      response.on("drain", resume);
      response.once("close", () => {
        open.delete(end);
        source.destroy();
      });
      open.set(end, endless);
    },
    end(which) {
      for (const [end, endless] of open) if (which === "all" || endless) end();
    },
    get size() {
      return open.size;
    },
  };
}
