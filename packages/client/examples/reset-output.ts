import { createClient } from "@headgate/client";

export async function refill(baseUrl: string, signal: AbortSignal): Promise<number> {
  const client = createClient({ baseUrl });
  const status = await client.outputs.resetAndWait("flights", "delays", "file", {
    signal,
    timeoutMs: 600_000,
    onProgress: ({ phase, snapshot_records_sent: sent, snapshot_records: all }) => {
      process.stderr.write(`${phase}: ${sent} of ${all ?? "?"} rows\n`);
    },
  });
  return status.snapshot_records_sent;
}
