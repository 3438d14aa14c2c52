import { expect, test } from "@jest/globals";
import { isApiError, type Chunk, type Client, type ConnectState, type Pipeline, type ResetStatus } from "../src/index.ts";

/** Never called: its types are what is checked, by `npm run typecheck`. */
async function drift(client: Client): Promise<void> {
  // Replies have the contract's types.
  const status: Pipeline["deployment_status"] = (await client.pipelines.get("p")).deployment_status;
  const sent: number = (await client.outputs.resetAndWait("p", "v", "c")).snapshot_records_sent;
  const phase: ResetStatus["phase"] = (await client.outputs.resetStatus("p", "t")).phase;
  const chunk: Chunk | void = (await (await client.egress("p", "v"))[Symbol.asyncIterator]().next()).value;
  const state: ConnectState = (await client.connect.expand("p"))["c"]?.status?.connector.state ?? "NONE";
  // @ts-expect-error A field that the contract does not have.
  (await client.pipelines.get("p")).state;
  // @ts-expect-error A state that the contract does not have.
  await client.connect.waitFor("p", "c", "STOPPED");
  // @ts-expect-error A status that the contract does not have.
  await client.pipelines.waitFor("p", "running");
  // @ts-expect-error The program is required.
  await client.pipelines.create({ name: "p" });
  // @ts-expect-error A field of another type.
  await client.pipelines.patch("p", { tags: "one" });
  // @ts-expect-error A role that no key can have.
  await client.apiKeys.create({ name: "k", role: "owner" });
  // @ts-expect-error A selector that the contract does not have.
  await client.pipelines.get("p", { selector: "everything" });
  // @ts-expect-error A format that cannot be subscribed to.
  await client.egress("p", "v", { format: "parquet" });
  // @ts-expect-error A raw body has to say its format.
  await client.ingressRaw("p", "t", "1\n", {});
  // @ts-expect-error A path that the contract does not have.
  await client.raw.GET("/v0/pipeline");
  // @ts-expect-error A path parameter is missing.
  await client.raw.GET("/v0/pipelines/{pipeline_name}");

  const error: unknown = undefined;
  if (isApiError(error, "PipelineRestarted")) {
    const code: "PipelineRestarted" = error.code;
    void code;
  }
  // @ts-expect-error A code that the contract does not have.
  isApiError(error, "PipelineRestated");
  void [status, sent, phase, chunk, state];
}

test("the types of the client are the contract's", () => {
  expect(drift).toBeInstanceOf(Function);
});
