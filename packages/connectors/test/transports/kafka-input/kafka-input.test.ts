import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { describeWithKafka, sharedKafka, Topics, type Written } from "@headgate/app-kafka";
import { ConnectorError, type InputChunk, type InputMessage, type InputPosition, type InputTransport } from "@headgate/connector-kit";
import { inputSuite } from "@headgate/connector-kit/acceptance";
import { kafkaInput } from "../../../src/transports/kafka-input/kafka-input.ts";
import { inputContext } from "../contexts.ts";

const startMs = 240_000;
const deadline = (): AbortSignal => AbortSignal.timeout(15_000);
const text = ({ value }: InputMessage): string => Buffer.from(value ?? []).toString();
const numbers = (from: number, count: number): string[] => Array.from({ length: count }, (_, i) => String(from + i));

const badConfigs = [
  { config: {}, names: ["topic", "missing"] },
  { config: { topic: "t" }, names: ["bootstrap.servers", "missing", "host:port"] },
  { config: { topic: "t", "bootstrap.servers": "h:1", start_from: "begin" }, names: ["start_from", "earliest", "latest", "begin"] },
  { config: { topic: "t", "bootstrap.servers": "h:1", start_from: { offset: 1 } }, names: ["start_from", "offsets", "timestamp"] },
  { config: { topic: "t", "bootstrap.servers": "h:1", start_from: { offsets: [-1] } }, names: ["start_from.offsets[0]", "-1"] },
  { config: { topic: "t", "bootstrap.servers": "h:1", partitions: [] }, names: ["partitions", "empty"] },
  { config: { topic: "t", "bootstrap.servers": "h:1", partitions: [0, 0] }, names: ["partitions", "twice"] },
  {
    config: { topic: "t", "bootstrap.servers": "h:1", partitions: [0, 1], start_from: { offsets: [1] } },
    names: ["start_from.offsets", "1 offsets for 2 partitions"],
  },
  { config: { topic: "t", "bootstrap.servers": "h:1", synchronize_partitions: true }, names: ["synchronize_partitions", "not supported"] },
  {
    config: { topic: "t", "bootstrap.servers": "h:1", header_filter: { header: { name: "a" } } },
    names: ["header_filter.header.pattern", "missing"],
  },
  {
    config: { topic: "t", "bootstrap.servers": "h:1", header_filter: { not: { header: { name: "a", pattern: "(" } } } },
    names: ["header_filter.not.header.pattern", "regular expression"],
  },
];

describeWithKafka(describe, "kafka_input", () => {
  let bootstrap = "";
  let topics: Topics;
  let input: InputTransport | undefined;
  beforeAll(async () => {
    ({ bootstrap } = await sharedKafka());
    topics = new Topics(bootstrap);
  }, startMs);
  afterAll(() => topics.close());
  afterEach(async () => {
    await input?.close();
    input = undefined;
  });

  const open = async (config: object, resumeAt?: InputPosition): Promise<InputTransport> => {
    const base = { "bootstrap.servers": bootstrap, "enable.partition.eof": true, "metadata.max.age.ms": 1000, "fetch.wait.max.ms": 100 };
    const parsed = kafkaInput.parseConfig({ ...base, start_from: "earliest", ...config });
    input = kafkaInput.create(parsed, { ...inputContext(), ...(resumeAt === undefined ? {} : { resumeAt }) });
    await input.open(deadline());
    return input;
  };
  const messagesOf = (chunk: InputChunk | undefined): readonly InputMessage[] => (chunk?.kind === "messages" ? chunk.messages : []);
  const readAll = async (from: InputTransport): Promise<InputMessage[]> => {
    const messages: InputMessage[] = [];
    for (let chunk = await from.read(deadline()); chunk !== undefined; chunk = await from.read(deadline()))
      messages.push(...messagesOf(chunk));
    return messages;
  };
  const read = async (from: InputTransport, count: number): Promise<InputMessage[]> => {
    const messages: InputMessage[] = [];
    while (messages.length < count) messages.push(...messagesOf(await from.read(deadline())));
    return messages;
  };
  const texts = async (config: object, resumeAt?: InputPosition): Promise<string[]> =>
    (await readAll(await open(config, resumeAt))).map(text);
  const stored = (position: InputPosition | undefined): InputPosition => JSON.parse(JSON.stringify(position)) as InputPosition;

  describe("as every input", () => {
    let topic = "";
    const values = Array.from({ length: 9000 }, (_, i) => `{"line": ${String(i)}, "text": "größe"}\n`);
    beforeAll(async () => {
      topic = await topics.create();
      await topics.write(topic, values);
    });
    inputSuite(
      { test },
      {
        definition: kafkaInput,
        goodConfig: { topic: "t", "bootstrap.servers": "h:1" },
        badConfigs,
        runs: 6,
        prepare: async () => {
          const options = { "enable.partition.eof": "true", "max.partition.fetch.bytes": 30_000, start_from: "earliest" };
          const config = { topic, "bootstrap.servers": bootstrap, ...options };
          return { config, context: inputContext(), content: values.join(""), close: async () => undefined };
        },
      },
    );
  });

  describe("starts", () => {
    let topic = "";
    const at = (partition: number, values: readonly string[]): Written[] =>
      values.map((value, i) => ({ value, partition, timestamp: 1_000_000 + Number(value) * 1000 + i }));
    beforeAll(async () => {
      topic = await topics.create({ partitions: 2 });
      await topics.write(topic, [...at(0, ["1", "2", "3"]), ...at(1, ["11", "12", "13"])]);
    });

    test.each([
      ["at the earliest records", { start_from: "earliest" }, ["1", "2", "3", "11", "12", "13"]],
      ["at the end, unless told otherwise", { start_from: undefined }, []],
      ["at an offset of each partition", { start_from: { offsets: [2, 1] } }, ["3", "12", "13"]],
      ["at the end of a partition by its offset", { start_from: { offsets: [3, 3] } }, []],
      ["at the first record not before a time", { start_from: { timestamp: 1_012_000 } }, ["12", "13"]],
      ["at the end when all is before that time", { start_from: { timestamp: 9_000_000 } }, []],
      ["in some partitions only", { partitions: [1] }, ["11", "12", "13"]],
      ["in some partitions in another order", { partitions: [1, 0], start_from: { offsets: [2, 1] } }, ["2", "3", "13"]],
    ])("%s", async (_, config, expected) => {
      const found = await texts({ topic, ...config });
      expect(found.toSorted((a, b) => Number(a) - Number(b))).toEqual(expected);
    });

    test.each([
      ["an offset that is not there", { start_from: { offsets: [4, 0] } }, "offset 4 of topic"],
      ["too few offsets", { start_from: { offsets: [0] } }, "names 1 offsets, but topic"],
      ["a partition that is not there", { partitions: [2] }, '"partitions" names 2, but topic'],
      ["a topic that is not there", { topic: "not-there" }, 'topic "not-there" does not exist'],
    ])("not with %s", async (_, config, message) => {
      await expect(open({ topic, ...config })).rejects.toThrow(message);
    });

    test("later when no broker answers, and says which", async () => {
      const failed = open({ topic, "bootstrap.servers": "127.0.0.1:1" });
      await expect(failed).rejects.toMatchObject({ code: "retryable", message: expect.stringContaining("127.0.0.1:1") });
    });
  });

  test("gives key, value and place of each message, and a tombstone as no value", async () => {
    const topic = await topics.create();
    await topics.write(topic, [{ key: "k", value: "v" }, { key: "k", value: null }, ""]);
    const messages = await readAll(await open({ topic }));
    expect(messages.map(({ key, value }) => [key?.toString(), value?.toString()])).toEqual([
      ["k", "v"],
      ["k", undefined],
      [undefined, ""],
    ]);
    expect(messages[1]?.place).toBe(`topic "${topic}", partition 0, offset 1`);
    expect(messages[1]?.metadata).toBeUndefined();
  });

  test("tells what of a message's metadata it is asked for", async () => {
    const topic = await topics.create();
    await topics.write(topic, ["x"]);
    await topics.write(topic, [{ value: "y", timestamp: 1_700_000_000_123, headers: { a: "1", größe: "ß" } }]);
    const asked = { include_topic: true, include_partition: true, include_offset: true, include_timestamp: true, include_headers: true };
    const [, message] = await readAll(await open({ topic, ...asked }));
    const headers = new Map([
      ["a", Buffer.from("1")],
      ["größe", Buffer.from("ß")],
    ]);
    const own = { kafka_topic: topic, kafka_partition: 0, kafka_offset: 1 };
    expect(message?.metadata).toEqual({ ...own, kafka_timestamp: "2023-11-14 22:13:20.123", kafka_headers: headers });
    expect((await readAll(await open({ topic, include_offset: true })))[1]?.metadata).toEqual({ kafka_offset: 1 });
  });

  test("reads records that were compressed, also from the middle of a batch", async () => {
    const topic = await topics.create();
    for (const compression of ["gzip", "snappy", "lz4", "zstd"] as const) await topics.write(topic, numbers(0, 100), compression);
    expect(await texts({ topic, start_from: { offsets: [150] } })).toEqual([...numbers(50, 50), ...numbers(0, 100), ...numbers(0, 100)]);
  });

  test("drops messages whose headers a filter does not let through, and stands behind them", async () => {
    const topic = await topics.create();
    const written = [
      { value: "1", headers: { env: "prod" } },
      { value: "2", headers: { env: "production" } },
      { value: "3", headers: { env: "staging" } },
      { value: "4", headers: { env: "prod", skip: "true" } },
      { value: "5" },
    ];
    await topics.write(topic, written);
    const header = (name: string, pattern: string): object => ({ header: { name, pattern } });
    const either = { or: [header("env", "prod"), header("env", "stag.*")] };
    expect(await texts({ topic, header_filter: { and: [either, { not: header("skip", "true") }] } })).toEqual(["1", "3"]);
    expect(input?.position?.(0)).toMatchObject({ next: { 0: 5 } });
  });

  test("does not give what a transaction has taken back", async () => {
    const topic = await topics.create();
    await topics.write(topic, ["before"]);
    await topics.transaction(topic, numbers(0, 50), "abort");
    await topics.transaction(topic, ["kept"], "commit");
    await topics.transaction(topic, ["gone"], "abort");
    await topics.write(topic, ["after"]);
    // Replies of a few records at most: the end of a transaction is in another one than its records.
    expect(await texts({ topic, "max.partition.fetch.bytes": 200, "fetch.max.bytes": 1024 })).toEqual(["before", "kept", "after"]);
    const all = await texts({ topic, "isolation.level": "read_uncommitted" });
    expect(all).toEqual(["before", ...numbers(0, 50), "kept", "gone", "after"]);
  });

  test("finds a partition that is added while it reads, and reads it from its start", async () => {
    const topic = await topics.create();
    const from = await open({ topic, start_from: "latest", "enable.partition.eof": false });
    await topics.write(topic, ["first"]);
    expect((await read(from, 1)).map(text)).toEqual(["first"]);
    await topics.addPartitions(topic, 3);
    // A producer knows the new partitions a little later.
    const late = new Topics(bootstrap);
    await late.write(topic, [{ value: "second", partition: 2 }]);
    await late.close();
    expect((await read(from, 1)).map(text)).toEqual(["second"]);
    expect(from.position?.(0)).toMatchObject({ next: { 0: 1, 1: 0, 2: 1 } });
  });

  describe("after a restart", () => {
    const stopAfter = async (topic: string, count: number): Promise<InputPosition> => {
      const from = await open({ topic, "max.partition.fetch.bytes": 100 });
      await read(from, count);
      const position = stored(from.position?.(0));
      await from.close();
      return position;
    };

    test("reads a partition that was added meanwhile from its start", async () => {
      const topic = await topics.create();
      await topics.write(topic, ["1"]);
      const position = await stopAfter(topic, 1);
      await topics.addPartitions(topic, 2);
      const late = new Topics(bootstrap);
      await late.write(topic, ["2", { value: "3", partition: 1 }]);
      await late.close();
      expect((await texts({ topic, start_from: "latest" }, position)).toSorted()).toEqual(["2", "3"]);
    });

    test("does not start when its records have expired, unless it may go on at the earliest", async () => {
      const topic = await topics.create();
      await topics.write(topic, ["0", "1"]);
      const position = await stopAfter(topic, 2);
      await topics.write(topic, numbers(2, 8));
      await topics.expire(topic, 0, 5);
      const refused = open({ topic }, position);
      await expect(refused).rejects.toThrow(/offset 2 of topic "[\w-]+", partition 0, is not there: the broker holds offsets 5 to 9/);
      await expect(refused).rejects.toMatchObject({ code: "invalid_config", tag: "kafka_data_expired" });

      const from = await open({ topic, resume_earliest_if_data_expires: true }, position);
      await expect(from.read(deadline())).rejects.toThrow("It is read on from the earliest offset");
      expect((await readAll(from)).map(text)).toEqual(["5", "6", "7", "8", "9"]);
    });

    test("does not take another topic of that name for the one it has read", async () => {
      const topic = await topics.create();
      await topics.write(topic, ["old"]);
      const position = await stopAfter(topic, 1);
      await topics.delete(topic);
      await topics.createNamed(topic);
      const late = new Topics(bootstrap);
      await late.write(topic, ["new", "newer"]);
      await late.close();
      await expect(open({ topic }, position)).rejects.toThrow("it was deleted and created again");
      const from = await open({ topic, resume_earliest_if_data_expires: true }, position);
      await expect(from.read(deadline())).rejects.toThrow(ConnectorError);
      expect((await readAll(from)).map(text)).toEqual(["new", "newer"]);
    });
  });

  test("stops for good when its records expire while it reads, and says what to do", async () => {
    const topic = await topics.create();
    const paused = await open({ topic, "enable.partition.eof": false });
    await topics.write(topic, numbers(0, 10));
    await topics.expire(topic, 0, 5);
    await expect(paused.read(deadline())).rejects.toMatchObject({
      code: "fatal",
      message: expect.stringMatching(/offset 0 .* the broker holds offsets 5 to 9\. Set "resume_earliest_if_data_expires"/),
    });
  });

  test("does not wait for a topic's records under a signal that aborts", async () => {
    const topic = await topics.create();
    const from = await open({ topic, "enable.partition.eof": false, "fetch.wait.max.ms": 10_000 });
    const pause = new AbortController();
    const waiting = from.read(pause.signal);
    pause.abort(new Error("paused"));
    await expect(waiting).rejects.toThrow("paused");
    await topics.write(topic, ["later"]);
    expect((await read(from, 1)).map(text)).toEqual(["later"]);
  });
});
