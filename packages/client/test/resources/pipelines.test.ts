import { describe, expect, test } from "@jest/globals";
import type { IncomingMessage } from "node:http";
import { createClient, type Client } from "../../src/index.ts";
import { failure, serve } from "../serve.ts";

const json = { "content-type": "application/json" };
type Body = Record<string, unknown>;

/** Answers GET of a pipeline with one state after the other, the last one for ever, and everything else with 202. */
async function withStates(states: readonly (Body | 404)[], work: (client: Client, calls: string[]) => Promise<void>): Promise<void> {
  const calls: string[] = [];
  let at = 0;
  const answer = ({ method, url }: IncomingMessage): [status: number, body: unknown] => {
    const path = url?.replace(/^\/v0\/pipelines/, "").replace(/\?selector=status$/, "") ?? "";
    if (calls.at(-1) !== `${method} ${path}`) calls.push(`${method} ${path}`);
    if (method !== "GET") return [202, "accepted"];
    const state = states[Math.min(at++, states.length - 1)];
    if (state === 404) return [404, { message: "Unknown", error_code: "UnknownPipelineName", details: {} }];
    return [200, { name: "p", deployment_error: null, program_status: "Success", storage_status: "Cleared", ...state }];
  };
  await using server = await serve((request, response) => {
    request.resume().on("end", () => {
      const [status, body] = answer(request);
      response.writeHead(status, json).end(JSON.stringify(body));
    });
  });
  await work(createClient({ baseUrl: server.url, retry: { maxRetries: 0 } }), calls);
}
const fast = { intervalMs: 1 };
const error = { message: "t.c: no such file", error_code: "InputTransportError", details: {} };

describe("waiting for a pipeline", () => {
  test("ends with the state that was waited for", async () => {
    await withStates(
      [{ deployment_status: "Provisioning" }, { deployment_status: "Paused" }, { deployment_status: "Running" }],
      async (client) => {
        expect(await client.pipelines.startAndWait("p", fast)).toMatchObject({ deployment_status: "Running" });
      },
    );
  });
  test("ends with the deployment's own error rather than at the deadline", async () => {
    await withStates(
      [{ deployment_status: "Provisioning" }, { deployment_status: "Stopping", deployment_error: error }],
      async (client) => {
        expect(await failure(client.pipelines.startAndWait("p", fast))).toMatchObject({
          name: "ClientError",
          code: "deployment_failed",
          message: "p did not come up: t.c: no such file",
          details: error,
        });
      },
    );
  });
  test("that needs an approval ends at once, with what there is to approve", async () => {
    const details = { reason: null, approval_diff: { program_diff: { added_views: ["w"] } }, connector_stats: null };
    await withStates(
      [{ deployment_status: "Initializing" }, { deployment_status: "AwaitingApproval", deployment_runtime_status_details: details }],
      async (client) => {
        expect(await failure(client.pipelines.startAndWait("p", fast))).toMatchObject({ code: "approval_needed", details });
      },
    );
  });
  test("for a suspension ends when it has stopped, or when the wish to suspend it has been taken back", async () => {
    const running = { deployment_status: "Running", deployment_desired_status: "Suspended" };
    const stopping = { deployment_status: "Stopping", deployment_desired_status: "Stopped" };
    const stopped = { deployment_status: "Stopped", deployment_desired_status: "Stopped" };
    await withStates([running, stopping, stopped], async (client, calls) => {
      expect(await client.pipelines.suspendAndWait("p", fast)).toMatchObject({ deployment_status: "Stopped" });
      expect(calls[0]).toBe("POST /p/stop?force=false");
    });
    await withStates([running, { ...stopped, deployment_error: error }], async (client) => {
      expect(await failure(client.pipelines.suspendAndWait("p", fast))).toMatchObject({ code: "deployment_failed" });
    });
    const details = { reason: "the disk is full", approval_diff: null, connector_stats: null };
    const goesOn = { ...running, deployment_desired_status: "Running", deployment_runtime_status_details: details };
    await withStates([running, goesOn], async (client) => {
      expect(await failure(client.pipelines.suspendAndWait("p", fast))).toMatchObject({
        code: "suspend_failed",
        message: "p was not suspended: the disk is full",
      });
    });
  });
  test("for a stop does not mind an earlier error", async () => {
    await withStates(
      [
        { deployment_status: "Stopping", deployment_error: error },
        { deployment_status: "Stopped", deployment_error: error },
      ],
      async (client) => {
        expect(await client.pipelines.stopAndWait("p", fast)).toMatchObject({ deployment_status: "Stopped" });
      },
    );
  });
  test("tells what the compiler said, and where", async () => {
    const program_error = {
      sql_compilation: {
        exit_code: 1,
        messages: [
          { start_line_number: 1, start_column: 1, message: "unused", warning: true },
          { start_line_number: 2, start_column: 8, message: "no such column", warning: false },
        ],
      },
    };
    await withStates([{ program_status: "CompilingSql" }, { program_status: "SqlError", program_error }], async (client) => {
      expect(await failure(client.pipelines.waitForCompilation("p", fast))).toMatchObject({
        code: "compilation_failed",
        message: "The program of p does not compile: 2:8 no such column",
        details: program_error,
      });
    });
  });
  test("ends at its deadline and at the caller's signal", async () => {
    await withStates([{ deployment_status: "Provisioning" }], async (client) => {
      const timeout = await failure(client.pipelines.startAndWait("p", { ...fast, timeoutMs: 30 }));
      expect(timeout).toMatchObject({ name: "ClientError", code: "timeout", message: "Starting p took longer than 30 ms." });
      const controller = new AbortController();
      const waiting = client.pipelines.waitFor("p", ({ name }) => name === "other", { ...fast, signal: controller.signal });
      controller.abort();
      expect(await failure(waiting)).toMatchObject({ name: "ClientError", code: "aborted" });
    });
  });
});

describe("createOrReplace", () => {
  test("stops and clears what is there before it puts the new definition in its place", async () => {
    const states = [
      { deployment_status: "Running", storage_status: "InUse" },
      { deployment_status: "Stopping", storage_status: "InUse" },
      { deployment_status: "Stopped", storage_status: "InUse" },
      { deployment_status: "Stopped", storage_status: "Clearing" },
      { deployment_status: "Stopped" },
    ];
    await withStates(states, async (client, calls) => {
      await client.pipelines.createOrReplace({ name: "p", program_code: "" }, fast);
      expect(calls).toEqual([
        "GET /p",
        "POST /p/stop?force=true",
        "GET /p",
        "POST /p/clear",
        "GET /p",
        "POST /p/dismiss_error",
        "PUT /p",
        "GET /p",
      ]);
    });
  });
  test("creates what is not there", async () => {
    await withStates([404, {}], async (client, calls) => {
      await client.pipelines.createOrReplace({ name: "p", program_code: "" }, fast);
      expect(calls).toEqual(["GET /p", "PUT /p", "GET /p"]);
    });
  });
});

test("resetAndWait tells each step of the progress once, and gives the last", async () => {
  const step = (status: string, phase: string, snapshot_records_sent: number) => ({ status, phase, snapshot_records_sent });
  const steps = [
    step("inprogress", "draining", 0),
    step("inprogress", "snapshotting", 10),
    step("inprogress", "snapshotting", 10),
    step("inprogress", "snapshotting", 20),
    step("complete", "following", 30),
  ];
  let asked = 0;
  await using server = await serve((request, response) => {
    response.writeHead(200, json);
    if (request.method === "POST") return void response.end('{"token":"t1"}');
    expect(request.url).toBe("/v0/pipelines/p/reset_status?token=t1");
    response.end(JSON.stringify(steps[asked++]));
  });
  const told: string[] = [];
  const status = await createClient({ baseUrl: server.url }).outputs.resetAndWait("p", "v", "c", {
    intervalMs: 1,
    onProgress: ({ phase, snapshot_records_sent }) => told.push(`${phase} ${snapshot_records_sent}`),
  });
  expect(status).toMatchObject({ status: "complete" });
  expect(told).toEqual(["draining 0", "snapshotting 10", "snapshotting 20", "following 30"]);
});
