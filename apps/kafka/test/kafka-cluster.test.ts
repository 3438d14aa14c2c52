import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { Admin, stringDeserializers, stringSerializers, Consumer, Producer } from "@platformatic/kafka";
import { describeWithKafka, sharedKafka, startKafka, type KafkaCluster } from "@headgate/app-kafka";
import { existsSync } from "node:fs";

const startMs = 240_000;
const signal = 0;
const runs = (pid: number): boolean => {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
};

async function write(bootstrap: string, topic: string, values: readonly string[]): Promise<void> {
  const producer = new Producer({
    clientId: "test",
    bootstrapBrokers: [bootstrap],
    serializers: stringSerializers,
    autocreateTopics: true,
  });
  await producer.send({ messages: values.map((value) => ({ topic, value })) });
  await producer.close();
}

async function read(bootstrap: string, topic: string, count: number): Promise<string[]> {
  const consumer = new Consumer({ clientId: "test", groupId: "test", bootstrapBrokers: [bootstrap], deserializers: stringDeserializers });
  const offsets = [{ topic, partition: 0, offset: 0n }];
  const stream = await consumer.consume({ topics: [topic], mode: "manual", offsets });
  const values: string[] = [];
  for await (const message of stream) {
    values.push(message.value);
    if (values.length === count) break;
  }
  await consumer.close(true);
  return values;
}

describeWithKafka(describe, "a Kafka of one's own", () => {
  let kafka: KafkaCluster;
  beforeAll(async () => {
    kafka = await startKafka();
  }, startMs);
  afterAll(() => kafka.stop());

  test("keeps its records when its broker is killed and started again", async () => {
    await write(kafka.bootstrap, "kept", ["one", "two"]);
    const { pid } = kafka.broker;
    await kafka.broker.kill();
    expect(runs(pid)).toBe(false);
    await kafka.broker.start();
    expect(await read(kafka.bootstrap, "kept", 2)).toEqual(["one", "two"]);
  }, 60_000);

  test("tells the end of its log when it does not start", async () => {
    const broken = startKafka({ brokerConfig: { "log.retention.ms": "soon" } });
    await expect(broken).rejects.toThrow(/log\.retention\.ms/);
  }, 60_000);

  test("leaves no process and no file behind", async () => {
    const other = await startKafka();
    await other.stop();
    expect(runs(other.broker.pid)).toBe(false);
    expect(existsSync(other.directory)).toBe(false);
  }, 60_000);
});

describeWithKafka(describe, "the Kafka that tests share", () => {
  test(
    "is one broker, and starts Connect workers for who asks for them",
    async () => {
      const first = await sharedKafka();
      const { bootstrap, connectUrls } = await sharedKafka({ workers: 1 });
      expect(bootstrap).toBe(first.bootstrap);
      const admin = new Admin({ clientId: "test", bootstrapBrokers: [bootstrap] });
      const { brokers } = await admin.metadata({ topics: [] });
      await admin.close();
      expect(brokers.size).toBe(1);
      const reply = await fetch(`${connectUrls[0] ?? ""}/connector-plugins`);
      const plugins = (await reply.json()) as { class: string }[];
      const names = plugins.map((plugin) => plugin.class.split(".").at(-1));
      expect(names).toEqual(
        expect.arrayContaining(["FileStreamSourceConnector", "FileStreamSinkConnector", "MirrorHeartbeatConnector", "MockSourceConnector"]),
      );
    },
    startMs,
  );
});
