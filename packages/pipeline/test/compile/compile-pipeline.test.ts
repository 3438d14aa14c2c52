import { describe, expect, test } from "@jest/globals";
import { compileProgram, describeProgram } from "@headgate/engine";
import { compilePipeline } from "../../src/compile/compile-pipeline.ts";
import { testRegistry } from "../support/test-registry.ts";

const compile = (sql: string) => compilePipeline(sql, { compileProgram, describeProgram, registry: testRegistry });
const table = (connectors: string): string => `CREATE TABLE t (id INT) WITH ('connectors' = '${connectors}');`;
const view = (connectors: string, kind = "MATERIALIZED VIEW"): string =>
  `CREATE TABLE t (id INT);\nCREATE ${kind} v WITH ('connectors' = '${connectors}') AS SELECT * FROM t;`;
const rows = (attributes: object = {}): string => JSON.stringify({ transport: { name: "rows_input" }, ...attributes });
const count = (attributes: object = {}): string => JSON.stringify({ transport: { name: "count_output" }, ...attributes });

async function messages(sql: string): Promise<string[]> {
  const result = await compile(sql);
  const list = result.ok ? result.warnings : result.messages;
  return list.map(({ errorType, message, warning }) => `${warning ? "warning " : ""}${errorType}: ${message}`);
}

describe("connectors of a program", () => {
  test("get every default, and unnamed ones are numbered by their place in the list", async () => {
    const result = await compile(table(`[${rows({ name: "abc" })},${rows()},${rows({ name: "def" })},${rows()}]`));
    if (!result.ok) throw new Error(JSON.stringify(result.messages));
    expect(Object.keys(result.compiled.inputConnectors)).toEqual(["t.abc", "t.unnamed-1", "t.def", "t.unnamed-3"]);
    expect(result.compiled.inputConnectors["t.abc"]).toEqual({
      stream: "t",
      transport: { name: "rows_input" },
      format: null,
      index: null,
      labels: [],
      start_after: null,
      paused: false,
      max_queued_records: 1_000_000,
      max_queued_bytes: null,
      max_batch_size: null,
      max_worker_batch_size: null,
      enable_output_buffer: false,
      max_output_buffer_time_millis: Number.MAX_SAFE_INTEGER,
      max_output_buffer_size_records: 10_000_000,
      send_snapshot: false,
    });
  });

  test("are complained about with their place in the program and its line", async () => {
    const result = await compile(`CREATE TABLE t (id INT) WITH (\n  'connectors' = '[{\n    "transport": {"name": "nope"}\n  }]'\n);`);
    if (result.ok) throw new Error("The program compiled");
    expect(result.messages[0]).toMatchObject({
      position: { startLine: 2, startColumn: 18, endLine: 4, endColumn: 5 },
      snippet: "    2|  'connectors' = '[{\n                       ^",
    });
  });

  test("keep quoted relation names in the endpoint name", async () => {
    const result = await compile(`CREATE TABLE "Big T" (id INT) WITH ('connectors' = '[${rows({ name: "c" })}]');`);
    expect(result.ok && Object.keys(result.compiled.inputConnectors)).toEqual(["Big T.c"]);
  });

  test("accept start_after as one label or several", async () => {
    const result = await compile(
      table(`[${rows({ start_after: "a" })},${rows({ start_after: ["a", "b"] })},${rows({ start_after: [] })}]`),
    );
    expect(result.ok && Object.values(result.compiled.inputConnectors).map((c) => c.start_after)).toEqual([["a"], ["a", "b"], []]);
  });

  test.each([
    [{ send_snapshot: true }, true],
    [{ mode: "snapshot_and_follow" }, true],
    [{ mode: "snapshot_and_follow", send_snapshot: true }, true],
    [{ mode: "follow" }, false],
    [{}, false],
  ])("%j means send_snapshot %s", async (attributes, expected) => {
    const result = await compile(view(`[${count(attributes)}]`));
    expect(result.ok && result.compiled.outputConnectors["v.unnamed-0"]?.send_snapshot).toBe(expected);
  });
});

describe("a program is refused with ConnectorGenerationError when", () => {
  test.each([
    ["the property is not JSON", table("[oops"), /InvalidPropertyValue: 'connectors' of 't' is not valid JSON/],
    ["the property is no array", table("{}"), /InvalidPropertyValue: .* must be a JSON array/],
    ["a connector is no object", table("[1]"), /InvalidPropertyValue: connector 0 of 't': a connector must be a JSON object/],
    ["a name has other characters", table(`[${rows({ name: "a b" })}]`), /InvalidPropertyValue: .*'name' must match/],
    ["a name is too long", table(`[${rows({ name: "a".repeat(101) })}]`), /at most 100 characters/],
    ["the transport is missing", table('[{"name":"x"}]'), /'transport' is missing/],
    [
      "the transport is unknown",
      table('[{"transport":{"name":"nope"}}]'),
      /no input transport 'nope'; expected one of: bytes_input, rows_input/,
    ],
    ["an implicit transport is declared", table('[{"transport":{"name":"http_input"}}]'), /made by the runtime/],
    ["a table has an output connector", table(`[${count()}]`), /ExpectedInputConnector/],
    ["a view has an input connector", view(`[${rows()}]`), /ExpectedOutputConnector/],
    ["two connectors have one name", table(`[${rows({ name: "a" })},${rows({ name: "a" })}]`), /RelationConnectorNameCollision.*'a'/],
    ["an attribute has the wrong type", table(`[${rows({ paused: "yes" })}]`), /'paused' must be true or false, but it is "yes"/],
    ["a count is negative", table(`[${rows({ max_batch_size: -1 })}]`), /'max_batch_size' must be a whole number/],
    ["an output attribute stands on an input", table(`[${rows({ send_snapshot: true })}]`), /is an attribute of output connectors/],
    ["an input attribute stands on an output", view(`[${count({ labels: ["a"] })}]`), /is an attribute of input connectors/],
    ["send_snapshot and mode differ", view(`[${count({ send_snapshot: true, mode: "follow" })}]`), /contradict each other/],
    ["the mode is unknown", view(`[${count({ mode: "truncate" })}]`), /'mode' must be "follow" or "snapshot_and_follow"/],
    ["something unsupported is asked for", table(`[${rows({ soft_delete: true })}]`), /'soft_delete' is not supported/],
    ["a LOCAL view has connectors", view(`[${count()}]`, "LOCAL VIEW"), /is LOCAL/],
  ])("%s", async (_, sql, expected) => {
    const result = await compile(sql);
    expect(result.ok).toBe(false);
    const found = await messages(sql);
    expect(found.join("\n")).toMatch(expected);
    expect(found[0]).toMatch(/^ConnectorGenerationError: /);
  });

  test("the message stands at the property's value", async () => {
    const result = await compile("CREATE TABLE t (id INT)\nWITH ('connectors' = '[oops');");
    if (result.ok) throw new Error("compiled");
    expect(result.messages[0]?.position).toMatchObject({ startLine: 2, startColumn: 22, endLine: 2 });
  });
});

describe("mistakes that fail the start, not the program, are told as warnings:", () => {
  test.each([
    [
      "a configuration with an unknown field",
      table(`[${rows({ transport: { name: "rows_input", config: { nope: 1 } } })}]`),
      /unknown field 'nope'/,
    ],
    ["a missing format", table('[{"transport":{"name":"bytes_input"}}]'), /needs a format/],
    ["a needless format", table(`[${rows({ format: { name: "json" } })}]`), /takes no format/],
    [
      "an unknown format",
      table('[{"transport":{"name":"bytes_input"},"format":{"name":"xml"}}]'),
      /unknown input format 'xml'; expected one of: json/,
    ],
    ["a snapshot of a view that is not kept", view(`[${count({ send_snapshot: true })}]`, "VIEW"), /requires a materialized output view/],
    ["an unknown index", view(`[${count({ index: "i" })}]`), /no index 'i'/],
    ["an attribute that nobody knows", table(`[${rows({ colour: "red" })}]`), /attribute 'colour' is unknown and ignored/],
  ])("%s", async (_, sql, expected) => {
    expect((await compile(sql)).ok).toBe(true);
    const found = await messages(sql);
    expect(found.join("\n")).toMatch(expected);
    expect(found[0]).toMatch(/^warning /);
  });

  test("but not where a secret is still to be resolved", async () => {
    const config = { transport: { name: "rows_input", config: { nope: "${env:TOKEN}" } } };
    expect(await messages(table(`[${rows(config)}]`))).toEqual([]);
  });
});

test("a program with a mistake in its SQL is refused with the compiler's own message", async () => {
  const result = await compile("CREATE VIEW v AS SELECT nope FROM nowhere;");
  expect(result.ok).toBe(false);
});

test("a compiled program tells how each view is kept, in a form that survives JSON", async () => {
  const result = await compile("CREATE TABLE t (x INT); CREATE VIEW v AS SELECT x + 1 AS y FROM t WHERE x > 0;");
  if (!result.ok) throw new Error(JSON.stringify(result.messages));
  const { views, nodes } = JSON.parse(JSON.stringify(result.compiled.dataflow)) as NonNullable<typeof result.compiled.dataflow>;
  expect(views.find(({ name }) => name === "v")).toEqual({ name: "v", maintenance: { mode: "incremental" } });
  expect(nodes.map(({ relation }) => relation)).toEqual(expect.arrayContaining(["t", "v"]));
});
