import { setTimeout as sleep } from "node:timers/promises";
import { connectorNames } from "./messages.ts";

const deadlineMs = 240_000;
const className = "org.apache.kafka.connect.file.FileStreamSourceConnector";

/** Makes file sources in Kafka Connect until there are that many, and waits until all of them run. */
export async function ensureConnectors(url: string, file: string, from: number, count: number): Promise<void> {
  const deadline = Date.now() + deadlineMs;
  for (const name of connectorNames(count).slice(from)) {
    const config = { name, "connector.class": className, "tasks.max": "1", file, topic: "bench" };
    await until(deadline, `creating ${name}`, async () => {
      const headers = { "content-type": "application/json" };
      const reply = await fetch(`${url}/connectors/${name}/config`, { method: "PUT", body: JSON.stringify(config), headers });
      await reply.arrayBuffer();
      // 409 and 500 while it rebalances.
      return reply.ok;
    });
  }
  await until(deadline, `${String(count)} connectors`, async () => {
    const reply = await fetch(`${url}/connectors?expand=status`);
    const all = Object.values(
      (await reply.json()) as Record<string, { readonly status: { readonly tasks: readonly { state: string }[] } }>,
    );
    return all.length === count && all.every(({ status: { tasks } }) => tasks.length === 1 && tasks[0]?.state === "RUNNING");
  });
}

async function until(deadline: number, what: string, ready: () => Promise<boolean>): Promise<void> {
  while (!(await ready())) {
    if (Date.now() > deadline) throw new Error(`Kafka Connect did not come to it in time: ${what}.`);
    await sleep(100);
  }
}
