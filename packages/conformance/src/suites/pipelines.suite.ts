import { openSession } from "../kit/session.ts";
import type { Suite } from "../kit/suite-kit.ts";

const program = "CREATE TABLE t (id INT);";
const other = "CREATE TABLE other (id INT);";

export const pipelinesSuite: Suite = (kit) => {
  const { test, assert } = kit;

  test("createPipeline gives the whole pipeline, stopped, with every default", async () => {
    const { client, name } = openSession(kit);
    const pipeline = name("p");
    const created = await client.pipelines.create({ name: pipeline, program_code: program, tags: ["a", "b:c=d"], description: "d" });
    assert.deepEqual(
      [created.version, created.program_version, created.deployment_status, created.storage_status],
      [1, 1, "Stopped", "Cleared"],
    );
    assert.deepEqual([created.name, created.description, created.tags, created.program_code], [pipeline, "d", ["a", "b:c=d"], program]);
    assert.equal(created.runtime_config.workers, 8);
    assert.deepEqual(created.program_config, { profile: null, cache: true, runtime_version: null, use_platform_compiler: false });
    await client.pipelines.delete(pipeline);
  });

  test("getPipeline leaves out with selector=status what the selector says, and all else is equal", async () => {
    const { client, send, withPipeline, expectError } = openSession(kit);
    await withPipeline(program, async (pipeline) => {
      const all = await client.pipelines.get(pipeline);
      const status = await client.pipelines.get(pipeline, { selector: "status" });
      const gone = ["program_code", "program_error", "program_info", "runtime_config", "udf_rust", "udf_toml"];
      for (const key of gone) assert.ok(key in all && !(key in status), key);
      for (const [key, value] of Object.entries(status)) assert.deepEqual(value, all[key as keyof typeof all], key);
      const counted = await client.pipelines.get(pipeline, { selector: "status_with_connectors" });
      assert.deepEqual(counted.connectors, { num_errors: 0 });
      assert.ok((await client.pipelines.list()).some((one) => one.name === pipeline && one.program_code === program));
      assert.ok((await client.pipelines.list({ selector: "status" })).every((one) => !("program_code" in one)));
      await expectError(send("getPipeline", { path: { pipeline_name: pipeline }, query: { selector: "some" } }), 400, "InvalidRequest");
    });
    await expectError(send("listPipelines", { query: { selector: "some" } }), 400, "InvalidRequest");
  });

  test("getPipeline shows the compiled schema and connectors", async () => {
    const { client, withPipeline } = openSession(kit);
    const sql = `CREATE TABLE "Mixed" (id INT NOT NULL PRIMARY KEY, Amount DECIMAL(10, 2)) WITH ('materialized' = 'true',
      'connectors' = '[{"transport": {"name": "empty_input"}}]');
      CREATE VIEW V AS SELECT * FROM "Mixed";`;
    await withPipeline(sql, async (pipeline) => {
      const { program_info: info, program_status } = await client.pipelines.get(pipeline);
      assert.equal(program_status, "Success");
      const table = info?.schema.inputs.find((relation) => relation.name === "Mixed");
      assert.deepEqual([table?.case_sensitive, table?.materialized, table?.primary_key], [true, true, ["id"]]);
      assert.deepEqual(
        table?.fields.map((field) => field.name),
        ["id", "amount"],
      );
      const outputs = info?.schema.outputs.map((relation) => relation.name) ?? [];
      assert.ok(outputs.includes("v") && outputs.includes("error_view"), outputs.join());
      assert.deepEqual(Object.keys(info?.input_connectors ?? {}), ["Mixed.unnamed-0"]);
    });
  });

  test("a program that does not compile tells where", async () => {
    const { client, name } = openSession(kit);
    const pipeline = name("p");
    await client.pipelines.create({ name: pipeline, program_code: "CREATE TABLE t (id INT);\nCREATE VIEW v AS SELECT nothing FROM t;" });
    const failed = await client.pipelines.waitForCompilation(pipeline).then(
      () => undefined,
      (error: unknown) => error,
    );
    assert.match(String(failed), /nothing/);
    const full = await client.pipelines.get(pipeline);
    assert.equal(full.program_status, "SqlError");
    const [message] = full.program_error?.sql_compilation?.messages ?? [];
    assert.equal(message?.start_line_number, 2);
    await client.pipelines.delete(pipeline);
  });

  test("versions move with what was changed, and only then", async () => {
    const { client, withPipeline } = openSession(kit);
    await withPipeline(program, async (pipeline) => {
      const versions = async () => {
        const { version, program_version, refresh_version } = await client.pipelines.get(pipeline);
        return { version, program_version, refresh_version };
      };
      const first = await versions();
      assert.deepEqual(first, { version: 1, program_version: 1, refresh_version: 3 });
      await client.pipelines.patch(pipeline, { program_code: program });
      await client.pipelines.replace(pipeline, { name: pipeline, program_code: program });
      assert.deepEqual(await versions(), first, "the same again changes nothing");
      await client.pipelines.patch(pipeline, { description: "other", tags: ["t"] });
      assert.deepEqual(await versions(), { ...first, refresh_version: 4 }, "description and tags have no version");
      await client.pipelines.patch(pipeline, { runtime_config: { workers: 2 } });
      assert.deepEqual([(await versions()).version, (await versions()).program_version], [2, 1]);
      const edited = await client.pipelines.patch(pipeline, { program_code: other });
      assert.deepEqual([edited.version, edited.program_version], [3, 2]);
      await client.pipelines.waitForCompilation(pipeline);
    });
  });

  test("replacePipeline creates, replaces and renames", async () => {
    const { client, name, send, expectFailure } = openSession(kit);
    const [first, second, absent] = [name("p"), name("p"), name("p")];
    const put = (path: string, body: object) => send("replacePipeline", { path: { pipeline_name: path }, body });
    assert.equal((await put(first, { name: first, program_code: program, description: "d", tags: ["t"] })).status, 201);
    assert.equal((await put(first, { name: first, program_code: other })).status, 200);
    const replaced = await client.pipelines.get(first);
    assert.deepEqual([replaced.description, replaced.tags, replaced.program_code], ["", [], other], "what is absent takes its default");
    await expectFailure(client.pipelines.replace(absent, { name: second, program_code: "" }), 400, "CannotRenameNonExistingPipeline");
    assert.equal((await put(first, { name: second, program_code: other })).status, 200);
    await expectFailure(client.pipelines.get(first), 404, "UnknownPipelineName");
    await client.pipelines.create({ name: first, program_code: "" });
    await expectFailure(client.pipelines.replace(first, { name: second, program_code: "" }), 409, "DuplicateName");
    await expectFailure(client.pipelines.patch(first, { name: second }), 409, "DuplicateName");
    await expectFailure(client.pipelines.create({ name: first, program_code: "" }), 409, "DuplicateName");
    for (const pipeline of [first, second]) await client.pipelines.delete(pipeline);
  });

  test("names, tags, descriptions and configurations that break a rule are refused, in every way to write them", async () => {
    const { client, withPipeline, name, send, expectError } = openSession(kit);
    const broken: readonly (readonly [fields: Readonly<Record<string, unknown>>, code: string])[] = [
      [{ name: "" }, "EmptyName"],
      [{ name: "n".repeat(64) }, "TooLongName"],
      [{ name: "-n" }, "NameDoesNotMatchPattern"],
      [{ name: "n n" }, "NameDoesNotMatchPattern"],
      [{ tags: ["bad!"] }, "InvalidTag"],
      [{ tags: ["t".repeat(51)] }, "InvalidTag"],
      [{ tags: [""] }, "InvalidTag"],
      [{ tags: Array.from({ length: 51 }, (_, i) => `t${i}`) }, "TooManyTags"],
      [{ description: "d".repeat(301) }, "TooLongDescription"],
      [{ runtime_config: { workers: "many" } }, "InvalidRuntimeConfig"],
      [{ program_config: { profile: "fastest" } }, "InvalidProgramConfig"],
    ];
    await withPipeline(program, async (pipeline) => {
      const path = { pipeline_name: pipeline };
      for (const [fields, code] of broken) {
        await expectError(send("createPipeline", { body: { name: name("p"), program_code: "", ...fields } }), 400, code);
        await expectError(send("replacePipeline", { path, body: { name: pipeline, program_code: "", ...fields } }), 400, code);
        await expectError(send("patchPipeline", { path, body: fields }), 400, code);
      }
      assert.equal((await client.pipelines.get(pipeline)).version, 1);
    });
  });

  test("deletePipeline takes a pipeline away with all that was said of it", async () => {
    const { client, name, expectFailure } = openSession(kit);
    const pipeline = name("p");
    await client.pipelines.create({ name: pipeline, program_code: program });
    await client.pipelines.delete(pipeline);
    await expectFailure(client.pipelines.get(pipeline), 404, "UnknownPipelineName");
    await expectFailure(client.pipelines.delete(pipeline), 404, "UnknownPipelineName");
    assert.equal((await client.pipelines.create({ name: pipeline, program_code: program })).version, 1);
    await client.pipelines.delete(pipeline);
  });
};
