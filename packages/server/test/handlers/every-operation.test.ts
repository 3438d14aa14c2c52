import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { errorsIn, json, sampleManager, startServer, type RunningServer } from "../support/running-server.ts";

const orders = "/v0/pipelines/orders";
const c1 = `${orders}/tables/numbers/connectors/c1`;
const file = `${orders}/views/%22Totals%22/connectors/file`;

describe.each(["test", "production"] as const)("with %s validation", (validation) => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startServer({ memory: await sampleManager(), validation, responseSampleRate: 1 });
  });
  afterAll(() => server.headgate.close());
  /** Status and parsed body; the log must stay free of mismatches. */
  const ask = async (target: string, init?: RequestInit): Promise<{ status: number; type: string | null; body: unknown }> => {
    const response = await server.call(target, init);
    const text = await response.text();
    expect(errorsIn(server.log)).toEqual([]);
    const type = response.headers.get("content-type");
    return { status: response.status, type, body: type === "application/json" && !text.includes("\n") ? JSON.parse(text) : text };
  };

  test("the server describes itself", async () => {
    expect(await ask("/healthz")).toMatchObject({ status: 200, body: { status: "healthy" } });
    expect(await ask("/config/authentication")).toMatchObject({ status: 200, body: {} });
    expect(await ask("/v0/config")).toMatchObject({ status: 200, body: { edition: "Open source", version: "0.1.0", revision: "abc" } });
    expect(await ask("/v0/config/demos")).toMatchObject({ status: 200, body: [{ name: "demo" }] });
    expect(await ask("/v0/config/session")).toMatchObject({ status: 200, body: { role: null, memberships: [] } });
  });

  test("API keys are created, listed without their secret, read as an array of one, and deleted", async () => {
    const created = await ask("POST /v0/api_keys", json({ name: "ci" }));
    expect(created).toMatchObject({ status: 201, body: { name: "ci", api_key: expect.stringMatching(/^apikey:/) } });
    const listed = await ask("/v0/api_keys");
    expect(listed).toMatchObject({ status: 200, body: [{ name: "ci", role: "read" }] });
    expect(JSON.stringify(listed.body)).not.toContain("apikey:");
    expect(await ask("/v0/api_keys/ci")).toMatchObject({ status: 200, body: [{ name: "ci" }] });
    expect(await ask("POST /v0/api_keys", json({ name: "ci", role: "write" }))).toMatchObject({ status: 409 });
    expect(await ask("DELETE /v0/api_keys/ci")).toEqual({ status: 200, type: null, body: "" });
    expect(await ask("/v0/api_keys/ci")).toMatchObject({ status: 404, body: { error_code: "UnknownApiKey" } });
  });

  test("pipelines are created, read, replaced, patched and deleted", async () => {
    const body = { name: "p", program_code: "CREATE TABLE t (n INT)", description: null, unknown_field: 1 };
    expect(await ask("POST /v0/pipelines", json(body))).toMatchObject({ status: 201, body: { name: "p", description: "" } });
    expect(await ask("POST /v0/pipelines", json(body))).toMatchObject({ status: 409, body: { error_code: "DuplicateName" } });
    expect(await ask("PUT /v0/pipelines/p", json(body))).toMatchObject({ status: 200, body: { name: "p" } });
    expect(await ask("PUT /v0/pipelines/q", json({ ...body, name: "q" }))).toMatchObject({ status: 201, body: { name: "q" } });
    expect(await ask("PATCH /v0/pipelines/q", json({ tags: ["a"] }))).toMatchObject({ status: 200, body: { tags: ["a"] } });
    expect(await ask("/v0/pipelines")).toMatchObject({
      status: 200,
      body: [{ name: "idle" }, { name: "orders" }, { name: "p" }, { name: "q" }],
    });
    for (const name of ["p", "q"]) expect(await ask(`DELETE /v0/pipelines/${name}`)).toEqual({ status: 200, type: null, body: "" });
    expect(await ask("/v0/pipelines/p")).toMatchObject({
      status: 404,
      body: { message: "Unknown pipeline name 'p'", error_code: "UnknownPipelineName", details: { pipeline_name: "p" } },
    });
  });

  test("lifecycle calls answer with JSON strings", async () => {
    expect(await ask("POST /v0/pipelines/idle/start?initial=paused")).toEqual({
      status: 202,
      type: "application/json",
      body: "Pipeline is starting",
    });
    expect(await ask("POST /v0/pipelines/idle/resume")).toMatchObject({ status: 202, body: "Pipeline is resuming" });
    expect(await ask("POST /v0/pipelines/idle/pause")).toMatchObject({ status: 202, body: "Pipeline is pausing" });
    expect(await ask("POST /v0/pipelines/idle/clear")).toMatchObject({
      status: 400,
      body: { error_code: "StorageStatusImmutableUnlessStopped" },
    });
    expect(await ask("POST /v0/pipelines/idle/approve?silent_bootstrap=true")).toEqual({ status: 200, type: null, body: "" });
    expect(await ask("POST /v0/pipelines/idle/approve?silent_bootstrap=true&concurrent_bootstrap=true")).toMatchObject({
      status: 400,
      body: { error_code: "InvalidBootstrapConfig" },
    });
    expect(await ask("POST /v0/pipelines/idle/stop")).toMatchObject({ status: 202, body: "Pipeline is suspending" });
    expect(await ask("POST /v0/pipelines/idle/stop?force=true")).toMatchObject({ status: 202, body: "Pipeline is forcefully stopping" });
    expect(await ask("POST /v0/pipelines/idle/clear")).toMatchObject({ status: 202, body: "Pipeline storage is being cleared" });
    expect(await ask("POST /v0/pipelines/idle/dismiss_error")).toMatchObject({
      status: 200,
      body: "Pipeline deployment error has been dismissed",
    });
    expect(await ask("POST /v0/pipelines/idle/start?initial=sideways")).toMatchObject({
      status: 405,
      body: { error_code: "UnsupportedPipelineAction" },
    });
  });

  test("a body of JSON null on a call without a body is let through, as published clients send it", async () => {
    expect(await ask("POST /v0/pipelines/idle/clear", json(null))).toMatchObject({ status: 202 });
  });

  test("stats list their connectors, with errors only when asked", async () => {
    const plain = (await ask(`${orders}/stats`)).body as { inputs: object[]; outputs: object[] };
    expect(Object.keys(plain).sort()).toEqual([
      "checkpoint_activity",
      "global_metrics",
      "inputs",
      "outputs",
      "permanent_checkpoint_errors",
      "suspend_error",
    ]);
    expect(plain.inputs[0]).not.toHaveProperty("parse_errors");
    expect(plain.outputs[0]).not.toHaveProperty("encode_errors");
    const full = (await ask(`${orders}/stats?include_connector_errors=true`)).body as { inputs: object[] };
    expect(full.inputs[0]).toMatchObject({ parse_errors: [{ index: 1 }], transport_errors: [] });
  });

  test("checkpoints are asked for, followed within one incarnation, and listed", async () => {
    const asked = (await ask(`POST ${orders}/checkpoint`)).body as { incarnation_uuid: string };
    expect(asked).toMatchObject({ checkpoint_sequence_number: 3 });
    expect(await ask(`${orders}/checkpoint_status?incarnation_uuid=${asked.incarnation_uuid}`)).toMatchObject({
      status: 200,
      body: { success: 2, failure: { sequence_number: 3, error: "the disk is full" } },
    });
    expect(await ask(`${orders}/checkpoint_status?incarnation_uuid=00000000-0000-4000-8000-000000000000`)).toMatchObject({
      status: 400,
      body: { error_code: "IncarnationUuidMismatch", details: { expected: asked.incarnation_uuid } },
    });
    expect(await ask(`${orders}/checkpoint_status?incarnation_uuid=yesterday`)).toMatchObject({
      status: 400,
      body: { error_code: "InvalidRequest" },
    });
    expect(await ask(`${orders}/checkpoints`)).toMatchObject({
      status: 200,
      body: [{ uuid: asked.incarnation_uuid, fingerprint: 9, identifier: null, size: 10, steps: 11, processed_records: 12 }],
    });
  });

  test("the dataflow graph marks each view as incremental or recomputed, with the reason", async () => {
    expect(await ask("/v0/pipelines/orders/dataflow_graph")).toMatchObject({
      status: 200,
      body: {
        views: [
          { name: "Totals", mode: "incremental", reason: null, bounds: ["day"], emit_final: "day" },
          { name: "hidden", mode: "recompute", reason: "a constant", bounds: [], emit_final: null },
        ],
        nodes: [
          { id: 0, relation: "numbers" },
          { id: 1, inputs: [0], relation: null },
        ],
      },
    });
  });

  test("time series are integers in milliseconds", async () => {
    expect(await ask(`${orders}/time_series`)).toMatchObject({
      status: 200,
      body: { now: 2000, samples: [{ t: 1000, r: 1, m: 2, s: 3 }] },
    });
  });

  test("metrics come as bare text/plain, or as JSON", async () => {
    const text = await ask(`${orders}/metrics`);
    expect(text.type).toBe("text/plain");
    expect(text.body).toContain('records_total{pipeline="a\\"b"} 5\n');
    expect(text.body).toContain('latency_seconds_bucket{le="5"} 3\nlatency_seconds_bucket{le="+Inf"} 4\nlatency_seconds_sum 14\n');
    expect(await ask(`${orders}/metrics?format=json`)).toMatchObject({
      status: 200,
      body: [{ key: "records_total" }, { key: "latency_seconds" }],
    });
    expect((await ask("/v0/metrics")).body).toContain("headgate_reply_mismatches_total 0\n");
  });

  test("events leave out errors unless all is selected", async () => {
    const { body } = await ask(`${orders}/events`);
    expect((body as object[])[0]).not.toHaveProperty("deployment_error");
    expect(await ask(`${orders}/events/latest?selector=all`)).toMatchObject({
      status: 200,
      body: { deployment_has_error: true, deployment_error: { error_code: "RuntimeError.WorkerPanic" } },
    });
    expect(await ask(`${orders}/events/first`)).toMatchObject({ status: 400, body: { error_code: "InvalidUuidParam" } });
    expect(await ask(`${orders}/events/01990000-0000-7000-8000-000000000009`)).toMatchObject({ status: 404 });
  });

  test("connectors tell their status, always with error lists", async () => {
    expect(await ask(`${c1}/stats`)).toMatchObject({
      status: 200,
      body: { endpoint_name: "numbers.c1", parse_errors: [{ index: 1 }], health: null },
    });
    expect(await ask(`${file}/stats`)).toMatchObject({
      status: 200,
      body: { endpoint_name: "Totals.file", encode_errors: [], fatal_error: null },
    });
    expect(await ask(`${orders}/views/totals/connectors/file/stats`)).toMatchObject({
      status: 404,
      body: { error_code: "UnknownOutputEndpoint", details: { endpoint_name: "totals.file" } },
    });
  });

  test("tokens are taken and asked about", async () => {
    expect(await ask(`${c1}/completion_token`)).toMatchObject({ status: 200, body: { token: "token" } });
    expect(await ask(`${orders}/completion_status?token=token`)).toMatchObject({ status: 200, body: { status: "complete", step: 12 } });
    expect(await ask(`${orders}/completion_status`)).toMatchObject({
      status: 400,
      body: {
        error_code: "InvalidRequest",
        message: "The request is not valid: query parameter 'token' is required.",
        details: { errors: [{ path: "/query/token", message: "is required" }] },
      },
    });
    expect(await ask(`POST ${file}/reset`)).toMatchObject({ status: 200, body: { token: "token" } });
    expect(await ask(`${orders}/reset_status?token=token`)).toMatchObject({ status: 200, body: { phase: "snapshotting" } });
    expect(await ask(`${orders}/reset_status?token=gone`)).toMatchObject({ status: 410, body: { error_code: "PipelineRestarted" } });
    expect(await ask(`${orders}/reset_status?token=x`)).toMatchObject({ status: 400, body: { error_code: "InvalidParam" } });
    expect(await ask("/v0/pipelines/none/reset_status?token=x")).toMatchObject({
      status: 404,
      body: { error_code: "UnknownPipelineName" },
    });
  });

  test("ingress streams its body with whatever content type, and passes the whole query on", async () => {
    const body = "n\n".repeat(200_000);
    const sent = await ask(`POST ${orders}/ingress/NUMBERS?format=json&custom=%2Bx`, {
      body,
      headers: { "content-type": "application/json" },
    });
    expect(sent).toMatchObject({ status: 200, body: { token: "format=json&custom=%2Bx|400000" } });
    expect(await ask(`POST ${orders}/ingress/numbers?force=perhaps`, { body: "" })).toMatchObject({
      status: 400,
      body: { message: "The request is not valid: query parameter 'force' must be boolean (given: 'perhaps')." },
    });
    expect(await ask(`POST ${orders}/ingress/other`, { body })).toMatchObject({
      status: 404,
      body: { error_code: "ConfigError.UnknownInputStream" },
    });
  });

  test("queries take SQL as clients encode it and answer with bare content types", async () => {
    expect(await ask(`${orders}/query?sql=SELECT+*+FROM+%22T%22+(x)`)).toMatchObject({ status: 200, type: "text/plain" });
    expect(await ask(`${orders}/query?sql=SELECT%201&format=json`)).toMatchObject({
      status: 200,
      body: { sql: "SELECT 1", format: "json" },
    });
    expect(await ask(`${orders}/query?sql=DROP`)).toMatchObject({ status: 400, body: { error_code: "AdHocQueryError" } });
    expect(await ask(`${orders}/query?sql=SELECT+1&format=xml`)).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining("query parameter 'format' must be one of text, json, parquet, arrow_ipc, hash") },
    });
  });

  test("programs are validated", async () => {
    expect(await ask("POST /v0/validate_program", json({ program_code: "CREATE" }))).toMatchObject({
      status: 200,
      body: { Success: { program_info: { udf_stubs: "" } } },
    });
    expect(await ask("POST /v0/validate_program", json({ program_code: "x" }))).toMatchObject({
      status: 200,
      body: { SqlError: { info: { exit_code: 1 } } },
    });
  });
});
