import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { describeWithKafka, sharedKafka } from "@headgate/app-kafka";
import { mask } from "../../../src/connect/core/secrets.ts";
import { at, type ConnectWorld, createConnectWorld, fileSink, fileSource, on, unique, until } from "./connect-world.ts";

describeWithKafka(describe, "the Connect dialect in front of Kafka Connect", () => {
  let world: ConnectWorld;
  let urls: readonly string[] = [];
  beforeAll(async () => {
    ({ connectUrls: urls } = await sharedKafka({ workers: 1 }));
    world = createConnectWorld(urls);
  }, 240_000);
  afterAll(async () => {
    for (const name of await world.connect.list(at)) await world.connect.delete(on(name));
    world[Symbol.dispose]();
  }, 60_000);

  /** As the engine has it; while it rebalances it does not say. */
  const engineConfig = (name: string): Promise<Record<string, string>> =>
    until(
      async () => (await (await fetch(`${urls[0] ?? ""}/connectors/${name}/config`)).json()) as Record<string, string>,
      (config) => config["name"] === name,
    );
  const linesOf = (file: string): readonly string[] =>
    existsSync(file)
      ? readFileSync(file, "utf8")
          .split("\n")
          .filter((line) => line !== "")
      : [];

  test("a source and a sink are PROVISIONING the moment they are created, then RUNNING, and rows go from file to file", async () => {
    const { connect, file } = world;
    const [topic, source, sink] = [unique("lines"), unique("source"), unique("sink")];
    writeFileSync(file("in.txt"), "one\ntwo\n");
    const created = await connect.create(at, { name: source, config: fileSource(source, file("in.txt"), topic) });
    expect(created).toMatchObject({ name: source, tasks: [], offsets: [] });
    expect(["PROVISIONING", "RUNNING"]).toContain((await connect.status(on(source))).state);
    await connect.create(at, { name: sink, config: fileSink(sink, file("out.txt"), topic) });
    expect(await world.untilState(source, "RUNNING")).toMatchObject({
      type: "source",
      trace: "",
      rawState: "RUNNING",
      tasks: [{ id: 0, state: "RUNNING", msg: "" }],
    });
    expect(await world.untilState(sink, "RUNNING")).toMatchObject({ type: "sink" });
    await until(
      async () => linesOf(file("out.txt")),
      (lines) => lines.length === 2,
    );
    expect(linesOf(file("out.txt"))).toEqual(["one", "two"]);
    expect(await connect.list(at)).toEqual(expect.arrayContaining([source, sink]));
  }, 120_000);

  test("a configuration is read back as it was given, augmented, and without its secrets", async () => {
    const { connect, file } = world;
    const name = unique("config");
    const config = fileSource(name, file("in.txt"), unique("topic"), { "my.password": "hunter2-and-so-on" });
    await connect.create(at, { name, config });
    const { config: read } = await connect.read(on(name));
    expect(read).toMatchObject({
      ...config,
      "kafka.api.key": mask,
      "kafka.api.secret": mask,
      "my.password": mask,
      "cloud.environment": "env-1",
      "cloud.provider": expect.any(String),
      "kafka.endpoint": expect.any(String),
      "kafka.region": expect.any(String),
    });
    const engine = await engineConfig(name);
    expect(engine).toMatchObject({
      "connector.class": "org.apache.kafka.connect.file.FileStreamSourceConnector",
      "my.password": "hunter2-and-so-on",
    });
    expect(Object.keys(engine).filter((key) => key.startsWith("kafka."))).toEqual([]);
    // What a client does to change one setting: read, change, write the whole, masks included.
    await connect.putConfig(on(name), { ...read, "tasks.max": "2" });
    const after = await engineConfig(name);
    expect(after).toMatchObject({ "my.password": "hunter2-and-so-on", "tasks.max": "2" });
    await expect(connect.putConfig(on(name), { ...read, "other.password": mask })).rejects.toMatchObject({
      code: "InvalidConnectorConfig",
      message: expect.stringContaining("other.password"),
    });
    const tasks = await until(
      () => connect.tasks(on(name)),
      (all) => all.length > 0,
    );
    expect(JSON.stringify(tasks)).not.toContain("hunter2");
  }, 60_000);

  test("pause and resume show the old state, then the new one, and nothing between; both can be asked for again", async () => {
    const { connect, file } = world;
    const name = unique("pausing");
    await connect.create(at, { name, config: fileSource(name, file("in.txt"), unique("topic")) });
    await world.untilState(name, "RUNNING");
    const seen = new Set<string>();
    const watched = (state: string) => world.until(name, (status) => (seen.add(status.state), status.state === state));
    await connect.pause(on(name));
    await connect.pause(on(name));
    expect(await watched("PAUSED")).toMatchObject({ rawState: "PAUSED", tasks: [{ state: "STOPPED" }] });
    await expect(connect.restart(on(name))).rejects.toMatchObject({ code: "NotRestartable" });
    await connect.resume(on(name));
    await watched("RUNNING");
    await connect.resume(on(name));
    expect([...seen].sort()).toEqual(["PAUSED", "RUNNING"]);
  }, 60_000);

  test("a sink without its folder FAILS with the trace, which says that the user can mend it; mended and restarted it runs", async () => {
    const { connect, file } = world;
    const [name, topic, source] = [unique("broken"), unique("topic"), unique("feed")];
    writeFileSync(file("feed.txt"), "row\n");
    await connect.create(at, { name: source, config: fileSource(source, file("feed.txt"), topic) });
    await connect.create(at, { name, config: fileSink(name, "/no/such/folder/out.txt", topic) });
    const failed = await world.untilState(name, "FAILED");
    expect(failed.trace).toContain("/no/such/folder/out.txt");
    expect(failed.tasks).toMatchObject([{ state: "USER_ACTIONABLE_ERROR", msg: failed.trace, rawState: "FAILED" }]);
    await connect.restart(on(name));
    await world.until(name, ({ state, observedAt }) => state === "FAILED" && observedAt > failed.observedAt);
    await connect.putConfig(on(name), fileSink(name, file("mended.txt"), topic));
    await world.untilState(name, "RUNNING");
  }, 60_000);

  test("a converter that cannot read the data FAILS the sink with its own words", async () => {
    const { connect, file } = world;
    const [name, topic, source] = [unique("converter"), unique("topic"), unique("feed")];
    writeFileSync(file("plain.txt"), "this is no JSON\n");
    await connect.create(at, { name: source, config: fileSource(source, file("plain.txt"), topic) });
    const json = { "value.converter": "org.apache.kafka.connect.json.JsonConverter", "value.converter.schemas.enable": "true" };
    await connect.create(at, { name, config: fileSink(name, file("never.txt"), topic, json) });
    const failed = await world.untilState(name, "FAILED");
    expect(failed.trace).toMatch(/DataException|SerializationException/);
    expect(failed.tasks[0]?.state).toBe("USER_ACTIONABLE_ERROR");
    const [one, all] = [await connect.status(on(name)), await connect.expand(at, new Set(["status"] as const))];
    expect(all.get(name)?.status?.state).toBe(one.state);
  }, 60_000);

  test("what the engine refuses at creation is FAILED with its reasons by field, and a better configuration mends it", async () => {
    const { connect, file } = world;
    const [name, classless] = [unique("refused"), unique("classless")];
    await connect.create(at, { name, config: fileSink(name, file("x.txt"), "t", { "tasks.max": "many", "my.secret": "hunter2-hidden" }) });
    const failed = await connect.status(on(name));
    expect(failed).toMatchObject({ state: "FAILED", tasks: [{ id: 0, state: "USER_ACTIONABLE_ERROR" }] });
    expect(failed.validationErrors).toContainEqual(expect.stringMatching(/^tasks\.max: .*many/));
    expect((await connect.read(on(name))).config).toMatchObject({ "my.secret": mask, "tasks.max": "many" });
    await connect.create(at, { name: classless, config: { name: classless, "connector.class": "no.such.Connector" } });
    expect(await connect.status(on(classless))).toMatchObject({ state: "FAILED", trace: expect.stringContaining("no.such.Connector") });
    await expect(connect.restart(on(name))).rejects.toMatchObject({ code: "NotRestartable" });
    await expect(connect.putConfig(on(name), fileSink(name, file("x.txt"), "t", { "tasks.max": "none" }))).rejects.toMatchObject({
      code: "InvalidConnectorConfig",
      message: expect.stringContaining("tasks.max"),
    });
    world.reopen();
    expect((await world.connect.status(on(name))).state).toBe("FAILED");
    await world.connect.putConfig(on(name), fileSink(name, file("x.txt"), unique("topic"), { "my.secret": mask }));
    await world.untilState(name, "RUNNING");
    expect((await engineConfig(name))["my.secret"]).toBe("hunter2-hidden");
    await world.connect.delete(on(classless));
    await expect(world.connect.status(on(classless))).rejects.toMatchObject({ code: "UnknownConnector" });
  }, 60_000);

  test("a deleted connector is gone at once, and one of its name after it has another id; ids outlive the server", async () => {
    const { connect, file } = world;
    const name = unique("lives");
    const idOf = async (): Promise<string | undefined> => (await world.connect.expand(at, new Set(["id"] as const))).get(name)?.id;
    const config = fileSource(name, file("in.txt"), unique("topic"));
    await connect.create(at, { name, config });
    await expect(connect.create(at, { name, config })).rejects.toMatchObject({ code: "ConnectorExists" });
    const first = await idOf();
    expect(first).toMatch(/^lcc-[a-z2-7]{6}$/);
    world.reopen();
    expect(await idOf()).toBe(first);
    await world.connect.delete(on(name));
    await expect(world.connect.status(on(name))).rejects.toMatchObject({ code: "UnknownConnector" });
    await expect(world.connect.delete(on(name))).rejects.toMatchObject({ code: "UnknownConnector" });
    await world.connect.create(at, { name, config });
    expect(await idOf()).not.toBe(first);
  }, 60_000);

  test("connectors that somebody else made and deleted come and go, also with names that need care in a URL", async () => {
    const name = `${unique("else")} ä?#&`;
    const config = {
      ...fileSource(name, world.file("in.txt"), unique("topic")),
      "connector.class": "org.apache.kafka.connect.file.FileStreamSourceConnector",
    };
    const url = `${urls[0] ?? ""}/connectors/${encodeURIComponent(name)}`;
    const made = await fetch(`${url}/config`, {
      method: "PUT",
      body: JSON.stringify(config),
      headers: { "content-type": "application/json" },
    });
    expect(made.status).toBe(201);
    await until(
      () => world.connect.list(at),
      (names) => names.includes(name),
    );
    await world.untilState(name, "RUNNING");
    expect((await world.connect.read(on(name))).config["connector.class"]).toBe("FileStreamSource");
    expect((await fetch(url, { method: "DELETE" })).status).toBe(204);
    await until(
      () => world.connect.list(at),
      (names) => !names.includes(name),
    );
  }, 60_000);

  test("plugins have their Cloud names, and validation says by field what is wrong, in the words of the dialect", async () => {
    const { connect } = world;
    expect(await connect.plugins(at)).toEqual(
      expect.arrayContaining([{ class: "FileStreamSink", type: "sink", version: expect.any(String) }]),
    );
    const bad = await connect.validate(at, "FileStreamSink", {
      name: "x",
      "tasks.max": "many",
      topics: "t",
      "consumer.override.sasl.jaas.config": "password=hunter2",
    });
    expect(bad).toMatchObject({ name: "org.apache.kafka.connect.file.FileStreamSinkConnector", errorCount: 2 });
    const values = new Map(bad.configs.map(({ definition, value }) => [definition.name, { definition, value }]));
    expect(values.get("tasks.max")?.value.errors).toContainEqual(expect.stringContaining("many"));
    expect(values.get("file")).toMatchObject({ definition: { type: "STRING", defaultValue: "" }, value: { value: "", errors: [] } });
    expect(JSON.stringify(bad)).not.toContain("hunter2");
    await expect(connect.validate(at, "NoSuchSink", {})).rejects.toMatchObject({ code: "UnknownPlugin" });
  }, 60_000);

  test("a sink whose offsets are deleted reads again from the beginning, and one whose offset is set reads on from there", async () => {
    const { connect, file } = world;
    const [topic, source, sink] = [unique("topic"), unique("source"), unique("sink")];
    writeFileSync(file("again.txt"), "a\nb\nc\n");
    await connect.create(at, { name: source, config: fileSource(source, file("again.txt"), topic) });
    await connect.create(at, { name: sink, config: fileSink(sink, file("again-out.txt"), topic) });
    await until(
      async () => linesOf(file("again-out.txt")),
      (lines) => lines.length === 3,
    );
    const partition = { kafka_topic: topic, kafka_partition: 0 };
    await until(
      () => connect.offsets(on(sink)),
      ({ offsets }) => offsets[0]?.offset?.["kafka_offset"] === 3,
    );
    await expect(connect.offsetsRequestStatus(on(sink))).rejects.toMatchObject({ code: "NoOffsetsRequest" });

    const request = await connect.alterOffsets(on(sink), { type: "DELETE" });
    expect(request).toMatchObject({ id: expect.stringMatching(/^lcc-/), name: sink, change: { type: "DELETE" } });
    await expect(connect.alterOffsets(on(sink), { type: "DELETE" })).rejects.toMatchObject({ code: "OffsetsRequestPending" });
    expect(await world.untilApplied(sink)).toMatchObject({
      phase: "APPLIED",
      previousOffsets: [{ partition, offset: { kafka_offset: 3 } }],
      message: expect.stringContaining("reset successfully"),
      appliedAt: expect.any(Number),
    });
    await until(
      async () => linesOf(file("again-out.txt")),
      (lines) => lines.length === 6,
    );

    await connect.alterOffsets(on(sink), { type: "PATCH", offsets: [{ partition, offset: { kafka_offset: "2" } }] });
    expect(await world.untilApplied(sink)).toMatchObject({ phase: "APPLIED", message: expect.stringContaining("altered successfully") });
    await until(
      async () => linesOf(file("again-out.txt")),
      (lines) => lines.length === 7,
    );
    expect(linesOf(file("again-out.txt"))).toEqual(["a", "b", "c", "a", "b", "c", "c"]);
    await world.untilState(sink, "RUNNING");

    await connect.alterOffsets(on(sink), { type: "PATCH", offsets: [{ partition: { nonsense: 1 }, offset: { kafka_offset: 1 } }] });
    expect(await world.untilApplied(sink)).toMatchObject({
      phase: "FAILED",
      message: expect.stringContaining("partition"),
      appliedAt: null,
    });
    await world.untilState(sink, "RUNNING");
    await expect(connect.alterOffsets(on(sink), { type: "PATCH", offsets: [] })).rejects.toMatchObject({ code: "InvalidOffsets" });
  }, 120_000);

  test("a connector that was paused, or is paused meanwhile, is paused again after its offsets have changed", async () => {
    const { connect, file } = world;
    const name = unique("asleep");
    await connect.create(at, { name, config: fileSource(name, file("in.txt"), unique("topic")) });
    await world.untilState(name, "RUNNING");
    await connect.alterOffsets(on(name), { type: "DELETE" });
    await connect.pause(on(name));
    expect(await world.untilApplied(name)).toMatchObject({ phase: "APPLIED" });
    await world.until(name, ({ rawState }) => rawState === "PAUSED");
    await connect.alterOffsets(on(name), { type: "DELETE" });
    expect(await world.untilApplied(name)).toMatchObject({ phase: "APPLIED" });
    await world.until(name, ({ rawState, tasks }) => rawState === "PAUSED" && tasks.every(({ state }) => state === "STOPPED"));
  }, 60_000);

  test("a connector that is created with offsets begins there", async () => {
    const { connect, file } = world;
    const [topic, source, sink] = [unique("topic"), unique("source"), unique("sink")];
    writeFileSync(file("late.txt"), "a\nb\nc\n");
    await connect.create(at, { name: source, config: fileSource(source, file("late.txt"), topic) });
    await until(
      () => connect.offsets(on(source)),
      ({ offsets }) => offsets.length > 0,
    );
    const offsets = [{ partition: { kafka_topic: topic, kafka_partition: 0 }, offset: { kafka_offset: 2 } }];
    const created = await connect.create(at, { name: sink, config: fileSink(sink, file("late-out.txt"), topic), offsets });
    expect(created.offsets).toEqual(offsets);
    await until(
      async () => linesOf(file("late-out.txt")),
      (lines) => lines.length > 0,
    );
    expect(linesOf(file("late-out.txt"))).toEqual(["c"]);
  }, 60_000);

  test("a change of offsets goes on where it was when the server ends at any point of it", async () => {
    const { file } = world;
    const [topic, source, sink] = [unique("topic"), unique("source"), unique("sink")];
    writeFileSync(file("crash.txt"), "a\nb\n");
    await world.connect.create(at, { name: source, config: fileSource(source, file("crash.txt"), topic) });
    await world.connect.create(at, { name: sink, config: fileSink(sink, file("crash-out.txt"), topic) });
    await until(
      () => world.connect.offsets(on(sink)),
      ({ offsets }) => offsets[0]?.offset?.["kafka_offset"] === 2,
    );
    await world.connect.alterOffsets(on(sink), { type: "DELETE" });
    // Each life is too short for the whole: it ends at whatever step it has come to.
    let lives = 1;
    for (; lives < 400; lives += 1) {
      await new Promise((resolve) => setTimeout(resolve, 40));
      if ((await world.connect.offsetsRequestStatus(on(sink))).phase !== "PENDING") break;
      world.reopen();
    }
    expect(lives).toBeGreaterThan(2);
    expect(await world.untilApplied(sink)).toMatchObject({ phase: "APPLIED", previousOffsets: [{ offset: { kafka_offset: 2 } }] });
    await world.untilState(sink, "RUNNING");
    await until(
      async () => linesOf(file("crash-out.txt")),
      (lines) => lines.length >= 4,
    );
  }, 120_000);

  test("an unknown connector is that in every call", async () => {
    const { connect } = world;
    for (const call of [
      connect.status,
      connect.read,
      connect.delete,
      connect.pause,
      connect.resume,
      connect.restart,
      connect.tasks,
      connect.offsets,
    ]) {
      await expect(call(on("no-such-connector"))).rejects.toMatchObject({ code: "UnknownConnector" });
    }
    for (const name of ["a/b", "..", "50%"]) {
      await expect(connect.delete(on(name))).rejects.toMatchObject({ code: "UnknownConnector" });
      await expect(connect.create(at, { name, config: { name, "connector.class": "FileStreamSink" } })).rejects.toMatchObject({
        code: "InvalidConnectorConfig",
      });
    }
    await expect(connect.alterOffsets(on("no-such-connector"), { type: "DELETE" })).rejects.toMatchObject({ code: "UnknownConnector" });
    await expect(connect.offsetsRequestStatus(on("no-such-connector"))).rejects.toMatchObject({ code: "UnknownConnector" });
  }, 60_000);
});
