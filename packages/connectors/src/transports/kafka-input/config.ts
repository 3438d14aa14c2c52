import {
  boolean,
  configError,
  expected,
  integer,
  listOf,
  oneOf,
  optional,
  parseConfig,
  text,
  withDefault,
  type Check,
} from "@headgate/connector-kit";
import { kafkaConfig, topicName } from "../kafka/kafka-config.ts";
import { flag, numeric, word } from "../kafka/option-checks.ts";
import type { KafkaConnection } from "../kafka/connection-options.ts";
import { headerFilter, type HeaderFilter } from "./header-filter.ts";
import type { Included } from "./kafka-message.ts";

/** Where partitions are read from that no earlier run has read. */
export type StartFrom = "earliest" | "latest" | { readonly offsets: readonly number[] } | { readonly timestamp: number };

export interface KafkaInputConfig {
  readonly topic: string;
  readonly startFrom: StartFrom;
  /** Undefined: all, also those that are added later. */
  readonly partitions: readonly number[] | undefined;
  readonly resumeEarliest: boolean;
  readonly included: Included;
  readonly filter: HeaderFilter | undefined;
  /** The input ends when every partition has been read to its end. */
  readonly endAtEof: boolean;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly maxPartitionBytes: number;
  readonly maxWaitMs: number;
  readonly committedOnly: boolean;
  readonly connection: KafkaConnection;
}

const offset = integer({ min: 0 });
const startWords = oneOf(["earliest", "latest"]);

const startFrom: Check<StartFrom> = (value, path) => {
  if (typeof value === "string") return startWords(value, path);
  const [entry, ...more] = typeof value === "object" && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
  if (entry?.[0] === "offsets" && more.length === 0) return { offsets: listOf(offset)(entry[1], `${path}.offsets`) };
  if (entry?.[0] === "timestamp" && more.length === 0) return { timestamp: offset(entry[1], `${path}.timestamp`) };
  throw expected(path, '"earliest", "latest", {"offsets": […]} or {"timestamp": milliseconds}', value);
};

const partitionList: Check<readonly number[]> = (value, path) => {
  const list = listOf(integer({ min: 0, max: 2 ** 31 - 1 }))(value, path);
  if (list.length === 0) throw configError(path, "is an empty list: name at least one partition, or leave it out to read them all");
  if (new Set(list).size < list.length) throw configError(path, "names a partition twice");
  return list;
};

const never: Check<undefined> = (value, path) => {
  if (withDefault(boolean, false)(value, path))
    throw configError(path, "is true, which is not supported: partitions are read side by side");
  return undefined;
};

const included = withDefault(boolean, false);
const own = {
  topic: topicName,
  start_from: withDefault(startFrom, "latest"),
  partitions: optional(partitionList),
  resume_earliest_if_data_expires: withDefault(boolean, false),
  include_headers: included,
  include_timestamp: included,
  include_partition: included,
  include_offset: included,
  include_topic: included,
  header_filter: optional(headerFilter),
  synchronize_partitions: never,
  // Without consumer groups, threads and a log of its own, these change nothing.
  group_join_timeout_secs: optional(integer({ min: 0 })),
  poller_threads: optional(integer({ min: 1 })),
  log_level: optional(oneOf(["emerg", "alert", "critical", "error", "warning", "notice", "info", "debug"])),
  region: optional(text()),
};
const mebibyte = 1024 * 1024;
const options = {
  "enable.partition.eof": withDefault(flag, false),
  "fetch.min.bytes": withDefault(numeric(1, 100_000_000), 1),
  // librdkafka's 50 MiB would be parsed in one piece here; more than this at once brings no more rows a second.
  "fetch.max.bytes": withDefault(numeric(1024, 2 ** 31 - 1), 4 * mebibyte),
  "max.partition.fetch.bytes": withDefault(numeric(1, 1_000_000_000), mebibyte),
  "fetch.wait.max.ms": withDefault(numeric(0, 300_000), 500),
  "isolation.level": withDefault(word(["read_committed", "read_uncommitted"]), "read_committed"),
};
const check = kafkaConfig(own, options);

/** @throws ConnectorError `invalid_config` */
export function parseKafkaInputConfig(config: unknown): KafkaInputConfig {
  return parseConfig("kafka_input", (value, path) => settle(check(value, path)), config);
}

function settle({ own: fields, options: chosen, connection }: ReturnType<typeof check>): KafkaInputConfig {
  const { partitions, start_from } = fields;
  if (
    typeof start_from === "object" &&
    "offsets" in start_from &&
    partitions !== undefined &&
    start_from.offsets.length !== partitions.length
  ) {
    const counts = `${String(start_from.offsets.length)} offsets for ${String(partitions.length)} partitions`;
    throw configError("start_from.offsets", `has ${counts}: give one for each element of "partitions", in the same order`);
  }
  return {
    topic: fields.topic,
    startFrom: start_from,
    partitions,
    resumeEarliest: fields.resume_earliest_if_data_expires,
    included: {
      headers: fields.include_headers,
      timestamp: fields.include_timestamp,
      partition: fields.include_partition,
      offset: fields.include_offset,
      topic: fields.include_topic,
    },
    filter: fields.header_filter,
    endAtEof: chosen["enable.partition.eof"],
    minBytes: chosen["fetch.min.bytes"],
    maxBytes: chosen["fetch.max.bytes"],
    maxPartitionBytes: chosen["max.partition.fetch.bytes"],
    maxWaitMs: chosen["fetch.wait.max.ms"],
    committedOnly: chosen["isolation.level"] === "read_committed",
    connection,
  };
}
