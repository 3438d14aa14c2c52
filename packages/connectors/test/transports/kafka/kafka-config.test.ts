import { describe, expect, test } from "@jest/globals";
import { optional, parseConfig } from "@headgate/connector-kit";
import { writeFile } from "node:fs/promises";
import { clientOptions } from "../../../src/transports/kafka/client-options.ts";
import { kafkaConfig, topicName } from "../../../src/transports/kafka/kafka-config.ts";
import { numeric } from "../../../src/transports/kafka/option-checks.ts";
import { never, scratch } from "../contexts.ts";

const check = kafkaConfig({ topic: topicName }, { "fetch.min.bytes": optional(numeric(1, 1000)) });
const base = { topic: "t", "bootstrap.servers": "localhost:9092" };
const parse = (config: object): ReturnType<typeof check> => parseConfig("kafka_input", check, { ...base, ...config });
const problem = (config: object): string => {
  try {
    parse(config);
  } catch (error) {
    return (error as Error).message;
  }
  return "no problem";
};
const certificate = "-----BEGIN CERTIFICATE-----\\nMIIB\\n-----END CERTIFICATE-----";

describe("the options of librdkafka beside a connector's own fields", () => {
  test("are told from its own fields, whether numbers are written as strings or not", () => {
    const { own, options, connection } = parse({ "fetch.min.bytes": "17", "client.id": "me", "socket.timeout.ms": 5000 });
    expect([own, options["fetch.min.bytes"], connection.clientId]).toEqual([{ topic: "t" }, 17, "me"]);
    expect(connection.requestTimeoutMs).toBe(5000);
  });

  test.each([
    ["a:1, b:2", ["a:1", "b:2"]],
    ["host", ["host:9092"]],
    ["SASL_SSL://host:9093", ["host:9093"]],
    ["[::1]:7", ["::1:7"]],
  ])("name brokers as in '%s'", (list, expected) => {
    const { brokers } = parse({ "bootstrap.servers": list }).connection;
    expect(brokers.map(({ host, port }) => `${host}:${String(port)}`)).toEqual(expected);
  });

  test("are accepted when they mean nothing here, and under their other names", () => {
    const { connection } = parse({
      "group.id": "g",
      "enable.auto.commit": "false",
      debug: "all",
      "security.protocol": "SASL_PLAINTEXT",
      "sasl.mechanism": "plain",
      "sasl.username": "u",
      "sasl.password": "secret",
    });
    expect(connection.sasl).toEqual({ mechanism: "PLAIN", username: "u", password: "secret" });
  });

  test.each([
    [{ "bootstrap.server": "x:1" }, 'did you mean "bootstrap.servers"'],
    [{ topik: "t" }, 'did you mean "topic"'],
    [{ topic: "no spaces" }, "at most 249 letters"],
    [{ "bootstrap.servers": "host:port" }, 'brokers as "host:port"'],
    [{ "bootstrap.servers": "" }, 'brokers as "host:port"'],
    [{ "fetch.min.bytes": "many" }, "a whole number from 1 to 1000"],
    [{ "security.protocol": "tls" }, '"plaintext", "ssl", "sasl_plaintext", "sasl_ssl"'],
    [{ "security.protocol": "sasl_ssl" }, '"sasl.mechanism" is missing'],
    [{ "security.protocol": "sasl_ssl", "sasl.mechanism": "GSSAPI" }, '"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"'],
    [{ "security.protocol": "sasl_ssl", "sasl.mechanism": "PLAIN", "sasl.username": "u" }, '"sasl.password" is missing'],
    [{ "sasl.mechanism": "PLAIN" }, '"security.protocol" is "plaintext"'],
    [{ "sasl.mechanism": "PLAIN", "sasl.mechanisms": "PLAIN" }, "another name of"],
    [{ "sasl.kerberos.principal": "p" }, "is not an option of librdkafka that is supported here"],
    [{ "security.protocol": "ssl", "ssl.certificate.pem": certificate }, '"ssl.key.location" is missing'],
    [{ "security.protocol": "ssl", "ssl.ca.pem": "/etc/ca.pem" }, 'goes into "ssl.ca.location"'],
    [{ "security.protocol": "ssl", "ssl.ca.pem": certificate, "ssl.ca.location": "/etc/ca.pem" }, "are both given"],
  ])("are refused when they are wrong: %j", (config, message) => {
    expect(problem(config)).toContain(message);
  });

  test("are never shown when they are secret", () => {
    expect(problem({ "sasl.password": ["hunter2"] })).not.toContain("hunter2");
    expect(problem({ "ssl.key.password": { a: "hunter2" } })).not.toContain("hunter2");
  });
});

describe("the client's options", () => {
  test("hold what certificate files hold, and PEM text in one line", async () => {
    const files = await scratch();
    try {
      await writeFile(files.path("ca.pem"), "the authority");
      const config = { "security.protocol": "ssl", "ssl.ca.location": files.path("ca.pem"), "ssl.certificate.pem": certificate };
      const { connection } = parse({ ...config, "ssl.key.pem": "-----BEGIN PRIVATE KEY-----", "ssl.key.password": "p" });
      const { retries, tls } = await clientOptions("kafka_input", connection, never());
      expect(String(tls?.ca)).toBe("the authority");
      expect(String(tls?.cert)).toBe("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----");
      expect([tls?.passphrase, retries]).toEqual(["p", 0]);
    } finally {
      await files.remove();
    }
  });

  test("cannot be had when a file is missing, and the error names option and file", async () => {
    const { connection } = parse({ "security.protocol": "ssl", "ssl.ca.location": "/nowhere/ca.pem" });
    const options = clientOptions("kafka_input", connection, never());
    await expect(options).rejects.toThrow(
      'kafka_input: "ssl.ca.location" names "/nowhere/ca.pem", which cannot be read: there is no such file',
    );
  });
});
