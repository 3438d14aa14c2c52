import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { createTestCertificate, describeWithKafka, startKafka, Topics, type KafkaCluster, type TestCertificate } from "@headgate/app-kafka";
import { kafkaInput } from "../../../src/transports/kafka-input/kafka-input.ts";
import { inputContext, scratch } from "../contexts.ts";

const password = "correct-horse";
const plain = `org.apache.kafka.common.security.plain.PlainLoginModule required user_alice="${password}";`;
const scram = "org.apache.kafka.common.security.scram.ScramLoginModule required;";

describeWithKafka(describe, "kafka_input of a broker that asks who comes", () => {
  let kafka: KafkaCluster;
  let topic = "";
  let files: Awaited<ReturnType<typeof scratch>>;
  let certificate: TestCertificate;

  beforeAll(async () => {
    files = await scratch();
    certificate = await createTestCertificate(files.path("."));
    const perListener = (listener: string): Record<string, string> => ({
      [`listener.name.${listener}.sasl.enabled.mechanisms`]: "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512",
      [`listener.name.${listener}.plain.sasl.jaas.config`]: plain,
      [`listener.name.${listener}.scram-sha-256.sasl.jaas.config`]: scram,
      [`listener.name.${listener}.scram-sha-512.sasl.jaas.config`]: scram,
    });
    kafka = await startKafka({
      listeners: ["SASL", "TLS", "SASL_TLS"],
      scramUsers: { alice: password },
      brokerConfig: {
        ...perListener("sasl"),
        ...perListener("sasl_tls"),
        "ssl.keystore.location": certificate.keystore,
        "ssl.keystore.password": certificate.password,
        "ssl.keystore.type": "PKCS12",
      },
    });
    const topics = new Topics(kafka.bootstrap);
    topic = await topics.create();
    await topics.write(topic, ["one", "two"]);
    await topics.close();
  }, 240_000);
  afterAll(async () => {
    await kafka.stop();
    await files.remove();
  });

  async function read(config: Readonly<Record<string, unknown>>): Promise<string[]> {
    const options = { topic, start_from: "earliest", "enable.partition.eof": true, "socket.connection.setup.timeout.ms": 5000 };
    const input = kafkaInput.create(kafkaInput.parseConfig({ ...options, ...config }), inputContext());
    try {
      await input.open(AbortSignal.timeout(15_000));
      const values: string[] = [];
      for (;;) {
        const chunk = await input.read(AbortSignal.timeout(15_000));
        if (chunk?.kind !== "messages") return values;
        values.push(...chunk.messages.map(({ value }) => Buffer.from(value ?? []).toString()));
      }
    } finally {
      await input.close();
    }
  }

  const alice = { "sasl.username": "alice", "sasl.password": password };
  const sasl = (mechanism: string): object => ({
    "bootstrap.servers": kafka.broker.address("SASL"),
    "security.protocol": "SASL_PLAINTEXT",
    "sasl.mechanism": mechanism,
    ...alice,
  });

  test.each(["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"])("comes in with the right password by %s", async (mechanism) => {
    expect(await read({ ...sasl(mechanism) })).toEqual(["one", "two"]);
  });

  test.each(["PLAIN", "SCRAM-SHA-256"])("does not start with a wrong password by %s, and does not tell it", async (mechanism) => {
    const refused = read({ ...sasl(mechanism), "sasl.password": "battery-staple" });
    await expect(refused).rejects.toMatchObject({ code: "fatal", message: expect.stringMatching(/the broker refused the credentials/) });
    await expect(refused).rejects.toMatchObject({ message: expect.not.stringContaining("battery-staple") });
  });

  test("comes in over TLS when it trusts the certificate, with a password or without", async () => {
    const trust = { "ssl.ca.pem": certificate.pem };
    const open = { "bootstrap.servers": kafka.broker.address("TLS"), "security.protocol": "SSL" };
    expect(await read({ ...open, ...trust })).toEqual(["one", "two"]);
    const closed = { ...sasl("SCRAM-SHA-512"), "bootstrap.servers": kafka.broker.address("SASL_TLS"), "security.protocol": "SASL_SSL" };
    expect(await read({ ...closed, ...trust })).toEqual(["one", "two"]);
  });

  test("does not speak to a certificate that it does not trust, unless told not to look", async () => {
    const open = { "bootstrap.servers": kafka.broker.address("TLS"), "security.protocol": "SSL" };
    await expect(read(open)).rejects.toMatchObject({ message: expect.stringMatching(/certificate/) });
    expect(await read({ ...open, "enable.ssl.certificate.verification": "false" })).toEqual(["one", "two"]);
  });
});
