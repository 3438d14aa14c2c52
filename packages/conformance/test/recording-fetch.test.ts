import { describe, expect, test } from "@jest/globals";
import { createRecorder, describeViolations } from "../src/index.ts";

const json = { "content-type": "application/json", "x-request-id": "r1" };
const error = (error_code: string) => ({ message: "m", error_code, details: {} });

/** What a recorder says of one reply, once it has been read. */
async function verdict(path: string, reply: Response, method = "GET", prefix = ""): Promise<string> {
  const recorder = createRecorder({ baseUrl: `http://server${prefix}`, fetch: () => Promise.resolve(reply) });
  const seen = await recorder.fetch(new Request(`http://server${prefix}${path}`, { method }));
  await seen.text();
  return describeViolations(recorder.takeViolations());
}
const reply = (status: number, body: unknown, headers: Record<string, string> = json) =>
  new Response(typeof body === "string" ? body : JSON.stringify(body), { status, headers });

describe("a reply as the contract says", () => {
  test.each([
    ["/healthz", reply(200, { status: "healthy" })],
    ["/v0/pipelines/p", reply(404, error("UnknownPipelineName"))],
    ["/v0/pipelines/p/stats", reply(503, error("PipelineInteractionNotDeployed"), { ...json, "retry-after": "5" })],
    ["/v0/pipelines/p/time_series_stream", reply(200, '{"t":1,"r":1,"m":1,"s":1}\n', { ...json, "content-type": "application/x-ndjson" })],
    ["/v0/metrics", reply(200, "a 1\n", { ...json, "content-type": "text/plain" })],
    ["/not/in/the/contract", reply(418, "tea")],
  ])("at %s passes", async (path, response) => {
    expect(await verdict(path, response)).toBe("");
  });
});

describe("a violation is told", () => {
  test.each([
    ["a status that is not documented", "/healthz", reply(418, {}), "does not document this status"],
    ["a body of another shape", "/healthz", reply(200, { status: 1 }), "/status must be"],
    ["a body that is not JSON", "/healthz", reply(200, "<html>"), "not JSON"],
    ["another content type", "/healthz", reply(200, "fine", { ...json, "content-type": "text/html" }), "text/html is not one of"],
    [
      "plain text with a charset",
      "/v0/metrics",
      reply(200, "a 1\n", { ...json, "content-type": "text/plain; charset=utf-8" }),
      "bare text/plain",
    ],
    ["no request id", "/healthz", reply(200, { status: "healthy" }, { "content-type": "application/json" }), "X-Request-Id"],
    ["503 without Retry-After", "/v0/pipelines/p/stats", reply(503, error("PipelineInteractionNotDeployed")), "Retry-After"],
    ["an error code of another operation", "/v0/pipelines/p", reply(404, error("UnknownApiKey")), "UnknownApiKey is not documented"],
    ["an error code of nowhere", "/v0/pipelines/p", reply(404, error("Nonsense")), "/error_code must be"],
    ["an error without details", "/v0/pipelines/p", reply(404, { message: "m", error_code: "UnknownPipelineName" }), "details"],
    [
      "a record of a stream",
      "/v0/pipelines/p/time_series_stream",
      reply(200, '{"t":1,"r":1,"m":1,"s":1}\n{"t":"now"}\n', { ...json, "content-type": "application/x-ndjson" }),
      "must have required property",
    ],
  ])("%s", async (_what, path, response, words) => {
    expect(await verdict(path, response)).toContain(words);
  });
  test("a body where there must be none", async () => {
    expect(await verdict("/v0/pipelines/p", reply(200, {}), "DELETE")).toContain("must be empty");
  });
  test("under a base URL with a path too", async () => {
    expect(await verdict("/healthz", reply(200, { status: 1 }), "GET", "/headgate")).toContain("getHealth → 200");
  });
  test("in a chunk of a subscription, wherever the pieces of the stream are cut", async () => {
    const pieces = ['{"sequence_number":0,"snap', 'shot":false}\r\n{"sequence_number":1}\r', "\n"];
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        for (const piece of pieces) controller.enqueue(new TextEncoder().encode(piece));
        controller.close();
      },
    });
    const text = await verdict("/v0/pipelines/p/egress/v", new Response(body, { status: 200, headers: json }), "POST");
    expect(text).toContain("'snapshot'");
    expect(text.split("\n")).toHaveLength(1);
  });
});

test("replies and error codes are kept for the coverage, those of deployments included", async () => {
  const replies = [reply(200, [{ deployment_error: error("StorageError") }]), reply(401, error("InvalidApiKey"))];
  const recorder = createRecorder({ baseUrl: "http://server", fetch: () => Promise.resolve(replies.shift() as Response) });
  for (let i = 0; i < 2; i++) await recorder.fetch(new Request("http://server/v0/pipelines"));
  expect([...recorder.coverage.replies]).toEqual(["listPipelines 200", "listPipelines 401"]);
  expect([...recorder.coverage.errorCodes]).toEqual(["StorageError", "InvalidApiKey"]);
});
