import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { describeWithKafka, sharedKafka, Topics } from "@headgate/app-kafka";
import { compatibilityPartitioner } from "@platformatic/kafka";
import type { EncodedChunk, OutputContext, OutputTransport } from "@headgate/connector-kit";
import { outputSuite } from "@headgate/connector-kit/acceptance";
import { kafkaOutput } from "../../../src/transports/kafka-output/kafka-output.ts";
import { outputContext } from "../contexts.ts";
import { deadline, faultyOutput, keyed, readTopic, text, write } from "./support.ts";

const startMs = 240_000;
const t = { topic: "t", "bootstrap.servers": "h:1" };
const badConfigs = [
  { config: {}, names: ["topic", "missing"] },
  { config: { topic: "t" }, names: ["bootstrap.servers", "missing", "host:port"] },
  { config: { ...t, headers: [{ value: "x" }] }, names: ["headers[0].key", "missing"] },
  { config: { ...t, headers: [{ key: "k", value: [256] }] }, names: ["headers[0].value[0]", "256"] },
  { config: { ...t, acks: 0 }, names: ["acks", "all", "0"] },
  { config: { ...t, acks: "1", "enable.idempotence": "true" }, names: ["acks", "enable.idempotence"] },
  { config: { ...t, "compression.type": "brotli" }, names: ["compression.type", "zstd", "brotli"] },
  { config: { ...t, "transactional.id": "x" }, names: ["transactional.id", "not supported"] },
  { config: { ...t, fault_tolerance: {} }, names: ["fault_tolerance", "not supported"] },
];

describeWithKafka(describe, "kafka_output", () => {
  let bootstrap = "";
  let topics: Topics;
  const outputs: OutputTransport[] = [];
  beforeAll(async () => {
    ({ bootstrap } = await sharedKafka());
    topics = new Topics(bootstrap);
  }, startMs);
  afterAll(() => topics.close());
  afterEach(async () => {
    for (const output of outputs.splice(0)) await output.close();
  });

  const open = async (config: object, context: Partial<OutputContext> = {}): Promise<OutputTransport> => {
    const parsed = kafkaOutput.parseConfig({ "bootstrap.servers": bootstrap, ...config });
    const output = kafkaOutput.create(parsed, outputContext(context));
    outputs.push(output);
    await output.open(deadline());
    return output;
  };
  const contentOf = async (topic: string): Promise<Map<string | null, string | null>> =>
    new Map((await readTopic({ topic, "bootstrap.servers": bootstrap })).map(({ key, value }) => [text(key), text(value)]));

  describe("as every output", () => {
    outputSuite(
      { test: (name, run) => test(name, run, 120_000) },
      {
        name: "kafka_output",
        config: { definition: kafkaOutput, good: t, bad: badConfigs },
        // The old values of a topic's keys give way one by one, so only the end of a snapshot can be compared.
        stream: true,
        runs: 2,
        prepare: async () => {
          const topic = await topics.create({ partitions: 1 });
          const { failAfter, transport } = faultyOutput({ topic, "bootstrap.servers": bootstrap });
          return {
            transport: keyedByText(transport),
            failAfter,
            content: async () => shownContent(await contentOf(topic)),
            close: async () => undefined,
          };
        },
      },
    );
  });

  test("keys, values, headers and tombstones arrive as they were given", async () => {
    const topic = await topics.create({ partitions: 2 });
    const headers = [{ key: "of", value: "all" }, { key: "bytes", value: [1, 2] }, { key: "none" }];
    const output = await open({ topic, headers, "compression.type": "lz4" });
    const messages = [
      { key: Buffer.from("a"), value: Buffer.from("1"), headers: [["op", Buffer.from("insert")]] as const },
      { key: Buffer.from("a"), value: null },
      { key: undefined, value: Buffer.from("2"), orderedBy: Buffer.from("x") },
    ];
    await write(output, { bytes: new Uint8Array(0), records: 3, messages });
    const found = await readTopic({ topic, "bootstrap.servers": bootstrap });
    expect(found.map(({ key, value }) => [text(key), text(value)]).toSorted()).toEqual(
      [
        [null, "2"],
        ["a", "1"],
        ["a", null],
      ].toSorted(),
    );
    const first = found.find(({ value }) => text(value) === "1")?.metadata?.["kafka_headers"];
    const shown = [...(first as ReadonlyMap<string, Uint8Array | null>)].map(([name, value]) => [name, value === null ? null : [...value]]);
    expect(shown.toSorted()).toEqual([
      ["bytes", [1, 2]],
      ["none", null],
      ["of", [97, 108, 108]],
      ["op", [105, 110, 115, 101, 114, 116]],
    ]);
  });

  test("a key's messages go to the partition that Kafka's own clients choose, and keep their order there", async () => {
    const topic = await topics.create({ partitions: 7 });
    const output = await open({ topic });
    for (const value of ["1", "2", "3"]) await write(output, keyed(`apple=${value}`, `banana=${value}`, `kafka=${value}`));
    const found = await readTopic({ topic, "bootstrap.servers": bootstrap });
    const places = new Map<string | null, unknown>();
    for (const { key, metadata } of found) places.set(text(key), metadata?.["kafka_partition"]);
    // The client library computes Java's murmur2 by itself.
    for (const key of places.keys()) expect(places.get(key)).toBe(compatibilityPartitioner(undefined as never, Buffer.from(key ?? "")) % 7);
    expect(found.filter(({ key }) => text(key) === "apple").map(({ value }) => text(value))).toEqual(["1", "2", "3"]);
  });

  test("a chunk larger than a batch may be is cut, and arrives in order; a message that is too large is named", async () => {
    const topic = await topics.create();
    const output = await open({ topic, "message.max.bytes": 5000 });
    const pairs = Array.from({ length: 500 }, (_, i) => `k=${String(i)}`);
    await write(output, keyed(...pairs));
    const found = await readTopic({ topic, "bootstrap.servers": bootstrap });
    expect(found.map(({ value }) => text(value))).toEqual(pairs.map((pair) => pair.slice(2)));
    const large = output.write(keyed(`k=${"x".repeat(5000)}`), deadline());
    await expect(large).rejects.toMatchObject({
      code: "fatal",
      message: expect.stringMatching(/takes 50\d\d bytes, and "message.max.bytes" is 5000/),
    });
  });

  test("a chunk of bytes is one message", async () => {
    const topic = await topics.create();
    const output = await open({ topic });
    await write(output, { bytes: Buffer.from("a,1\nb,2\n"), records: 2 });
    expect((await readTopic({ topic, "bootstrap.servers": bootstrap })).map(({ key, value }) => [key, text(value)])).toEqual([
      [null, "a,1\nb,2\n"],
    ]);
  });

  test("a reset leaves the snapshot's keys alone, and a tombstone on each other key in the partition it was in", async () => {
    const topic = await topics.create({ partitions: 3, config: { "cleanup.policy": "compact" } });
    await topics.write(topic, [
      { key: "elsewhere", value: "by another program", partition: 2 },
      { key: "dead", value: null, partition: 0 },
    ]);
    const output = await open({ topic }, { keyed: true });
    await write(output, keyed("stays=old", "goes=old", "elsewhere=ours"));
    await output.reset?.begin(deadline());
    await write(output, keyed("stays=new", "comes=new"));
    expect((await contentOf(topic)).get("goes")).toBe("old");
    await output.reset?.commit(deadline());
    const found = await readTopic({ topic, "bootstrap.servers": bootstrap });
    const newest = new Map(
      found.map(({ key, metadata, value }) => [`${String(metadata?.["kafka_partition"])} ${text(key) ?? ""}`, text(value)]),
    );
    const living = [...newest].filter(([, value]) => value !== null).map(([place, value]) => `${place.slice(2)}=${value ?? ""}`);
    expect(living.toSorted()).toEqual(["comes=new", "stays=new"]);
    expect(newest.get("2 elsewhere")).toBeNull();
    expect(found.filter(({ key }) => text(key) === "dead")).toHaveLength(1);
  });

  test("a write of which a part arrived is written again, whole and in order", async () => {
    const topic = await topics.create();
    const { failAfter, transport } = faultyOutput({ topic, "bootstrap.servers": bootstrap, "message.max.bytes": 1000 }, true);
    outputs.push(transport);
    await transport.open(deadline());
    const pairs = Array.from({ length: 100 }, (_, i) => `k${String(i % 7)}=${String(i)}`);
    const chunk = keyed(...pairs);
    failAfter(1);
    await expect(transport.write(chunk, deadline())).rejects.toMatchObject({ code: "retryable" });
    await write(transport, chunk);
    const found = await readTopic({ topic, "bootstrap.servers": bootstrap });
    // The first batch was acknowledged and is not sent again; half of the second one is there twice.
    expect(found.length).toBeGreaterThan(100);
    expect(found.length).toBeLessThan(130);
    expect([...(await contentOf(topic))]).toEqual([...new Map(pairs.map((pair) => pair.split("=") as [string, string]))]);
  });

  test("without keys there is no reset", async () => {
    const topic = await topics.create();
    expect((await open({ topic })).reset).toBeUndefined();
  });

  test("brokers that cannot be reached are told within the time that is given", async () => {
    const output = kafkaOutput.create(
      kafkaOutput.parseConfig({ topic: "t", "bootstrap.servers": "127.0.0.1:1", initialization_timeout_secs: 1 }),
      outputContext(),
    );
    outputs.push(output);
    const expected = /^kafka_output: topic "t" cannot be reached within 1 seconds: .*127\.0\.0\.1:1.*\.$/;
    await expect(output.open(deadline())).rejects.toMatchObject({ code: "fatal", message: expect.stringMatching(expected) });
  });
});

/** Gives each chunk of the suite the key of its own text: the compacted topic is then the content. */
function keyedByText(transport: OutputTransport): OutputTransport {
  const seen = new WeakMap<EncodedChunk, EncodedChunk>();
  const messageOf = (chunk: EncodedChunk): EncodedChunk => {
    const known = seen.get(chunk) ?? {
      ...chunk,
      bytes: new Uint8Array(0),
      messages: [{ key: chunk.bytes.slice(0, 20), value: chunk.bytes }],
    };
    seen.set(chunk, known);
    return known;
  };
  const { reset } = transport;
  return {
    open: (signal) => transport.open(signal),
    write: async (chunk, signal) => {
      await transport.write(messageOf(chunk), signal);
      await transport.flush?.(signal);
    },
    close: () => transport.close(),
    ...(reset === undefined ? {} : { reset }),
  };
}

function shownContent(newest: ReadonlyMap<string | null, string | null>): string {
  const number = (value: string): number => Number(/^chunk (\d+)/.exec(value)?.[1]);
  const values = [...newest.values()].filter((value) => value !== null);
  return values.toSorted((a, b) => number(a) - number(b)).join("");
}
