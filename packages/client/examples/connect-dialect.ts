import { createClient, isConnectApiError } from "@headgate/client";

/** Pauses a connector by the Connect dialect, and gives the states of all that its cluster has. */
export async function pauseByConnect(baseUrl: string, cluster: string, connector: string): Promise<Record<string, string>> {
  const { connect } = createClient({ baseUrl });
  try {
    await connect.pause(cluster, connector);
    await connect.waitFor(cluster, connector, "PAUSED", { timeoutMs: 60_000 });
  } catch (error) {
    if (isConnectApiError(error, 404)) return {};
    throw error;
  }
  const all = await connect.expand(cluster, { parts: ["status"] });
  return Object.fromEntries(Object.entries(all).map(([name, { status }]) => [name, status?.connector.state ?? "NONE"]));
}
