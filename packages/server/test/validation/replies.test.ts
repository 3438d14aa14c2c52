import { expect, test } from "@jest/globals";
import { openapiDocument } from "@headgate/contract";
import type { InputConnectorStats } from "../../src/domain.ts";
import { readOperations } from "../../src/operation.ts";
import { createResponseCheck } from "../../src/validation/response-validator.ts";
import { errorsIn, sampleManager, startServer, type RunningServer } from "../support/running-server.ts";

const path = "/v0/pipelines/orders/tables/numbers/connectors/c1/stats";
/** A server whose manager answers with a string where a number belongs. */
async function broken(options: Parameters<typeof startServer>[0]): Promise<RunningServer> {
  const memory = await sampleManager();
  const real = memory.interaction.inputStats.bind(memory.interaction);
  memory.interaction.inputStats = async (...names) => {
    const stats = await real(...names);
    return { ...stats, metrics: { ...stats.metrics, totalBytes: "many" } } as unknown as InputConnectorStats;
  };
  return startServer({ ...options, memory });
}

test("in tests a reply that does not match the contract becomes a 500, and the log says where", async () => {
  await using server = await broken({ validation: "test" });
  const response = await server.call(path);
  expect([response.status, await response.json()]).toEqual([500, expect.objectContaining({ error_code: "InternalError" })]);
  expect(errorsIn(server.log)[0]?.fields).toMatchObject({
    operation: "getInputConnectorStats",
    mismatch: expect.stringContaining("/metrics/total_bytes"),
  });
});

test("in production the reply goes out, and a sampled mismatch is logged and counted", async () => {
  await using server = await broken({ validation: "production", responseSampleRate: 0.25, random: () => 0.1 });
  expect((await server.call(path)).status).toBe(200);
  expect(errorsIn(server.log)).toHaveLength(1);
  expect(await (await server.call("/v0/metrics")).text()).toContain("headgate_reply_mismatches_total 1\n");
});

test("in production a reply outside the sample is not looked at", async () => {
  await using server = await broken({ validation: "production", responseSampleRate: 0.25, random: () => 0.5 });
  expect((await server.call(path)).status).toBe(200);
  expect(errorsIn(server.log)).toEqual([]);
});

test.each([
  ["an undeclared status", { status: 418, contentType: "application/json", text: "{}" }, "status 418 is not declared"],
  ["an undeclared content type", { status: 200, contentType: "text/html", text: "" }, "content type 'text/html' is not declared"],
  ["a missing body", { status: 200, contentType: undefined, text: undefined }, "the body of status 200 is missing"],
  [
    "an unknown error code",
    { status: 404, contentType: "application/json", text: '{"message":"","error_code":"Nope","details":{}}' },
    "/error_code",
  ],
  ["a field too many", { status: 200, contentType: "application/json", text: '{"status":"healthy","x":1}' }, "additional properties"],
])("the check of replies finds %s", (_what, reply, expected) => {
  const operations = readOperations(openapiDocument);
  const id = reply.status === 404 ? "getPipeline" : "getHealth";
  const operation = operations.find((candidate) => candidate.id === id);
  expect(operation && createResponseCheck(openapiDocument)(operation, reply)).toContain(expected);
});
