import type { Pipeline } from "@headgate/client";
import { copyProgram, connectors } from "../kit/programs.ts";
import { openSession, waitMs } from "../kit/session.ts";
import type { Suite } from "../kit/suite-kit.ts";
import { until } from "../kit/until.ts";

export const lifecycleSuite: Suite = (kit) => {
  const { test, assert } = kit;

  test("the actions that each state allows, from Stopped through Paused and Running and back", async () => {
    const { client, send, withPipeline, expectFailure, expectError } = openSession(kit);
    await withPipeline(copyProgram(), async (pipeline) => {
      const path = { pipeline_name: pipeline };
      const text = async (reply: Promise<Response>, status: number) => {
        const response = await reply;
        const body = (await response.json()) as unknown;
        assert.equal(response.status, status, JSON.stringify(body));
        return body;
      };
      const { pipelines } = client;

      await expectFailure(pipelines.pause(pipeline), 503, "PipelineInteractionNotDeployed");
      await expectFailure(pipelines.resume(pipeline), 503, "PipelineInteractionNotDeployed");
      assert.equal(await text(send("stopPipeline", { path, query: { force: "true" } }), 202), "Pipeline is forcefully stopping");
      assert.equal(await text(send("clearPipeline", { path }), 202), "Pipeline storage is being cleared");
      assert.equal(await text(send("dismissPipelineError", { path }), 200), "Pipeline deployment error has been dismissed");
      assert.equal(await text(send("stopPipeline", { path, query: { force: "false" } }), 202), "Pipeline is suspending");
      await expectError(send("startPipeline", { path, query: { initial: "sideways" } }), 405, "UnsupportedPipelineAction");
      await expectError(send("startPipeline", { path, query: { initial: "standby" } }), 400, "InitialStandbyNotAllowed");
      await expectError(send("startPipeline", { path, query: { dismiss_error: "perhaps" } }), 400, "InvalidRequest");
      await expectError(send("stopPipeline", { path, query: { force: "perhaps" } }), 400, "InvalidRequest");
      for (const query of [{ concurrent_bootstrap: "true" }, { concurrent_bootstrap: "true", silent_bootstrap: "true" }]) {
        await expectError(send("startPipeline", { path, query }), 400, "InvalidBootstrapConfig");
      }

      assert.equal(await text(send("startPipeline", { path, query: { initial: "paused" } }), 202), "Pipeline is starting");
      const paused = await pipelines.waitFor(pipeline, "Paused", { timeoutMs: waitMs });
      assert.deepEqual([paused.deployment_desired_status, paused.storage_status], ["Paused", "InUse"]);
      await pipelines.start(pipeline, { initial: "paused" });
      await expectFailure(pipelines.start(pipeline, { initial: "running" }), 400, "InitialImmutableUnlessStopped");
      await expectError(
        send("startPipeline", { path, query: { initial: "paused", bootstrap_policy: "reject" } }),
        400,
        "BootstrapPolicyImmutableUnlessStopped",
      );
      await pipelines.pause(pipeline);

      await pipelines.resume(pipeline);
      const running = await pipelines.waitFor(pipeline, "Running", { timeoutMs: waitMs });
      assert.equal(running.deployment_id, paused.deployment_id, "pausing and resuming are one life");
      await pipelines.resume(pipeline);
      const description = await pipelines.patch(pipeline, { description: "at any time", tags: ["t"] });
      assert.equal(description.version, 1);
      await expectFailure(pipelines.patch(pipeline, { program_code: "" }), 400, "UpdateRestrictedToStopped");
      await expectFailure(pipelines.replace(pipeline, { name: pipeline, program_code: "" }), 400, "UpdateRestrictedToStopped");
      await expectFailure(pipelines.clear(pipeline), 400, "StorageStatusImmutableUnlessStopped");
      await expectFailure(pipelines.delete(pipeline), 400, "DeleteRestrictedToFullyStopped");
      await expectFailure(pipelines.dismissError(pipeline), 400, "DismissErrorRestrictedToFullyStopped");

      const stopped = await pipelines.stopAndWait(pipeline, { timeoutMs: waitMs });
      assert.deepEqual([stopped.deployment_desired_status, stopped.storage_status, stopped.deployment_error], ["Stopped", "InUse", null]);
      await expectFailure(pipelines.delete(pipeline), 400, "DeleteRestrictedToClearedStorage");
      const edit = await expectFailure(
        pipelines.patch(pipeline, { runtime_config: { workers: 3 } }),
        400,
        "EditRestrictedToClearedStorage",
      );
      assert.match(JSON.stringify(edit.details), /"not_allowed":\[".*workers/);
      await pipelines.clearAndWait(pipeline, { timeoutMs: waitMs });
      assert.equal((await pipelines.patch(pipeline, { runtime_config: { workers: 3 } })).runtime_config.workers, 3);
    });
  });

  test("stopPipeline answers at once, and a start before it has stopped is refused", async () => {
    const { client, withRunning, send, expectError } = openSession(kit);
    await withRunning(copyProgram(), async (pipeline) => {
      const path = { pipeline_name: pipeline };
      await until("a start was refused since the pipeline was stopping", async () => {
        await client.pipelines.stop(pipeline);
        const response = await send("startPipeline", { path });
        if (response.status === 400) return await expectError(response, 400, "IllegalPipelineAction");
        await client.pipelines.waitFor(pipeline, "Running", { timeoutMs: waitMs });
        return undefined;
      });
    });
  });

  test("a pipeline that is started early runs once it has compiled", async () => {
    const { client, name } = openSession(kit);
    const pipeline = name("p");
    await client.pipelines.create({ name: pipeline, program_code: copyProgram() });
    await client.pipelines.startAndWait(pipeline, { timeoutMs: waitMs });
    await client.pipelines.stopAndWait(pipeline, { timeoutMs: waitMs });
    await client.pipelines.clearAndWait(pipeline, { timeoutMs: waitMs });
    await client.pipelines.delete(pipeline);
  });

  test("an early start of a program that does not compile leaves an error, which must be dismissed", async () => {
    const { client, name, send, expectFailure, expectError } = openSession(kit);
    const pipeline = name("p");
    const path = { pipeline_name: pipeline };
    // The start has to come before the compiler is done: a program that it chews on for a while, with the mistake at its end.
    const views = Array.from({ length: 150 }, (_, i) => `CREATE VIEW v${i} AS SELECT id FROM t WHERE id > ${i};`).join("\n");
    await client.pipelines.create({
      name: pipeline,
      program_code: `CREATE TABLE t (id INT);\n${views}\nCREATE VIEW w AS SELECT no FROM t;`,
    });
    await client.pipelines.start(pipeline);
    const failed = await client.pipelines.waitFor(pipeline, (p) => p.deployment_error !== null, { timeoutMs: waitMs });
    assert.equal(failed.deployment_error?.error_code, "StartFailedDueToFailedCompilation");
    assert.equal(failed.deployment_desired_status, "Stopped");
    await expectFailure(client.pipelines.start(pipeline), 400, "CannotStartWithCompilationError");
    await client.pipelines.patch(pipeline, { program_code: "CREATE TABLE t (id INT);" });
    await client.pipelines.waitForCompilation(pipeline, { timeoutMs: waitMs });
    await expectError(send("startPipeline", { path, query: { dismiss_error: "false" } }), 400, "CannotStartWithUndismissedError");
    await client.pipelines.dismissError(pipeline);
    assert.equal((await client.pipelines.get(pipeline)).deployment_error, null);
    await client.pipelines.delete(pipeline);
  });

  test("a runtime fault ends the deployment with an error, and nothing else", async () => {
    const { client, withRunning, expectFailure } = openSession(kit);
    const program = "CREATE TABLE t (x VARCHAR); CREATE MATERIALIZED VIEW v AS SELECT CAST(x AS INT) AS n FROM t;";
    await withRunning(program, async (neighbour) => {
      await withRunning(program, async (pipeline) => {
        await client.ingress(pipeline, "t", [{ x: "not a number" }]).catch(() => undefined);
        const stopped = await client.pipelines.waitFor(pipeline, "Stopped", { timeoutMs: waitMs });
        assert.equal(stopped.deployment_error?.error_code, "RuntimeError.WorkerPanic");
        await expectFailure(client.pipelines.stats(pipeline), 503, "PipelineInteractionNotDeployed");
        // What was accepted is not lost, and this program cannot take it.
        await client.pipelines.start(pipeline);
        const again = await client.pipelines.waitFor(pipeline, (p) => p.deployment_error !== null, { timeoutMs: waitMs });
        assert.equal(again.deployment_error?.error_code, "RuntimeError.WorkerPanic");
        await client.pipelines.waitFor(pipeline, "Stopped", { timeoutMs: waitMs });
        await client.pipelines.clearAndWait(pipeline, { timeoutMs: waitMs });
        await client.pipelines.startAndWait(pipeline, { timeoutMs: waitMs });
      });
      assert.equal((await client.pipelines.get(neighbour)).deployment_status, "Running");
    });
  });

  const table = (list: readonly object[]) => `CREATE TABLE t (id INT) WITH (${connectors(list as never)});`;
  const view = (list: readonly object[], kind = "") =>
    `CREATE TABLE t (id INT); CREATE ${kind} VIEW v WITH (${connectors(list as never)}) AS SELECT * FROM t;`;
  const empty = { name: "empty_input" };
  const file = (path = "/nowhere/at/all.json") => ({ name: "file_output", config: { path } });
  const json = { name: "json" };
  const broken: readonly (readonly [string, string, string])[] = [
    ["an empty start_after", table([{ transport: empty, start_after: [] }]), "ConfigError.EmptyStartAfter"],
    [
      "connectors that wait for each other",
      table([
        { transport: empty, labels: ["a"], start_after: "b" },
        { transport: empty, labels: ["b"], start_after: "a" },
      ]),
      "ConfigError.CyclicDependency",
    ],
    [
      "an input without its format",
      table([{ transport: { name: "file_input", config: { path: "/x" } } }]),
      "ConfigError.InputFormatNotSpecified",
    ],
    [
      "an input format that does not exist",
      table([{ transport: { name: "file_input", config: { path: "/x" } }, format: { name: "xml" } }]),
      "ConfigError.UnknownInputFormat",
    ],
    [
      "a format on an input that takes none",
      table([{ transport: { name: "datagen" }, format: json }]),
      "ConfigError.InputFormatNotSupported",
    ],
    [
      "wrong settings of an input format",
      table([{ transport: { name: "file_input", config: { path: "/x" } }, format: { name: "json", config: { array: "yes" } } }]),
      "ConfigError.ParserConfigParseError",
    ],
    [
      "an unknown setting of an input",
      table([{ transport: { name: "datagen", config: { plans: [] } } }]),
      "ConfigError.InvalidTransportConfig",
    ],
    [
      "an input that cannot be opened",
      table([{ transport: { name: "file_input", config: { path: "/nowhere/at/all.json" } }, format: json }]),
      "InputTransportError",
    ],
    [
      "a secret that cannot be found",
      table([{ transport: { name: "file_input", config: { path: "${env:NO_SUCH_VARIABLE_AT_ALL}" } }, format: json }]),
      "ConfigError.PipelineConfigParseError",
    ],
    ["an output without its format", view([{ transport: file() }]), "ConfigError.OutputFormatNotSpecified"],
    ["an output format that does not exist", view([{ transport: file(), format: { name: "xml" } }]), "ConfigError.UnknownOutputFormat"],
    [
      "wrong settings of an output format",
      view([{ transport: file(), format: { name: "json", config: { array: "yes" } } }]),
      "ConfigError.EncoderConfigParseError",
    ],
    [
      "an update format that cannot be written",
      view([{ transport: file(), format: { name: "json", config: { update_format: "raw" } } }]),
      "ConfigError.OutputFormatNotSupported",
    ],
    [
      "an index with a format that has no use for it",
      `${view([{ transport: file(), format: json, index: "i" }])} CREATE INDEX i ON v (id);`,
      "ConfigError.InvalidEncoderConfig",
    ],
    ["an index that does not exist", view([{ transport: { name: "null_output" }, index: "i" }]), "ConfigError.UnknownIndex"],
    [
      "a snapshot of a view that is not kept",
      view([{ transport: { name: "null_output" }, send_snapshot: true }]),
      "ConfigError.InvalidTransportConfig",
    ],
    ["an output that cannot be opened", view([{ transport: file(), format: json }]), "ConfigError.InvalidTransportConfig"],
  ];
  for (const side of ["input", "output"] as const) {
    test(`a start fails with the code of what is wrong with an ${side} connector`, async () => {
      const { client, withPipeline } = openSession(kit);
      const ended = (p: Pipeline) => p.deployment_status === "Stopped" && p.deployment_error !== null;
      const codeOf = async (program: string) =>
        await withPipeline(program, async (pipeline) => {
          await client.pipelines.start(pipeline);
          const { deployment_error: error } = await client.pipelines.waitFor(pipeline, ended, { timeoutMs: waitMs });
          return error?.error_code;
        });
      const cases = broken.filter(([, program]) => program.includes("VIEW") === (side === "output"));
      const codes = await Promise.all(cases.map(async ([what, program]) => [what, await codeOf(program)]));
      assert.deepEqual(
        codes,
        cases.map(([what, , code]) => [what, code]),
      );
    });
  }
};
