import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { describeWithKafka, startKafka, Topics, type KafkaCluster } from "@headgate/app-kafka";
import { kafkaOutput } from "../../../src/transports/kafka-output/kafka-output.ts";
import { outputContext } from "../contexts.ts";
import { deadline, keyed, readTopic, text, write } from "./support.ts";

const password = "correct-horse";

describeWithKafka(describe, "kafka_output to a broker that asks who comes", () => {
  let kafka: KafkaCluster | undefined;
  let topic = "";
  let options: Readonly<Record<string, string>> = {};
  beforeAll(async () => {
    kafka = await startKafka({
      listeners: ["SASL"],
      brokerConfig: {
        "listener.name.sasl.sasl.enabled.mechanisms": "PLAIN",
        "listener.name.sasl.plain.sasl.jaas.config": `org.apache.kafka.common.security.plain.PlainLoginModule required user_alice="${password}";`,
      },
    });
    const topics = new Topics(kafka.bootstrap);
    topic = await topics.create();
    await topics.close();
    const signIn = {
      "security.protocol": "SASL_PLAINTEXT",
      "sasl.mechanism": "PLAIN",
      "sasl.username": "alice",
      "sasl.password": password,
    };
    options = { topic, "bootstrap.servers": kafka.broker.address("SASL"), ...signIn };
  }, 240_000);
  afterAll(() => kafka?.stop());

  test("writes, and reads the keys for a reset, with the right password", async () => {
    const output = kafkaOutput.create(kafkaOutput.parseConfig(options), outputContext({ keyed: true }));
    try {
      await output.open(deadline());
      await write(output, keyed("a=1", "b=1"));
      await output.reset?.begin(deadline());
      await write(output, keyed("a=2"));
      await output.reset?.commit(deadline());
    } finally {
      await output.close();
    }
    const found = await readTopic(options);
    expect(found.map(({ key, value }) => [text(key), text(value)])).toEqual([
      ["a", "1"],
      ["b", "1"],
      ["a", "2"],
      ["b", null],
    ]);
  });

  test("does not start with a wrong password, says so at once, and does not tell it", async () => {
    const output = kafkaOutput.create(kafkaOutput.parseConfig({ ...options, "sasl.password": "battery-staple" }), outputContext());
    const refused = await output.open(deadline()).catch((error: unknown) => error);
    await output.close();
    expect(refused).toMatchObject({
      code: "fatal",
      message: expect.stringMatching(/cannot be reached: the broker refused the credentials/),
    });
    expect(String(refused)).not.toContain("battery-staple");
  });
});
