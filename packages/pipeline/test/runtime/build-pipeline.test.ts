import { mkdtemp, rm, writeFile, mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { ConnectorError, type ConnectorRegistry, type OutputContext, type OutputFormatDefinition } from "@headgate/connector-kit";
import type { EndpointConfig } from "../../src/connector-config.ts";
import { buildPipeline } from "../../src/runtime/build-pipeline.ts";
import type { Pipeline } from "../../src/runtime/pipeline.ts";
import { Secrets } from "../../src/secrets.ts";
import { FakeEngine, program } from "../support/fake-engine.ts";
import { ManualSource } from "../support/manual-source.ts";
import { endpointConfig, impatientClock, incarnation } from "../support/test-pipeline.ts";
import { testRegistry } from "../support/test-registry.ts";
import { testEncoder, TestSink } from "../support/test-sink.ts";

let directory = "";
let built: Pipeline | undefined;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "build-"));
});
afterEach(async () => {
  await built?.stop();
  built = undefined;
  await rm(directory, { recursive: true, force: true });
});
const lines: string[] = [];
const write = (line: string): void => {
  lines.push(line);
};

const nosuch: OutputFormatDefinition = {
  name: "nosuch",
  parseConfig: () => {
    throw new ConnectorError("not_supported", "it is for input only");
  },
  createEncoder: () => testEncoder,
};

async function build(
  inputs: Record<string, EndpointConfig>,
  outputs: Record<string, EndpointConfig> = {},
  registry: ConnectorRegistry = { ...testRegistry, outputFormats: new Map([...testRegistry.outputFormats, ["nosuch", nosuch]]) },
  secrets = new Secrets({ env: {}, directory: undefined }),
): Promise<Pipeline> {
  const options = {
    workers: 1,
    minBatchSizeRecords: 0,
    maxBufferingDelayUsecs: 0,
    maxRssMb: null,
    memoryMbMax: null,
    storage: false,
    checkpointIntervalSecs: null,
    clockResolutionUsecs: null,
    env: {},
  };
  const compiled = { program, inputConnectors: inputs, outputConnectors: outputs };
  const { pipeline } = await buildPipeline(
    {
      pipelineName: "p",
      incarnation,
      socketPath: "",
      storageDirectory: directory,
      compiled,
      options,
      initial: "running",
      bootstrap: { policy: "allow", silent: false },
    },
    {
      createEngine: () => Promise.resolve(new FakeEngine()),
      inspectStore: () => Promise.reject(new Error("there is no store")),
      approval: () => Promise.reject(new Error("nothing to approve")),
      registry,
      clock: impatientClock,
      log: { info: write, warn: write, error: write },
      secrets,
      signal: new AbortController().signal,
    },
  );
  built = pipeline;
  return pipeline;
}
const rows = (json: object = {}): EndpointConfig => endpointConfig("t", "input", { transport: { name: "rows_input" }, ...json });
const count = (stream: string, json: object = {}): EndpointConfig =>
  endpointConfig(stream, "output", { transport: { name: "count_output" }, ...json });
const bytes = { name: "bytes_input" };

describe("a pipeline does not start with", () => {
  test.each<[string, Record<string, EndpointConfig>, Record<string, EndpointConfig>, string]>([
    ["an empty start_after", { "t.a": rows({ start_after: [] }) }, {}, "ConfigError.EmptyStartAfter"],
    ["a connector that waits for itself", { "t.a": rows({ labels: ["x"], start_after: "x" }) }, {}, "ConfigError.CyclicDependency"],
    [
      "connectors that wait for each other",
      { "t.a": rows({ labels: ["x"], start_after: "y" }), "t.b": rows({ labels: ["y"], start_after: "x" }) },
      {},
      "ConfigError.CyclicDependency",
    ],
    [
      "an unknown field",
      { "t.a": rows({ transport: { name: "rows_input", config: { nope: 1 } } }) },
      {},
      "ConfigError.InvalidTransportConfig",
    ],
    ["an unknown transport", { "t.a": rows({ transport: { name: "nope" } }) }, {}, "ConfigError.UnknownInputTransport"],
    ["no format where one is needed", { "t.a": rows({ transport: bytes }) }, {}, "ConfigError.InputFormatNotSpecified"],
    ["a format where none is taken", { "t.a": rows({ format: { name: "json" } }) }, {}, "ConfigError.InputFormatNotSupported"],
    ["an unknown format", { "t.a": rows({ transport: bytes, format: { name: "xml" } }) }, {}, "ConfigError.UnknownInputFormat"],
    [
      "a format's unknown field",
      { "t.a": rows({ transport: bytes, format: { name: "json", config: { nope: 1 } } }) },
      {},
      "ConfigError.ParserConfigParseError",
    ],
    ["a snapshot of a view that is not kept", {}, { "w.o": count("w", { send_snapshot: true }) }, "ConfigError.InvalidTransportConfig"],
    ["an unknown index", {}, { "v.o": count("v", { index: "i" }) }, "ConfigError.UnknownIndex"],
    [
      "an output format for which there is none such",
      {},
      { "v.o": count("v", { format: { name: "nosuch" } }) },
      "ConfigError.OutputFormatNotSupported",
    ],
    [
      "an output format missing",
      {},
      { "v.o": count("v", { transport: { name: "bytes_output" } }) },
      "ConfigError.OutputFormatNotSpecified",
    ],
    ["an unknown output format", {}, { "v.o": count("v", { format: { name: "xml" } }) }, "ConfigError.UnknownOutputFormat"],
    [
      "a secret that is not set",
      { "t.a": rows({ transport: { name: "rows_input", config: { path: "${env:NOPE}" } } }) },
      {},
      "ConfigError.PipelineConfigParseError",
    ],
  ])("%s", async (_, inputs, outputs, code) => {
    await expect(build(inputs, outputs)).rejects.toMatchObject({ code });
  });

  test.each<[string, ConnectorError, string]>([
    ["a source that cannot be opened", new ConnectorError("fatal", "no such file"), "InputTransportError"],
    [
      "a configuration that proves wrong on opening",
      new ConnectorError("invalid_config", "not a folder"),
      "ConfigError.InvalidTransportConfig",
    ],
  ])("%s", async (_, error, code) => {
    const source = new ManualSource();
    source.beforeOpen = () => {
      throw error;
    };
    const inputTransports = new Map([
      ["rows_input", { name: "rows_input", format: "none" as const, parseConfig: () => ({}), create: () => source }],
    ]);
    const sink = new TestSink();
    const outputTransports = new Map([
      ["count_output", { name: "count_output", format: "optional" as const, parseConfig: () => ({}), create: () => sink }],
    ]);
    await expect(
      build({ "t.a": rows() }, { "v.o": count("v") }, { ...testRegistry, inputTransports, outputTransports }),
    ).rejects.toMatchObject({ code });
    expect(source.closed).toBe(true);
    expect(sink.calls).toEqual(["open", "close"]);
  });

  test("two sinks in one place, and says which and where", async () => {
    const { builtinConnectors } = await import("@headgate/connectors");
    const file = { transport: { name: "file_output", config: { path: join(directory, "out.json") } }, format: { name: "json" } };
    const elsewhere = { ...file, transport: { ...file.transport, config: { path: join(directory, "x", "..", "out.json") } } };
    const outputs = { "t.one": endpointConfig("t", "output", file), "t.two": endpointConfig("t", "output", elsewhere) };
    await expect(build({}, outputs, builtinConnectors)).rejects.toMatchObject({
      code: "ConfigError.InvalidTransportConfig",
      message: expect.stringMatching(/t\.two: .*same place as 't\.one'.*out\.json/),
    });
  });

  test("a sink that cannot be opened", async () => {
    const sink = new TestSink();
    sink.before = () => Promise.reject(new ConnectorError("fatal", "read-only file system"));
    const outputTransports = new Map([
      ["count_output", { name: "count_output", format: "optional" as const, parseConfig: () => ({}), create: () => sink }],
    ]);
    await expect(build({}, { "v.o": count("v") }, { ...testRegistry, outputTransports })).rejects.toMatchObject({
      code: "OutputTransportError",
    });
  });
});

test("a sink that begins with a snapshot keeps its content until then, another does not", async () => {
  const keeps: Record<string, boolean | undefined> = {};
  const create = (_: unknown, { endpointName, keepContent }: OutputContext): TestSink => {
    keeps[endpointName] = keepContent;
    return new TestSink();
  };
  const outputTransports = new Map([
    ["count_output", { name: "count_output", format: "optional" as const, parseConfig: () => ({}), create }],
  ]);
  await build({}, { "v.snapshot": count("v", { send_snapshot: true }), "v.follow": count("v") }, { ...testRegistry, outputTransports });
  expect(keeps).toEqual({ "v.snapshot": true, "v.follow": false });
});

test("a secret that is not set is told with the connector that names it", async () => {
  const config = { path: "${env:NOPE}" };
  await expect(build({ "t.a": rows({ transport: { name: "rows_input", config } }) })).rejects.toMatchObject({
    message: expect.stringMatching(/^t\.a: .*NOPE/) as unknown,
    details: { endpoint_name: "t.a" },
  });
});

test("secrets are resolved for connectors, and never come back in an error", async () => {
  await mkdir(join(directory, "db"));
  await writeFile(join(directory, "db", "password"), "hunter2-and-more");
  const seen: unknown[] = [];
  const source = new ManualSource();
  const inputTransports = new Map([
    [
      "rows_input",
      {
        name: "rows_input",
        format: "none" as const,
        parseConfig: (config: unknown) => config,
        create: (config: unknown) => {
          seen.push(config);
          return source;
        },
      },
    ],
  ]);
  const config = { uri: "pg://${env:USER_NAME}:${secret:kubernetes:db/password}@host", list: ["${env:USER_NAME}"], n: 1 };
  const secrets = new Secrets({ env: { USER_NAME: "canary-user" }, directory });
  const pipeline = await build(
    { "t.a": rows({ transport: { name: "rows_input", config } }) },
    {},
    { ...testRegistry, inputTransports },
    secrets,
  );
  expect(seen).toEqual([{ uri: "pg://canary-user:hunter2-and-more@host", list: ["canary-user"], n: 1 }]);
  source.beforeRead = () => {
    throw new ConnectorError("fatal", "cannot connect to pg://canary-user:hunter2-and-more@host");
  };
  void pipeline.run("running");
  const input = pipeline.input("t.a");
  const expected = "cannot connect to pg://${env:USER_NAME}:${secret:kubernetes:db/password}@host";
  for (let i = 0; i < 100 && input.fatalError === null; i += 1) await new Promise((resolve) => setImmediate(resolve));
  expect(input.fatalError).toBe(expected);
  expect(JSON.stringify(input.stats(true))).not.toMatch(/hunter2|canary/);
});
