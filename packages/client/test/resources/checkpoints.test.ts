import { expect, test } from "@jest/globals";
import { createClient, type Client } from "../../src/index.ts";
import { failure, serve } from "../serve.ts";

const incarnation = "01990000-0000-7000-8000-000000000000";
const failed = (sequence_number: number) => ({ sequence_number, error: "the disk is full", failed_at: "2026-09-01T10:00:00Z" });

/** A server whose second checkpoint becomes what the states say, one after the other. */
async function withStatuses(states: readonly object[], work: (client: Client, calls: string[]) => Promise<void>): Promise<void> {
  const calls: string[] = [];
  let at = 0;
  await using server = await serve((request, response) => {
    calls.push(`${request.method} ${request.url}`);
    const asked = { checkpoint_sequence_number: 2, incarnation_uuid: incarnation };
    const body = request.method === "POST" ? asked : states[Math.min(at++, states.length - 1)];
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  await work(createClient({ baseUrl: server.url, retry: { maxRetries: 0 } }), calls);
}
const fast = { intervalMs: 1 };

test("a wait ends when its own number, or a later one, is on disk, and asks within the incarnation", async () => {
  const states = [
    { success: null, failure: null },
    { success: 1, failure: failed(1) },
    { success: 3, failure: null },
  ];
  await withStatuses(states, async (client, calls) => {
    expect(await client.checkpoints.requestAndWait("p", fast)).toMatchObject({ checkpoint_sequence_number: 2 });
    expect(calls).toEqual([
      "POST /v0/pipelines/p/checkpoint",
      ...Array.from({ length: 3 }, () => `GET /v0/pipelines/p/checkpoint_status?incarnation_uuid=${incarnation}`),
    ]);
  });
});

test("a wait ends with the reason when its number has failed", async () => {
  await withStatuses([{ success: 1, failure: failed(2) }], async (client) => {
    expect(await failure(client.checkpoints.requestAndWait("p", fast))).toMatchObject({
      code: "checkpoint_failed",
      message: "The checkpoint of p could not be written: the disk is full",
      details: failed(2),
    });
  });
});
