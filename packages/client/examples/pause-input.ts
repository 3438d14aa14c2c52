import { createClient } from "@headgate/client";

export async function pauseWhile(baseUrl: string, work: () => Promise<void>): Promise<void> {
  const { connectors } = createClient({ baseUrl });
  await connectors.pause("flights", "flights", "live");
  // What the connector has already read is still on its way: a token tells when every output has it.
  const token = await connectors.completionToken("flights", "flights", "live");
  await connectors.waitForToken("flights", token, { timeoutMs: 60_000 });
  await work();
  await connectors.start("flights", "flights", "live");
}
