import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { describeWithKafka, startKafka, Topics, type KafkaCluster } from "@headgate/app-kafka";
import { ConnectorError, type InputTransport } from "@headgate/connector-kit";
import { kafkaInput } from "../../../src/transports/kafka-input/kafka-input.ts";
import { inputContext } from "../contexts.ts";

const startMs = 240_000;

describeWithKafka(describe, "kafka_input when its broker goes away", () => {
  let kafka: KafkaCluster;
  let input: InputTransport;
  beforeAll(async () => {
    kafka = await startKafka();
  }, startMs);
  afterAll(async () => {
    await input.close();
    await kafka.stop();
  });

  /** Reads as the pipeline does: after a failure that may pass, again. */
  const readAgain = async (failures: ConnectorError[]): Promise<readonly string[]> => {
    for (;;) {
      try {
        const chunk = await input.read(AbortSignal.timeout(30_000));
        if (chunk?.kind !== "messages") throw new Error("the input ended");
        return chunk.messages.map(({ value }) => Buffer.from(value ?? []).toString());
      } catch (error) {
        if (!(error instanceof ConnectorError) || error.code !== "retryable") throw error;
        failures.push(error);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  };

  test(
    "says so while it is away, tells when it is back, and then neither loses nor repeats",
    async () => {
      const topics = new Topics(kafka.bootstrap);
      const topic = await topics.create();
      await topics.write(topic, ["1", "2"]);
      const config = { topic, "bootstrap.servers": kafka.bootstrap, start_from: "earliest", "fetch.wait.max.ms": 200 };
      input = kafkaInput.create(kafkaInput.parseConfig(config), inputContext());
      await input.open(AbortSignal.timeout(20_000));
      const failures: ConnectorError[] = [];
      expect(await readAgain(failures)).toEqual(["1", "2"]);

      await kafka.broker.kill();
      const back = readAgain(failures);
      await kafka.broker.start();
      // The topic has nothing new, and yet the connector knows that it is well again.
      expect(await back).toEqual([]);
      expect(failures.length).toBeGreaterThan(0);
      expect(failures.at(0)?.message).toMatch(/^kafka_input: topic "[\w-]+" cannot be read: .+\.$/);
      expect(failures.at(-1)?.message).toContain(kafka.bootstrap);

      await topics.write(topic, ["3"]);
      expect(await readAgain(failures)).toEqual(["3"]);
      expect(input.position?.(0)).toMatchObject({ next: { 0: 3 } });
      await topics.close();
    },
    startMs,
  );
});
