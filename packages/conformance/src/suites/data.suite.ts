import type { Chunk } from "@headgate/client";
import { applyChanges, copyProgram, nullOutput } from "../kit/programs.ts";
import { openSession, waitMs } from "../kit/session.ts";
import type { Suite } from "../kit/suite-kit.ts";
import { until } from "../kit/until.ts";

const rows = (count: number) => Array.from({ length: count }, (_, id) => ({ id, name: `n${id}` }));
const plain =
  "CREATE TABLE t (id INT NOT NULL PRIMARY KEY, name VARCHAR) WITH ('materialized' = 'true'); CREATE VIEW v AS SELECT * FROM t;";

export const dataSuite: Suite = (kit) => {
  const { test, assert } = kit;

  test("ingestRecords takes JSON and CSV, replaces by key and deletes", async () => {
    const { client, withRunning } = openSession(kit);
    await withRunning(copyProgram(), async (pipeline) => {
      const wait = { wait: true, timeoutMs: waitMs };
      await client.ingress(pipeline, "t", rows(3), wait);
      await client.ingress(pipeline, "T", [{ id: 1, name: "one" }], { ...wait, array: true });
      await client.ingress(pipeline, "t", [{ delete: { id: 0 } }, { update: { id: 2, name: "two" } }], {
        ...wait,
        updateFormat: "insert_delete",
      });
      await client.ingressRaw(pipeline, '"t"', "7,seven\n", { format: "csv", ...wait });
      const { token } = await client.ingressRaw(pipeline, "t", "", { format: "json" });
      assert.ok(token.length > 0, "no rows are fine");
      const held: unknown[] = [];
      for await (const row of await client.query(pipeline, "SELECT id, name FROM v ORDER BY id")) held.push(row);
      assert.deepEqual(held, [
        { id: 1, name: "one" },
        { id: 2, name: "two" },
        { id: 7, name: "seven" },
      ]);
    });
  });

  test("ingestRecords keeps the good rows beside bad ones, and tells each bad one", async () => {
    const { client, withRunning, expectFailure } = openSession(kit);
    await withRunning(copyProgram(), async (pipeline) => {
      const body = '{"id":1,"name":"a"}\n{"id":"five","name":"b"}\n{"id":3,"name":"c"}\n{"name":"no key"}\n';
      const query = { updateFormat: "raw", format: "json" } as const;
      const refused = await expectFailure(client.ingressRaw(pipeline, "t", body, query), 400, "ParseErrors");
      assert.match(refused.message, /^Errors parsing input data \(2 errors\):/);
      const { num_errors, errors } = refused.details as { num_errors: number; errors: readonly Record<string, unknown>[] };
      assert.equal(num_errors, 2);
      assert.equal(errors.length, 2);
      assert.deepEqual([errors[0]?.["event_number"], errors[0]?.["field"]], [2, "id"]);
      const fields = ["description", "event_number", "field", "invalid_bytes", "invalid_text", "suggestion", "tag"];
      for (const error of errors) assert.deepEqual(Object.keys(error).sort(), fields);
      await until("the good rows were in", async () => {
        const text = await client.queryText(pipeline, "SELECT count(*) AS n FROM t");
        return text.includes(" 2 ") ? true : undefined;
      });
      const [input] = (await client.pipelines.stats(pipeline, { includeConnectorErrors: true })).inputs;
      assert.deepEqual([input?.metrics.num_parse_errors, input?.metrics.total_records], [2, 2]);
      assert.equal(input?.parse_errors?.[1]?.index, 2);
      await until("the pipeline's status counted the errors", async () => {
        const { connectors } = await client.pipelines.get(pipeline, { selector: "status_with_connectors" });
        return connectors?.num_errors === 2 ? true : undefined;
      });
    });
  });

  test("ingestRecords waits while the pipeline is paused, unless it is forced", async () => {
    const { client, withRunning } = openSession(kit);
    const body = async (pipeline: string) => {
      await client.ingress(pipeline, "t", [{ id: 1 }], { force: true });
      let done = false;
      const waiting = client.ingress(pipeline, "t", [{ id: 2 }]).then((reply) => {
        done = true;
        return reply;
      });
      await until("the endpoint was there", async () => ((await client.pipelines.stats(pipeline)).inputs.length > 0 ? true : undefined));
      assert.equal(done, false);
      await client.pipelines.resume(pipeline);
      await client.connectors.waitForToken(pipeline, (await waiting).token, { timeoutMs: waitMs });
    };
    await withRunning(copyProgram(), body, "paused");
  });

  test("ingestRecords tells a table, a format or a setting that does not exist", async () => {
    const { client, send, withRunning, expectFailure, expectError } = openSession(kit);
    await withRunning(copyProgram(), async (pipeline) => {
      const json = { format: "json" } as const;
      await expectFailure(client.ingressRaw(pipeline, "nowhere", "", json), 404, "ConfigError.UnknownInputStream");
      await expectFailure(client.ingressRaw(pipeline, '"T"', "", json), 404, "ConfigError.UnknownInputStream");
      await expectFailure(client.ingressRaw(pipeline, "t", "", { format: "xml" as "json" }), 400, "ConfigError.UnknownInputFormat");
      const path = { pipeline_name: pipeline, table_name: "t" };
      await expectError(send("ingestRecords", { path, body: "", query: { format: "json", force: "perhaps" } }), 400, "InvalidRequest");
    });
  });

  test("a stop ends an ingress that waits", async () => {
    const { client, withRunning } = openSession(kit);
    const body = async (pipeline: string) => {
      const waiting = client.ingress(pipeline, "t", [{ id: 2 }]).then(
        () => "taken",
        (error: { status?: number; code: string }) => `${error.status} ${error.code}`,
      );
      await until("the endpoint was there", async () => ((await client.pipelines.stats(pipeline)).inputs.length > 0 ? true : undefined));
      await client.pipelines.stopAndWait(pipeline, { timeoutMs: waitMs });
      assert.match(await waiting, /^(410 Terminating|503 Pipeline\w+)$/);
    };
    await withRunning(copyProgram(), body, "paused");
  });

  test("subscribeToChanges gives the snapshot, then each change once, in order", async () => {
    const { client, withRunning } = openSession(kit);
    await withRunning(copyProgram(), async (pipeline) => {
      await client.ingress(pipeline, "t", rows(100), { wait: true, timeoutMs: waitMs });
      const stream = await client.egress(pipeline, "V", { sendSnapshot: true, heartbeats: true, timeoutMs: waitMs });
      const held = new Map<string, number>();
      const chunks: Chunk[] = [];
      const take = async (until: () => boolean) => {
        while (!until()) {
          const { value } = await reader.next();
          if (value === undefined) throw new Error("the stream ended");
          chunks.push(value);
          applyChanges(held, value.json_data ?? []);
        }
      };
      const reader = stream[Symbol.asyncIterator]();
      await take(() => held.size === 100);
      assert.ok(chunks.every((chunk) => chunk.snapshot));
      const seen = chunks.length;
      await client.ingress(pipeline, "t", [{ insert: { id: 5, name: "five" } }, { delete: { id: 6 } }], { updateFormat: "insert_delete" });
      await take(() => held.has('{"id":5,"name":"five"}') && held.size === 99);
      assert.ok(chunks.slice(seen).every((chunk) => !chunk.snapshot));
      assert.ok([...held.values()].every((count) => count === 1));
      assert.deepEqual(
        chunks.map((chunk) => chunk.sequence_number),
        chunks.map((_, i) => i),
      );
      stream.close();
    });
  });

  test("subscribeToChanges gives CSV with weights, and takes its configuration as a body", async () => {
    const { client, send, withRunning } = openSession(kit);
    await withRunning(copyProgram(), async (pipeline) => {
      await client.ingress(pipeline, "t", [{ id: 1, name: "a" }], { wait: true, timeoutMs: waitMs });
      const csv = await client.egress(pipeline, "v", { format: "csv", sendSnapshot: true, timeoutMs: waitMs });
      for await (const chunk of csv) {
        assert.equal(chunk.text_data, "1,a,1\n");
        break;
      }
      const stop = new AbortController();
      const body = { format: { name: "json", config: { array: true } }, send_snapshot: true };
      const response = await send("subscribeToChanges", { path: { pipeline_name: pipeline, table_name: "v" }, body, signal: stop.signal });
      assert.equal(response.status, 200);
      const { value } = (await response.body?.getReader().read()) ?? {};
      assert.match(new TextDecoder().decode(value), /^\{"sequence_number":0,"snapshot":true,"json_data":\[.*\]\}\r\n/);
      stop.abort();
    });
  });

  test("subscribeToChanges shows that it is alive when there is nothing to say", async () => {
    const { client, withRunning } = openSession(kit);
    await withRunning(copyProgram(), async (pipeline) => {
      for await (const chunk of await client.egress(pipeline, "v", { heartbeats: true, timeoutMs: waitMs })) {
        assert.deepEqual(chunk, { sequence_number: 0, snapshot: false });
        break;
      }
      await until("the connection was gone", async () =>
        (await client.pipelines.stats(pipeline)).outputs.length === 0 ? true : undefined,
      );
    });
  });

  test("subscribeToChanges tells what it cannot do", async () => {
    const { send, withRunning, expectError } = openSession(kit);
    await withRunning(plain, async (pipeline) => {
      const path = { pipeline_name: pipeline, table_name: "v" };
      const refuse = (status: number, code: string, parts: object) =>
        expectError(send("subscribeToChanges", { path, ...parts }), status, code);
      await refuse(404, "ConfigError.UnknownOutputStream", { path: { ...path, table_name: "nowhere" }, query: { format: "json" } });
      const format = await refuse(400, "InvalidParam", { query: { format: "parquet" } });
      assert.equal(format.message, "Invalid parameter: Format must be configured as `csv` or `json`");
      await refuse(400, "ConfigError.InvalidTransportConfig", { query: { format: "json", send_snapshot: "true" } });
      await refuse(400, "InvalidRequest", { query: { format: "json", backpressure: "perhaps" } });
      const json = { name: "json", config: { array: true } };
      const mixed = await refuse(400, "InvalidParam", { query: { format: "json" }, body: { format: json } });
      assert.match(mixed.message, /Can't mix configuration between JSON body and query parameters/);
      await refuse(400, "InvalidParam", { body: { format: { name: "json" } } });
      await refuse(400, "InvalidParam", { body: { format: json, transport: { name: "file_output" } } });
      await refuse(400, "ConfigError.UnknownIndex", { body: { format: json, index: "i" } });
      await refuse(400, "ConfigError.EncoderConfigParseError", {
        body: { format: { name: "json", config: { array: true, update_format: "no" } } },
      });
    });
  });

  test("subscribeToChanges has a limit of connections, and frees a place when one ends", async () => {
    const { client, expectError, send, withRunning } = openSession(kit);
    await withRunning(copyProgram(), async (pipeline) => {
      const open: { close: () => void }[] = [];
      try {
        const refused = await until("a subscription was refused", async () => {
          const some = await Promise.allSettled(
            Array.from({ length: 60 }, () => client.egress(pipeline, "v", { sendSnapshot: true, timeoutMs: waitMs })),
          );
          for (const one of some) if (one.status === "fulfilled") open.push(one.value);
          return some.find((one) => one.status === "rejected");
        });
        const { status, code } = refused.reason as { status: number; code: string };
        assert.deepEqual([status, code], [429, "ApiConnectionLimit"]);
        const path = { pipeline_name: pipeline, table_name: "t" };
        await expectError(send("ingestRecords", { path, query: { format: "csv" }, body: "" }), 429, "ApiConnectionLimit");
        open.shift()?.close();
        let reason: unknown;
        const again = await until("there was a place again", () =>
          client.egress(pipeline, "v", { sendSnapshot: true, timeoutMs: waitMs }).catch((error: unknown) => void (reason = error)),
        ).catch((late: unknown) => {
          throw new Error(String(late), { cause: reason });
        });
        again.close();
      } finally {
        for (const one of open) one.close();
      }
    });
  });

  test("runQuery gives text, JSON and a hash that does not depend on the order of rows", async () => {
    const { client, send, withRunning } = openSession(kit);
    await withRunning(copyProgram(), async (pipeline) => {
      await client.ingress(pipeline, "t", rows(3), { wait: true, timeoutMs: waitMs });
      assert.match(await client.queryText(pipeline, "SELECT id FROM t ORDER BY id"), /^\+-+\+\n\| id \|\n/);
      const hashes = await Promise.all(
        ["ASC", "DESC"].map((way) => client.queryText(pipeline, `SELECT id FROM t ORDER BY id ${way}`, { format: "hash" })),
      );
      assert.match(hashes[0] ?? "", /^[0-9A-F]{64}$/);
      assert.equal(hashes[0], hashes[1]);
      const parquet = await send("runQuery", { path: { pipeline_name: pipeline }, query: { sql: "SELECT id FROM t", format: "parquet" } });
      assert.equal(parquet.status, 200);
      const bytes = new Uint8Array(await parquet.arrayBuffer());
      assert.equal(new TextDecoder().decode(bytes.subarray(0, 4)), "PAR1");
      const arrow = await send("runQuery", { path: { pipeline_name: pipeline }, query: { sql: "SELECT id FROM t", format: "arrow_ipc" } });
      assert.equal(arrow.status, 200);
      assert.deepEqual([...new Uint8Array(await arrow.arrayBuffer()).subarray(-8)], [255, 255, 255, 255, 0, 0, 0, 0]);
      const none: unknown[] = [];
      for await (const row of await client.query(pipeline, "SELECT id FROM t WHERE id > 99")) none.push(row);
      assert.deepEqual(none, []);
    });
  });

  test("runQuery feeds a table with INSERT, and refuses what is not a query", async () => {
    const { client, send, withRunning, expectFailure, expectError } = openSession(kit);
    await withRunning(plain, async (pipeline) => {
      assert.match(await client.queryText(pipeline, "INSERT INTO t VALUES (1, 'a'), (2, 'b')"), /count/);
      await until("the rows were in", async () =>
        (await client.queryText(pipeline, "SELECT name FROM t")).includes("| b ") ? true : undefined,
      );
      for (const sql of ["SELECT", "SELECT * FROM nowhere", "SELECT * FROM v", "DROP TABLE t", "CREATE TABLE x (id INT)"]) {
        const { message } = await expectFailure(client.queryText(pipeline, sql), 400, "AdHocQueryError");
        assert.match(message, /^Error during query processing: /);
      }
      await expectError(send("runQuery", { path: { pipeline_name: pipeline } }), 400, "InvalidRequest");
      await expectError(
        send("runQuery", { path: { pipeline_name: pipeline }, query: { sql: "SELECT 1", format: "xml" } }),
        400,
        "InvalidRequest",
      );
    });
  });

  test("no row is lost or doubled on its way from ingress to a subscriber", async () => {
    const { client, withRunning } = openSession(kit);
    await withRunning(copyProgram([], [nullOutput("o")]), async (pipeline) => {
      const stream = await client.egress(pipeline, "v", { sendSnapshot: true, timeoutMs: waitMs });
      const all = rows(20_000);
      const sent = client.ingress(pipeline, "t", all);
      const held = new Map<string, number>();
      for await (const chunk of stream) {
        applyChanges(held, chunk.json_data ?? []);
        if (held.size === all.length) break;
      }
      await sent;
      assert.ok([...held.values()].every((count) => count === 1));
    });
  });
};
