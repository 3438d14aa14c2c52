import { createClient } from "@headgate/client";

/** Keeps a copy of a view until it has this many rows. */
export async function mirror(baseUrl: string, size: number): Promise<Set<string>> {
  const client = createClient({ baseUrl });
  const copy = new Set<string>();
  for await (const { json_data: changes = [] } of await client.egress("flights", "delays", { sendSnapshot: true })) {
    for (const change of changes) {
      if (change["insert"] !== undefined) copy.add(JSON.stringify(change["insert"]));
      else copy.delete(JSON.stringify(change["delete"]));
    }
    // Leaving the loop closes the subscription.
    if (copy.size >= size) break;
  }
  return copy;
}
