import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { ConnectError } from "@headgate/manager";
import { createMemoryManager } from "../double/memory-manager.ts";
import { errorsIn, json, startServer, type RunningServer } from "../support/running-server.ts";

const cluster = "/connect/v1/environments/default/clusters/lkc-1";
const toFile = `${cluster}/connectors/to-file`;
const masked = { "connector.class": "MemorySink", "api.secret": "****************" };
const offsets = [{ partition: { kafka_topic: "t", kafka_partition: 0 }, offset: { kafka_offset: 7 } }];

describe.each(["test", "production"] as const)("with %s validation", (validation) => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startServer({ memory: createMemoryManager(), validation, responseSampleRate: 1 });
  });
  afterAll(() => server.headgate.close());
  /** Status, body as text where order matters, parsed else; the log must stay free of mismatches. */
  const ask = async (target: string, init?: RequestInit): Promise<{ status: number; body: unknown; headers: Headers; text: string }> => {
    const { status, headers, text } = await server
      .call(target, init)
      .then(async (r) => ({ status: r.status, headers: r.headers, text: await r.text() }));
    expect(errorsIn(server.log)).toEqual([]);
    return { status, headers, text, body: text === "" ? undefined : JSON.parse(text) };
  };

  test("a status has the fields of the published cloud, in its order, with the age of what was seen", async () => {
    const { status, text, headers } = await ask(`${toFile}/status?expand=id&nobody=knows`);
    expect([status, headers.get("content-type")]).toEqual([200, "application/json"]);
    expect(headers.get("x-headgate-observed-age-ms")).toMatch(/^\d+$/);
    const [published = "", own = ""] = text.split(',"headgate":');
    expect(`${published}}`).toBe(
      '{"name":"to-file","connector":{"state":"RUNNING","worker_id":"to-file","trace":""},' +
        '"tasks":[{"id":0,"state":"RUNNING","worker_id":"to-file","msg":""}],"type":"sink",' +
        '"errors_from_trace":[],"validation_errors":[],"override_message":"","validation_error_category_info":null,' +
        '"is_csfle_error":false,"error_details":null,"error_summary":"","error_recommendation_enabled":false,"plugin_lifecycle":"ACTIVE"}',
    );
    expect(JSON.parse(own.slice(0, -1))).toEqual({
      observed_at: expect.stringMatching(/^\d{4}-.*Z$/),
      stale_because: null,
      state: "RUNNING",
      tasks: [{ id: 0, state: "RUNNING", worker: "w:1" }],
    });
  });

  test("connectors are listed by name, or expanded in every way that clients ask for it", async () => {
    expect(await ask(`${cluster}/connectors`)).toMatchObject({ status: 200, body: ["to-file"] });
    const keys = async (query: string) => {
      const { body } = await ask(`${cluster}/connectors?${query}`);
      return Object.keys((body as Record<string, object>)["to-file"] as object).sort();
    };
    expect(await keys("expand=info,status,id")).toEqual(["extensions", "id", "info", "status"]);
    expect(await keys("expand=info&expand=status")).toEqual(["extensions", "info", "status"]);
    expect(await keys("expand=info%2Cstatus%2Cid&expand=id%2Cstatus")).toEqual(["extensions", "id", "info", "status"]);
    expect(await keys("expand=id,later")).toEqual(["extensions", "id"]);
    expect(await keys("expand=")).toEqual(["extensions"]);
    const { body } = await ask(`${cluster}/connectors?expand=info,id`);
    expect(body).toEqual({
      "to-file": {
        id: { id: "lcc-abc123", id_type: "ID" },
        info: { name: "to-file", type: "sink", config: { file: "/tmp/o", ...masked }, tasks: [{ connector: "to-file", task: 0 }] },
        extensions: {},
      },
    });
  });

  test("a connector is created, read, changed and deleted, with the published statuses and bodies", async () => {
    const config = { file: "/tmp/n" };
    const created = await ask(`POST ${cluster}/connectors`, json({ name: "n", config, offsets, nobody: "knows" }));
    expect(created).toMatchObject({ status: 201, body: { name: "n", type: "sink", config: masked, tasks: [], offsets } });
    expect(await ask(`POST ${cluster}/connectors`, json({ name: "n", config }))).toMatchObject({
      status: 409,
      body: { error: { code: 409, message: "There is a connector 'n' already" } },
    });
    const one = { name: "n", type: "sink", config: { file: "/tmp/n", ...masked }, tasks: [{ connector: "n", task: 0 }] };
    expect(await ask(`${cluster}/connectors/n`)).toMatchObject({ status: 200, body: one });
    expect(await ask(`${cluster}/connectors/n/config`)).toMatchObject({ status: 200, body: one.config });
    expect(await ask(`PUT ${cluster}/connectors/n/config`, json({ file: "/tmp/m" }))).toMatchObject({
      status: 200,
      body: { ...one, config: { file: "/tmp/m", ...masked } },
    });
    expect(await ask(`DELETE ${cluster}/connectors/n`)).toMatchObject({ status: 200, text: '{"error":null}' });
    expect(await ask(`${cluster}/connectors/n/status`)).toMatchObject({
      status: 404,
      body: { error: { code: 404, message: "resource not found: There is no connector 'n'" } },
    });
  });

  test("pause, resume and restart are accepted without a body", async () => {
    const accepted = { status: 202, text: "" };
    expect(await ask(`PUT ${toFile}/pause`)).toMatchObject(accepted);
    expect(await ask(`${toFile}/status`)).toMatchObject({ body: { connector: { state: "PAUSED" }, tasks: [{ state: "STOPPED" }] } });
    expect(await ask(`POST ${toFile}/restart`)).toMatchObject({
      status: 400,
      body: { error: { code: 400, message: "The connector 'to-file' is PAUSED" } },
    });
    expect(await ask(`PUT ${toFile}/resume`, json(null))).toMatchObject(accepted);
    expect(await ask(`POST ${toFile}/restart`)).toMatchObject(accepted);
  });

  test("tasks, plugins, validation and offsets have the published shapes", async () => {
    expect(await ask(`${toFile}/tasks`)).toMatchObject({
      status: 200,
      body: [{ id: { connector: "to-file", task: 0 }, config: { file: "/tmp/o" } }],
    });
    expect(await ask(`${cluster}/connector-plugins`)).toMatchObject({
      status: 200,
      body: [{ class: "MemorySink", type: "sink", version: "1" }],
    });
    const validated = await ask(`PUT ${cluster}/connector-plugins/MemorySink/config/validate`, json({}));
    expect(validated).toMatchObject({
      status: 200,
      body: {
        name: "MemorySink",
        groups: ["Common"],
        error_count: 1,
        configs: [
          {
            definition: { name: "file", default_value: "", display_name: "File", alias: "" },
            value: { name: "file", value: "", recommended_values: [], errors: ['"file" is required'], visible: true },
            metadata: {},
          },
        ],
      },
    });
    expect(await ask(`PUT ${cluster}/connector-plugins/No/config/validate`, json({}))).toMatchObject({ status: 404 });
    const time = expect.stringMatching(/^\d{4}-.*Z$/);
    expect(await ask(`${toFile}/offsets`)).toMatchObject({
      status: 200,
      body: { id: "lcc-abc123", name: "to-file", offsets, metadata: { observed_at: time } },
    });
    const request = { id: "lcc-abc123", name: "to-file", offsets, requested_at: time, type: "PATCH" };
    expect(await ask(`${toFile}/offsets/request/status`)).toMatchObject({ status: 404 });
    expect(await ask(`POST ${toFile}/offsets/request`, json({ type: "PATCH" }))).toMatchObject({
      status: 400,
      body: { error: { message: expect.stringContaining("needs 'offsets'") } },
    });
    expect(await ask(`POST ${toFile}/offsets/request`, json({ type: "DELETE", offsets }))).toMatchObject({
      status: 400,
      body: { error: { message: expect.stringContaining("leave out 'offsets'") } },
    });
    expect(await ask(`POST ${toFile}/offsets/request`, json({ type: "PATCH", offsets }))).toMatchObject({ status: 202, body: request });
    expect(await ask(`POST ${toFile}/offsets/request`, json({ type: "DELETE" }))).toMatchObject({ status: 409 });
    expect(await ask(`${toFile}/offsets/request/status`)).toMatchObject({
      status: 200,
      body: { request, status: { phase: "APPLIED", message: "done" }, previous_offsets: offsets, applied_at: time },
    });
  });

  test("what the shell refuses is told in the words of the dialect", async () => {
    const post = (body: string, type = "application/json") =>
      ask(`POST ${cluster}/connectors`, { body, headers: { "content-type": type } });
    const refused = (code: number, message: unknown) => ({ status: code, body: { error: { code, message } } });
    expect(await ask("/connect/v1/nothing")).toMatchObject(refused(404, "resource not found: Unknown path '/connect/v1/nothing'."));
    expect(await ask("/connect")).toMatchObject(refused(404, "resource not found: Unknown path '/connect'."));
    expect(await ask("/connect/v1/environments/e/clusters/c/connectors")).toMatchObject(
      refused(404, "account not found: There is no cluster 'c' in the environment 'e'"),
    );
    const wrongMethod = await ask(`PATCH ${cluster}/connectors`);
    expect(wrongMethod).toMatchObject(refused(405, "Method PATCH is not allowed here; allowed are: GET, HEAD, OPTIONS, POST."));
    expect(wrongMethod.headers.get("allow")).toBe("GET, HEAD, OPTIONS, POST");
    expect(await post("{")).toMatchObject(refused(400, "The request is not valid: the body is not valid JSON."));
    expect(await post('{"name":"x"}')).toMatchObject(refused(400, "The request is not valid: body field 'config' is required."));
    expect(await post('{"name":"x","config":{"tasks.max":1}}')).toMatchObject(
      refused(400, "The request is not valid: body field 'config.tasks.max' must be string."),
    );
    expect(await post("name=x", "text/plain")).toMatchObject(refused(415, "The body must be application/json, not text/plain."));
    expect(await post(JSON.stringify({ name: "x".repeat(9 << 20) }))).toMatchObject(refused(413, "The body is larger than 8388608 bytes."));
  });
});

test("an engine that gives no answer is 503 with Retry-After, one that fails is logged, and a defect of ours shows nothing", async () => {
  const memory = createMemoryManager();
  await using server = await startServer({ memory });
  const next = async (error: unknown) => {
    memory.failNext(error);
    const response = await server.call(`${toFile}/status`);
    return { status: response.status, retryAfter: response.headers.get("retry-after"), body: await response.json() };
  };
  expect(await next(new ConnectError("EngineUnavailable", "no worker answered"))).toEqual({
    status: 503,
    retryAfter: "5",
    body: { error: { code: 503, message: "no worker answered" } },
  });
  expect(errorsIn(server.log)).toEqual([]);
  expect(await next(new ConnectError("EngineFailed", "the worker said 500", { cause: new Error("deep") }))).toMatchObject({
    status: 500,
    body: { error: { code: 500, message: "the worker said 500" } },
  });
  expect(await next(new Error("secret cause"))).toMatchObject({
    status: 500,
    body: { error: { code: 500, message: expect.stringMatching(/^Oops, something went wrong: (?!.*secret)/) } },
  });
  expect(errorsIn(server.log)).toHaveLength(2);
});

test("a status that could not be refreshed never looks fresh, to published clients neither", async () => {
  const memory = createMemoryManager();
  const observedAt = Date.now() - 60_000;
  const at = { environment: "default", cluster: "lkc-1", connector: "to-file" };
  const fresh = await memory.connect.status(at);
  const stale = { ...fresh, observedAt, trace: "task 0: why", staleBecause: "no worker answers" };
  await using server = await startServer({ memory: { ...memory, connect: { ...memory.connect, status: async () => stale } } });
  const response = await server.call(`${toFile}/status`);
  const words = `Not refreshed since ${new Date(observedAt).toISOString()}: no worker answers`;
  expect(Number(response.headers.get("x-headgate-observed-age-ms"))).toBeGreaterThanOrEqual(60_000);
  expect(await response.json()).toMatchObject({
    connector: { trace: `${words}\ntask 0: why` },
    override_message: words,
    headgate: { stale_because: "no worker answers", observed_at: new Date(observedAt).toISOString() },
  });
});
