import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { describeWithKafka, startKafka, Topics, type KafkaCluster } from "@headgate/app-kafka";
import type { ConnectorError, OutputTransport } from "@headgate/connector-kit";
import { kafkaOutput } from "../../../src/transports/kafka-output/kafka-output.ts";
import { outputContext } from "../contexts.ts";
import { keyed, readTopic, text, write } from "./support.ts";

const startMs = 240_000;

describeWithKafka(describe, "kafka_output when its broker goes away", () => {
  let kafka: KafkaCluster;
  let topics: Topics;
  const outputs: OutputTransport[] = [];
  beforeAll(async () => {
    kafka = await startKafka();
    topics = new Topics(kafka.bootstrap);
  }, startMs);
  afterAll(async () => {
    for (const output of outputs) await output.close();
    await topics.close();
    await kafka.stop();
  });

  const open = async (topic: string): Promise<OutputTransport> => {
    const config = { topic, "bootstrap.servers": kafka.bootstrap, "socket.timeout.ms": 5000 };
    const output = kafkaOutput.create(kafkaOutput.parseConfig(config), outputContext({ keyed: true }));
    outputs.push(output);
    await output.open(AbortSignal.timeout(60_000));
    return output;
  };
  const values = async (topic: string): Promise<(string | null)[]> =>
    (await readTopic({ topic, "bootstrap.servers": kafka.bootstrap })).map(({ value }) => text(value));

  test(
    "says so while it is away, and then nothing is lost, repeated or out of order",
    async () => {
      const topic = await topics.create();
      const output = await open(topic);
      const failures: ConnectorError[] = [];
      let written = 0;
      let stop = false;
      const writing = (async (): Promise<void> => {
        while (!stop) {
          const chunk = keyed(...Array.from({ length: 50 }, (_, i) => `k${String(i % 5)}=${String(written + i)}`));
          failures.push(...(await write(output, chunk)));
          written += 50;
        }
      })();
      // Twice, with writes under way: once as by kill -9, once in order.
      await untilGrown(() => written, 1000);
      await kafka.broker.kill();
      await kafka.broker.start();
      const between = written;
      await untilGrown(() => written - between, 1000);
      await kafka.broker.restart();
      const after = written;
      await untilGrown(() => written - after, 1000);
      stop = true;
      await writing;

      expect(failures.length).toBeGreaterThan(0);
      expect(failures[0]?.message).toMatch(/^kafka_output: topic "[\w-]+" cannot be written to: .+\.$/);
      expect(failures[0]?.tag).toBe("kafka_write");
      expect(await values(topic)).toEqual(Array.from({ length: written }, (_, i) => String(i)));
    },
    startMs,
  );

  test(
    "a broker that hangs is told of, and a reset that gives up its write comes behind that write",
    async () => {
      const topic = await topics.create();
      const output = await open(topic);
      await write(output, keyed("a=1", "b=1"));
      kafka.broker.suspend();
      try {
        await output.write(keyed("a=2"), AbortSignal.timeout(60_000));
        const failure = await output.flush?.(AbortSignal.timeout(60_000)).catch((error: unknown) => error);
        expect(failure).toMatchObject({ code: "retryable", message: expect.stringMatching(/cannot be written to: /) });
      } finally {
        kafka.broker.resume();
      }
      for (let begun = false; !begun;) {
        begun = await (output.reset as NonNullable<typeof output.reset>).begin(AbortSignal.timeout(60_000)).then(
          () => true,
          () => false,
        );
      }
      await write(output, keyed("b=3"));
      await output.reset?.commit(AbortSignal.timeout(60_000));
      const newest = new Map(
        (await readTopic({ topic, "bootstrap.servers": kafka.bootstrap })).map(({ key, value }) => [text(key), text(value)]),
      );
      expect(Object.fromEntries(newest)).toEqual({ a: null, b: "3" });
    },
    startMs,
  );
});

async function untilGrown(read: () => number, by: number): Promise<void> {
  const end = performance.now() + 90_000;
  while (read() < by) {
    if (performance.now() > end) throw new Error(`only ${String(read())} of ${String(by)} were written within 90 s`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
