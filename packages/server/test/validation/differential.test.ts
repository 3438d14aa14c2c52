import { Agent } from "node:http";
import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { openapiDocument } from "@headgate/contract";
import fc from "fast-check";
import { resolve, type RequestBodyObject } from "../../src/document.ts";
import { readOperations, type Operation } from "../../src/operation.ts";
import { arbitraryValue } from "../support/arbitrary-value.ts";
import { send, type RawReply, type RawRequest } from "../support/raw-request.ts";
import { errorsIn, restoreSample, sampleManager, startServer, type RunningServer } from "../support/running-server.ts";

const seed = 20260901;
const runsPerOperation = 30;
const operations = readOperations(openapiDocument);
const endless = new Set(["getPipelineLogs", "streamPipelineTimeSeries", "subscribeToChanges"]);

let record: RunningServer;
let lane: RunningServer;
let agent: Agent;
let compared = 0;
const statuses = new Map<number, number>();

beforeAll(async () => {
  agent = new Agent({ keepAlive: true, maxSockets: 4 });
  const start = async (validation: "test" | "production"): Promise<RunningServer> => {
    const memory = await sampleManager();
    return startServer({ memory, validation, authentication: { required: true }, responseSampleRate: 1 });
  };
  [record, lane] = await Promise.all([start("test"), start("production")]);
});
beforeEach(async () => {
  for (const { manager } of [record, lane]) {
    await restoreSample(manager);
    for (const [name, role] of [
      ["reader", "read"],
      ["writer", "write"],
    ] as const) {
      await manager.apiKeys.delete(name).catch(() => undefined);
      await manager.apiKeys.create(name, role);
    }
  }
});
afterAll(async () => {
  agent.destroy();
  await Promise.all([record.headgate.close(), lane.headgate.close()]);
});

const segment = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      "orders",
      "idle",
      "numbers",
      "NUMBERS",
      "%22Totals%22",
      "totals",
      "c1",
      "file",
      "start",
      "pause",
      "stats",
      "latest",
      "reader",
    ),
  },
  {
    weight: 2,
    arbitrary: fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 }).map((text) => encodeURIComponent(text.toWellFormed())),
  },
  { weight: 1, arbitrary: fc.constantFrom("%2F", "a%2Fb", "%zz", "%", "%E0%A4%A", "", "%22", ".", "..", "a+b", "a;b", "a:b", "%00") },
);
const known: Readonly<Record<string, readonly string[]>> = {
  pipeline_name: ["orders", "orders", "idle"],
  table_name: ["numbers", "NUMBERS", "%22Totals%22"],
  view_name: ["%22Totals%22", "totals"],
  connector_name: ["c1", "file", "to-file"],
  action: ["start", "pause", "stop"],
  event_id: ["latest", "01990000-0000-7000-8000-000000000000"],
  environment_id: ["default"],
  kafka_cluster_id: ["lkc-1", "lkc-1", "lkc-2"],
  plugin_name: ["MemorySink"],
  api_key_name: ["reader", "writer", "nobody"],
};
const plain = fc.string({ unit: "grapheme", maxLength: 8 }).map((text) => text.toWellFormed());
const written = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value)).toWellFormed();

/** Query strings: parameters valid, wrong, missing, repeated, with brackets, unknown, and written in several ways. */
function query(operation: Operation): fc.Arbitrary<string> {
  const declared = operation.parameters.filter((parameter) => parameter.in === "query");
  const pairs = declared.map((parameter) =>
    fc
      .tuple(
        fc.oneof(arbitraryValue(openapiDocument, parameter.schema).map(written), plain, fc.constantFrom("true", "1", "", "null", "-1")),
        fc.constantFrom("none", "once", "once", "once", "twice", "bracket", "encoded-bracket", "bare"),
        fc.boolean(),
      )
      .map(([value, how, plus]) => {
        const encoded = plus ? encodeURIComponent(value).replaceAll("%20", "+") : encodeURIComponent(value);
        if (how === "none") return [];
        if (how === "bracket") return [`${parameter.name}[a]=${encoded}`];
        if (how === "encoded-bracket") return [`${parameter.name}%5B%5D=${encoded}`];
        if (how === "bare") return [parameter.name];
        return Array.from({ length: how === "twice" ? 2 : 1 }, () => `${parameter.name}=${encoded}`);
      }),
  );
  const unknown = fc.oneof(
    { weight: 4, arbitrary: fc.constant<string[]>([]) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(["x=1"], ["__proto__=1"], ["constructor=1"], ["a=(1)*[2]"], ["%zz=%zz"], ["&&=&"], ["hasOwnProperty=1"]),
    },
  );
  return fc.tuple(unknown, ...pairs).map((parts) => (parts as string[][]).flat().join("&"));
}

function body(operation: Operation): fc.Arbitrary<{ readonly type: string | undefined; readonly body: string | undefined }> {
  const types = fc.constantFrom(
    "application/json",
    "application/json",
    "application/json",
    "application/json; charset=utf-8",
    "Application/JSON",
    "text/plain",
    "text/x; a1=2",
    "application/json; charset=latin9",
    undefined,
  );
  if (operation.body !== "json") {
    return fc.record({ type: types, body: fc.constantFrom(undefined, undefined, "null", "n\n1\n", "") });
  }
  const declared = (openapiDocument.paths[operation.path] as unknown as Record<string, { requestBody: RequestBodyObject }>)[
    operation.method.toLowerCase()
  ];
  const { content } = resolve<RequestBodyObject>(openapiDocument, declared?.requestBody as RequestBodyObject);
  const valid = arbitraryValue(openapiDocument, content["application/json"]?.schema);
  const broken = fc
    .tuple(valid, fc.constantFrom("name", "program_code", "tags", "runtime_config", "role", "format"), fc.jsonValue({ maxDepth: 1 }))
    .map(([value, key, wrong]) => ({ ...(value as object), [key]: wrong }));
  return fc.record({
    type: types,
    body: fc.oneof(
      { weight: 4, arbitrary: valid.map((value) => JSON.stringify(value)) },
      { weight: 4, arbitrary: broken.map((value) => JSON.stringify(value)) },
      { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 1 }).map((value) => JSON.stringify(value)) },
      { weight: 1, arbitrary: fc.constantFrom(undefined, "", "{", "null", "[]", "\uFEFF{}", "{}}") },
    ),
  });
}

function requests(operation: Operation): fc.Arbitrary<RawRequest> {
  const path = fc
    .tuple(
      ...operation.pathParameters.map((name) =>
        fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...(known[name] ?? ["x"])) }, { weight: 1, arbitrary: segment }),
      ),
    )
    .map((values) => {
      let index = 0;
      return operation.path.replaceAll(/\{[^}]+\}/g, () => String(values[index++]));
    });
  return fc
    .record({
      path: fc.tuple(path, fc.constantFrom("", "", "", "", "", "", "", "", "/", "/x", "#f")).map(([start, end]) => start + end),
      query: query(operation),
      method: fc.constantFrom(...Array.from({ length: 8 }, () => operation.method), "HEAD", "OPTIONS", "POST", "DELETE", "PUT"),
      key: fc.constantFrom(
        "Bearer apikey:secret-of-writer",
        "Bearer apikey:secret-of-writer",
        "bearer apikey:secret-of-reader",
        "Bearer no",
        "Basic x",
        `Basic ${Buffer.from("writer:apikey:secret-of-writer").toString("base64")}`,
        undefined,
      ),
      body: body(operation),
    })
    .map(({ path: p, query: q, method, key, body: b }) => ({
      method,
      path: q === "" ? p : `${p}?${q}`,
      headers: {
        ...(key === undefined ? {} : { authorization: key }),
        ...(b.type === undefined ? {} : { "content-type": b.type }),
      },
      body: method === "HEAD" || method === "OPTIONS" ? undefined : b.body,
    }));
}

/** What must be equal; ids and times differ from server to server. */
function verdict(reply: RawReply): unknown {
  const { status, headers, text } = reply;
  const masked = text
    .replaceAll(/[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/g, "<uuid>")
    .replaceAll(/"id":"[\da-f]{12}-\w+"/g, '"id":"<request>"')
    .replaceAll(/"\d{4}-\d\d-\d\dT[\d:.]+Z"/g, '"<time>"');
  return {
    status,
    body: masked,
    type: headers["content-type"],
    allow: headers.allow,
    retryAfter: headers["retry-after"],
    challenge: headers["www-authenticate"],
  };
}

test.each(operations.map((operation) => [operation.id, operation] as const))(
  "%s gets the same verdict and the same body from both lanes",
  async (id, operation) => {
    await fc.assert(
      fc.asyncProperty(requests(operation), async (request) => {
        const options = { agent, endless: endless.has(id) };
        const [expected, actual] = [await send(record.port, request, options), await send(lane.port, request, options)];
        compared += 1;
        statuses.set(expected.status, (statuses.get(expected.status) ?? 0) + 1);
        expect(verdict(actual)).toEqual(verdict(expected));
        expect(expected.status).not.toBe(500);
      }),
      { seed, numRuns: runsPerOperation, endOnFailure: true },
    );
  },
);

test("the comparison has seen acceptance and every kind of refusal, and no reply that breaks the contract", () => {
  expect(compared).toBeGreaterThanOrEqual(operations.length * runsPerOperation);
  for (const status of [200, 201, 202, 204, 400, 401, 403, 404, 405, 415, 503])
    expect([status, statuses.get(status) ?? 0]).not.toEqual([status, 0]);
  expect(errorsIn([...record.log, ...lane.log])).toEqual([]);
});
