import {
  configError,
  expected,
  integer,
  listOf,
  object,
  oneOf,
  optional,
  parseConfig,
  text,
  withDefault,
  type Check,
} from "@headgate/connector-kit";
import type { KafkaConnection } from "../kafka/connection-options.ts";
import { kafkaConfig, topicName } from "../kafka/kafka-config.ts";
import { flag, numeric, word } from "../kafka/option-checks.ts";

/** A header that every message carries. */
export type MessageHeader = readonly [name: Buffer, value: Buffer | null];

export interface KafkaOutputConfig {
  readonly topic: string;
  readonly headers: readonly MessageHeader[];
  /** How long opening tries to reach the brokers. */
  readonly openMs: number;
  /** A message is there when all replicas in sync have it, or only its leader. */
  readonly acks: "all" | "leader";
  readonly idempotent: boolean;
  readonly compression: "none" | "gzip" | "snappy" | "lz4" | "zstd";
  readonly maxMessageBytes: number;
  readonly connection: KafkaConnection;
}

const byte = integer({ min: 0, max: 255 });
const headerValue: Check<Buffer> = (value, path) => {
  if (typeof value === "string") return Buffer.from(value);
  if (Array.isArray(value)) return Buffer.from(listOf(byte)(value, path));
  throw expected(path, "a string or a list of bytes", value);
};
const header = object({ key: text({ minLength: 0 }), value: optional(headerValue) });

const unsupported =
  (why: string): Check<undefined> =>
  (value, path) => {
    if (value !== undefined && value !== null) throw configError(path, `is not supported: ${why}`);
    return undefined;
  };

const own = {
  topic: topicName,
  headers: withDefault(listOf(header), []),
  initialization_timeout_secs: withDefault(integer({ min: 1, max: 3600 }), 60),
  fault_tolerance: unsupported("messages are delivered at least once; remove it"),
  kafka_service: unsupported("give the options here; remove it"),
  // Without a log of its own, and without a cloud's way to sign in, these change nothing.
  log_level: optional(oneOf(["emerg", "alert", "critical", "error", "warning", "notice", "info", "debug"])),
  region: optional(text()),
};
const acknowledgements: Check<"all" | "leader"> = (value, path) => {
  const given = String(value).toLowerCase();
  if (given === "all" || given === "-1") return "all";
  if (given === "1") return "leader";
  // 0: a message that nobody acknowledges may be lost without anybody knowing.
  throw expected(path, '"all" (or -1) or 1', value);
};
const options = {
  acks: optional(acknowledgements),
  "enable.idempotence": optional(flag),
  "compression.type": withDefault(word(["none", "gzip", "snappy", "lz4", "zstd"]), "none"),
  "message.max.bytes": withDefault(numeric(1000, 1_000_000_000), 1_000_000),
  "transactional.id": unsupported("messages are delivered at least once, without transactions; remove it"),
};
const check = kafkaConfig(own, options);

/** @throws ConnectorError `invalid_config` */
export function parseKafkaOutputConfig(config: unknown): KafkaOutputConfig {
  return parseConfig("kafka_output", (value, path) => settle(check(value, path)), config);
}

function settle({ own: fields, options: chosen, connection }: ReturnType<typeof check>): KafkaOutputConfig {
  const { acks = "all", "enable.idempotence": idempotent = acks === "all" } = chosen;
  if (idempotent && acks !== "all") throw configError("acks", 'is 1, but "enable.idempotence" needs "all"; change one of them');
  return {
    topic: fields.topic,
    headers: fields.headers.map(({ key, value }) => [Buffer.from(key), value ?? null]),
    openMs: fields.initialization_timeout_secs * 1000,
    acks,
    idempotent,
    compression: chosen["compression.type"],
    maxMessageBytes: chosen["message.max.bytes"],
    connection,
  };
}
