import { ConnectorError, type OutputTransport } from "@headgate/connector-kit";
import type { Snapshot } from "@headgate/engine";
import { Breather } from "../async/breather.ts";
import { crashPoint } from "../crash-points.ts";
import type { SinkWriter } from "./sink-writer.ts";

/** Where a snapshot goes. */
export interface SnapshotSink {
  readonly transport: OutputTransport;
  readonly writer: SinkWriter;
  /** Times that each piece is tried. */
  readonly attempts: number;
  readonly onSent: (records: number) => void;
}

/** Writes a snapshot into a sink that has begun a new content, and commits it. False when the sink refused one piece as often as it was tried. */
export async function sendSnapshot(snapshot: Snapshot, sink: SnapshotSink, signal: AbortSignal): Promise<boolean> {
  const { attempts, onSent, transport, writer } = sink;
  const breather = new Breather();
  try {
    for await (const rows of snapshot.chunks()) {
      const inserts = rows.map((row) => [row, 1] as const);
      await writer.send(inserts, signal, attempts);
      onSent(rows.length);
      crashPoint("reset.sending");
      await breather.pause();
    }
    const commit = (): Promise<void> | undefined =>
      transport.reset === undefined ? transport.flush?.(signal) : transport.reset.commit(signal);
    await writer.attempt(commit, signal, attempts);
    crashPoint("reset.committed");
    return true;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ConnectorError && error.code === "retryable") return false;
    throw error;
  }
}
