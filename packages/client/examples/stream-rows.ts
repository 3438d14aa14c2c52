import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { createClient } from "@headgate/client";

/** Sends a file row by row as it is read, however large it is. */
export async function load(baseUrl: string, path: string): Promise<void> {
  const client = createClient({ baseUrl });
  async function* flights() {
    for await (const line of createInterface({ input: createReadStream(path) })) {
      const [origin, delay] = line.split(",");
      yield { origin, delay: Number(delay) };
    }
  }
  await client.ingress("flights", "flights", flights(), { wait: true });
}
