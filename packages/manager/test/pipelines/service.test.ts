import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Pipeline, PipelineInput, PipelineService } from "../../src/api.ts";
import { createWorld, type World } from "../fixtures/world.ts";

let world: World;
let pipelines: PipelineService;
let count = 0;
beforeAll(async () => {
  world = await createWorld();
  pipelines = world.manager.pipelines;
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const input = (fields: Partial<PipelineInput> = {}): PipelineInput => ({ name: `p${String(++count)}`, programCode: "x", ...fields });
const compiled = (name: string): Promise<Pipeline> => world.until(name, (p) => p.programStatus === "Success");

describe("names, descriptions and tags", () => {
  test.each([
    [{ name: "" }, "EmptyName", {}],
    [{ name: "a".repeat(64) }, "TooLongName", { name: "a".repeat(64), length: 64, maximum: 63 }],
    [{ name: "a b" }, "NameDoesNotMatchPattern", { name: "a b", pattern: "^([A-Za-z0-9][-A-Za-z0-9_]*)?[A-Za-z0-9]$" }],
    [{ name: "-a" }, "NameDoesNotMatchPattern", {}],
    [{ name: "a-" }, "NameDoesNotMatchPattern", {}],
    [{ name: "__proto__" }, "NameDoesNotMatchPattern", {}],
    [{ name: "a\n" }, "NameDoesNotMatchPattern", {}],
    [{ description: "d".repeat(301) }, "TooLongDescription", { length: 301, maximum: 300 }],
    [{ tags: Array.from({ length: 51 }, () => "t") }, "TooManyTags", { count: 51, maximum: 50 }],
    [{ tags: ["ok", ""] }, "InvalidTag", { tag: "" }],
    [{ tags: ["t".repeat(51)] }, "InvalidTag", {}],
    [{ tags: ["ü"] }, "InvalidTag", { tag: "ü" }],
    [{ runtimeConfig: { workers: "many" } }, "InvalidRuntimeConfig", { field: "workers" }],
    [{ programConfig: { cache: 1 } }, "InvalidProgramConfig", { field: "cache" }],
  ])("%j is %s", async (fields, code, details) => {
    const before = (await pipelines.list()).length;
    await expect(pipelines.create(input(fields))).rejects.toMatchObject({ code, details });
    expect((await pipelines.list()).length).toBe(before);
  });

  test("the longest of each is taken", async () => {
    const longest = input({
      name: "a".repeat(63),
      description: "😀".repeat(300),
      tags: Array.from({ length: 50 }, () => "A0 ._/|\\:=-".padEnd(50, "t")),
    });
    expect(await pipelines.create(longest)).toMatchObject(longest);
  });
});

describe("create, replace and patch", () => {
  test("a name is taken once", async () => {
    const one = input();
    await pipelines.create(one);
    await expect(pipelines.create(one)).rejects.toMatchObject({ code: "DuplicateName" });
    const other = await pipelines.create(input());
    await expect(pipelines.patch(other.name, { name: one.name })).rejects.toMatchObject({ code: "DuplicateName" });
    await expect(pipelines.replace(other.name, one)).rejects.toMatchObject({ code: "DuplicateName" });
  });

  test("versions: 1 at first, 3 refreshes after compiling, and one more of each for what an edit touches", async () => {
    const { name } = await pipelines.create(input());
    expect(await compiled(name)).toMatchObject({ version: 1, programVersion: 1, refreshVersion: 3 });
    expect(await pipelines.patch(name, { description: "d" })).toMatchObject({ version: 1, programVersion: 1, refreshVersion: 4 });
    expect(await pipelines.patch(name, { runtimeConfig: { workers: 2 } })).toMatchObject({
      version: 2,
      programVersion: 1,
      refreshVersion: 5,
      programStatus: "Success",
    });
    const edited = await pipelines.patch(name, { programCode: "y" });
    expect(edited).toMatchObject({ version: 3, programVersion: 2, refreshVersion: 6, programStatus: "Pending", compiled: null });
    expect(edited.runtimeConfig["workers"]).toBe(2);
    expect(await compiled(name)).toMatchObject({ version: 3, programVersion: 2, refreshVersion: 8 });
  });

  test("what is equal changes nothing", async () => {
    const given = input({ description: "d", tags: ["t"], runtimeConfig: { workers: 3 } });
    await pipelines.create(given);
    const before = await compiled(given.name);
    expect((await pipelines.replace(given.name, given)).pipeline).toBe(before);
    expect(await pipelines.patch(given.name, {})).toBe(before);
    expect(await pipelines.patch(given.name, { programCode: "x", tags: ["t"], description: null, udfRust: "" })).toBe(before);
  });

  test("replace puts defaults in the place of what is absent, and may rename what exists", async () => {
    const { name, id } = await pipelines.create(input({ description: "d", tags: ["t"], runtimeConfig: { workers: 3 } }));
    const renamed = await pipelines.replace(name, input({ name: `${name}-new` }));
    expect(renamed).toMatchObject({
      created: false,
      pipeline: { id, name: `${name}-new`, description: "", tags: [], runtimeConfig: { workers: 8 } },
    });
    await expect(pipelines.get(name)).rejects.toMatchObject({ code: "UnknownPipelineName" });
    await expect(pipelines.replace(name, input({ name: "elsewhere" }))).rejects.toMatchObject({ code: "CannotRenameNonExistingPipeline" });
    expect(await pipelines.replace(name, input({ name }))).toMatchObject({ created: true });
  });

  test("a running pipeline keeps its program and takes a description; a used storage keeps what it depends on", async () => {
    const { name } = await world.running(`p${String(++count)}`);
    await expect(pipelines.patch(name, { programCode: "y" })).rejects.toMatchObject({ code: "UpdateRestrictedToStopped" });
    expect(await pipelines.patch(name, { description: "now", tags: ["live"] })).toMatchObject({ description: "now", version: 1 });
    await pipelines.stop(name, { force: true });
    await world.until(name, (p) => p.resourcesStatus === "Stopped");
    const bound = {
      workers: 4,
      hosts: 2,
      fault_tolerance: {},
      clock_timezone_offset: "+01:00",
      resources: { namespace: "n", cpu_cores_max: 1 },
    };
    await expect(pipelines.patch(name, { name: `${name}-new`, runtimeConfig: bound })).rejects.toMatchObject({
      code: "EditRestrictedToClearedStorage",
      details: {
        not_allowed: [
          "name",
          "runtime_config.workers",
          "runtime_config.hosts",
          "runtime_config.fault_tolerance",
          "runtime_config.resources.namespace",
          "runtime_config.clock_timezone_offset",
        ],
      },
    });
    expect(await pipelines.patch(name, { programCode: "y", runtimeConfig: { min_batch_size_records: 5 } })).toMatchObject({ version: 2 });
    await expect(pipelines.delete(name)).rejects.toMatchObject({ code: "DeleteRestrictedToClearedStorage" });
  });
});

describe("compiling", () => {
  test("a wrong program tells where it is wrong, and cannot start", async () => {
    const { name } = await pipelines.create(input({ programCode: "error" }));
    const failed = await world.until(name, (p) => p.programStatus === "SqlError");
    expect(failed).toMatchObject({
      compiled: null,
      programError: { sqlCompilation: { exitCode: 1, messages: [{ message: "no such thing" }] } },
    });
    await expect(pipelines.start(name, {})).rejects.toMatchObject({ code: "CannotStartWithCompilationError" });
    await pipelines.patch(name, { programCode: "good" });
    expect(await compiled(name)).toMatchObject({ programError: { sqlCompilation: { exitCode: 0, messages: [] } } });
  });

  test("a start that waited for a wrong program ends Stopped with an error", async () => {
    const { name } = await pipelines.create(input({ programCode: "wait 100 error" }));
    await pipelines.start(name, {});
    const failed = await world.until(name, (p) => p.deploymentError !== null);
    expect(failed).toMatchObject({
      resourcesStatus: "Stopped",
      resourcesDesiredStatus: "Stopped",
      deploymentError: { code: "StartFailedDueToFailedCompilation" },
    });
  });

  test("an edit while it compiles wins over the result of what was before", async () => {
    const { name } = await pipelines.create(input({ programCode: "wait 150 error" }));
    await world.until(name, (p) => p.programStatus === "CompilingSql");
    await pipelines.patch(name, { programCode: "good" });
    expect(await compiled(name)).toMatchObject({ programVersion: 2, programCode: "good" });
  });

  test("a program that kills the compiler is told so, and the next one compiles", async () => {
    const bad = await pipelines.create(input({ programCode: "crash" }));
    const good = await pipelines.create(input());
    const failed = await world.until(bad.name, (p) => p.programStatus === "SystemError");
    expect(failed.programError.systemError).toMatch(/exit code 3.*the compiler met something terrible/);
    await compiled(good.name);
  });

  test("validate compiles and keeps nothing", async () => {
    const before = (await pipelines.list()).length;
    expect(await pipelines.validate("x")).toMatchObject({ ok: true });
    expect(await pipelines.validate("error")).toMatchObject({ ok: false, messages: [{ errorType: "Error parsing SQL" }] });
    expect((await pipelines.list()).length).toBe(before);
  });
});

test("logs go over all incarnations, follow live, and end with the pipeline", async () => {
  const { name } = await world.running(`p${String(++count)}`);
  const lines: string[] = [];
  const reading = (async () => {
    for await (const line of await pipelines.logs(name, new AbortController().signal)) lines.push(line);
  })();
  await pipelines.stop(name, { force: true });
  await world.until(name, (p) => p.resourcesStatus === "Stopped");
  await pipelines.start(name, { initial: "paused" });
  await world.until(name, (p) => p.runtimeStatus === "Paused");
  await pipelines.stop(name, { force: true });
  await world.until(name, (p) => p.resourcesStatus === "Stopped");
  await pipelines.clear(name);
  await world.until(name, (p) => p.storageStatus === "Cleared");
  await pipelines.delete(name);
  await reading;
  expect(lines).toEqual(expect.arrayContaining([`deployed ${name} as running`, `deployed ${name} as paused`]));
  expect(lines.filter((line) => line.includes("[control-plane] Deploying incarnation"))).toHaveLength(2);
  await expect(pipelines.logs(name, new AbortController().signal)).rejects.toMatchObject({ code: "UnknownPipelineName" });
});

test("events tell each change, newest first, and are found by id", async () => {
  const { name } = await world.running(`p${String(++count)}`);
  const events = await pipelines.events(name);
  const path = events.map((e) => `${e.programStatus} ${e.resourcesStatus} ${e.runtimeStatus ?? "-"}`).reverse();
  expect(path.slice(0, 2)).toEqual(["Pending Stopped -", "CompilingSql Stopped -"]);
  expect(path.slice(-3)).toEqual(["Success Provisioning -", "Success Provisioned Initializing", "Success Provisioned Running"]);
  expect([...events].sort((a, b) => (a.recordedAt < b.recordedAt ? 1 : -1))).toEqual(events);
  expect(await pipelines.event(name, "latest")).toEqual(events[0]);
  expect(await pipelines.event(name, events[2]?.eventId ?? "")).toEqual(events[2]);
  await expect(pipelines.event(name, "none")).rejects.toMatchObject({ code: "UnknownPipelineMonitorEvent" });
});
