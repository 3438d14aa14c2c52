import { codeIn, operationList } from "../kit/operations.ts";
import { sampleRequests } from "../kit/sample-requests.ts";
import { openSession } from "../kit/session.ts";
import type { Suite } from "../kit/suite-kit.ts";

/** Rules that hold for every operation alike. */
export const protocolSuite: Suite = (kit) => {
  const { test, assert } = kit;

  for (const { id, path, errorCodes } of operationList) {
    if (!path.includes("{pipeline_name}") || !errorCodes.includes("UnknownPipelineName")) continue;
    test(`${id} knows when there is no such pipeline`, async () => {
      const { send, expectError } = openSession(kit);
      const body = await expectError(send(id, sampleRequests[id]), 404, "UnknownPipelineName");
      assert.equal(body.message, "Unknown pipeline name 'no-such-pipeline'");
      assert.deepEqual(body.details, { pipeline_name: "no-such-pipeline" });
    });
  }

  test("every operation that asks a pipeline's process says that a stopped one cannot be asked, and when to ask again", async () => {
    const { send, withPipeline, expectError } = openSession(kit);
    const asking = operationList.filter(({ errorCodes }) => errorCodes.includes("PipelineInteractionNotDeployed"));
    await withPipeline("CREATE TABLE t (id INT);", async (pipeline) => {
      for (const { id } of asking) {
        const request = sampleRequests[id];
        const response = await send(id, { ...request, path: { ...request.path, pipeline_name: pipeline } });
        assert.equal(response.headers.get("retry-after"), "5", id);
        const { details } = await expectError(response, 503, "PipelineInteractionNotDeployed");
        assert.deepEqual(details, { pipeline_name: pipeline, status: "Stopped", desired_status: "Stopped" }, id);
      }
    });
  });

  for (const { id, path, hasJsonBody } of operationList) {
    if (!hasJsonBody) continue;
    test(`${id} tells a body that it cannot take`, async () => {
      const { send, expectError, name } = openSession(kit);
      const request = { ...sampleRequests[id], path: { pipeline_name: name("p"), table_name: "t" } };
      const code = (status: number, word: string) => codeIn(path, status, word);
      await expectError(send(id, { ...request, body: "{" }), 400, code(400, "InvalidRequest"));
      await expectError(send(id, { ...request, body: "[]" }), 400, code(400, "InvalidRequest"));
      const text = { ...request, body: "text", headers: { "content-type": "text/plain" } };
      await expectError(send(id, text), 415, code(415, "UnsupportedMediaType"));
      const large = JSON.stringify({ name: "n", program_code: "x".repeat(11 * 1024 * 1024) });
      await expectError(send(id, { ...request, body: large }), 413, code(413, "PayloadTooLarge"));
    });
  }

  test("a path that the contract does not have is told as such", async () => {
    const { sendTo, expectError } = openSession(kit);
    for (const path of ["/v0", "/v0/pipeline", "/v1/pipelines", "/v0/pipelines/p/Start", "/v0/pipelines/p/tables/t/connectors/c"]) {
      await expectError(sendTo(path, { method: "POST" }), 404, "UnknownPath");
    }
    await expectError(sendTo("/v0/pipelines/%zz"), 404, "UnknownPath");
    await expectError(sendTo("/connect/v1/environments/default/clusters/p"), 404, "404");
    await expectError(sendTo("/sts/v1"), 404, "unknown_path");
  });

  test("a method that a path does not have is told with those that it has", async () => {
    const { sendTo, expectError } = openSession(kit);
    const cases = [
      ["PATCH", "/v0/pipelines", ["GET", "POST"]],
      ["GET", "/v0/pipelines/p/start", ["POST"]],
      ["DELETE", "/v0/config", ["GET"]],
      ["POST", "/v0/pipelines/p/views/v/connectors/c/stats", ["GET"]],
      ["GET", "/connect/v1/environments/default/clusters/p/connectors/c/restart", ["POST"]],
      ["GET", "/sts/v1/oauth2/token", ["POST"]],
    ] as const;
    for (const [method, path, allowed] of cases) {
      const response = await sendTo(path, { method });
      const allow = (response.headers.get("allow") ?? "").split(/, */);
      for (const one of allowed) assert.ok(allow.includes(one), `Allow of ${path} is ${allow.join(", ")}`);
      assert.ok(!allow.includes(method));
      await expectError(response, 405, codeIn(path, 405, "MethodNotAllowed"));
    }
  });

  test("HEAD answers as GET does, without a body", async () => {
    const { sendTo, assertEmpty } = { ...openSession(kit), assertEmpty: async (r: Response) => assert.equal(await r.text(), "") };
    const response = await sendTo("/v0/config", { method: "HEAD" });
    assert.equal(response.status, 200);
    await assertEmpty(response);
  });

  test("a request id that is sent comes back", async () => {
    const { sendTo } = openSession(kit);
    const response = await sendTo("/v0/config", { headers: { "x-request-id": "conformance-1" } });
    assert.equal(response.headers.get("x-request-id"), "conformance-1");
  });

  test("unknown query parameters and body fields are ignored", async () => {
    const { send, client, name } = openSession(kit);
    assert.equal((await send("getConfig", { query: { nobody: "knows" } })).status, 200);
    const pipeline = name("p");
    const created = await send("createPipeline", { body: { name: pipeline, program_code: "", nobody: "knows" } });
    assert.equal(created.status, 201);
    await client.pipelines.delete(pipeline);
  });
};
