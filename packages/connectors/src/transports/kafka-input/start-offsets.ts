import { ConnectorError } from "@headgate/connector-kit";
import type { KafkaInputConfig } from "./config.ts";

/** The records that a broker holds of a partition: from `first`, and the offset behind the last. */
export interface PartitionBounds {
  readonly first: number;
  readonly end: number;
}

/** Where an input stands: the topic by its id, and the next offset of each partition. */
export type KafkaPosition = {
  readonly topic_id: string;
  readonly next: { readonly [partition: string]: number };
};

export interface StartOffsets {
  readonly offsets: ReadonlyMap<number, number>;
  /** What was lost on the way, to be told once. */
  readonly warnings: readonly string[];
}

/** Where to read from in a first run. `byTime`: the first offset not before the wanted time, where there is one. */
export function firstOffsets(
  config: Pick<KafkaInputConfig, "topic" | "startFrom" | "partitions">,
  bounds: ReadonlyMap<number, PartitionBounds>,
  byTime: ReadonlyMap<number, number>,
): StartOffsets {
  const { startFrom, topic } = config;
  const order = config.partitions ?? [...bounds.keys()].sort((a, b) => a - b);
  if (typeof startFrom === "object" && "offsets" in startFrom && startFrom.offsets.length !== order.length) {
    const counts = `names ${String(startFrom.offsets.length)} offsets, but topic "${topic}" has ${String(order.length)} partitions`;
    throw invalid(`"start_from.offsets" ${counts}: give one for each, or choose some with "partitions"`);
  }
  const offsets = order.map((partition, index): [number, number] => {
    const { end, first } = bounds.get(partition) ?? { first: 0, end: 0 };
    if (startFrom === "earliest") return [partition, first];
    if (startFrom === "latest") return [partition, end];
    if ("timestamp" in startFrom) return [partition, byTime.get(partition) ?? end];
    const offset = startFrom.offsets[index] ?? 0;
    if (offset < first || offset > end) throw invalid(`"start_from.offsets": ${outside(topic, partition, offset, { first, end })}`);
    return [partition, offset];
  });
  return { offsets: new Map(offsets), warnings: [] };
}

/** Where to read on after an earlier run. A partition that it did not know began after it, and is read from its start. */
export function resumedOffsets(
  config: Pick<KafkaInputConfig, "topic" | "resumeEarliest">,
  position: KafkaPosition,
  topicId: string,
  bounds: ReadonlyMap<number, PartitionBounds>,
): StartOffsets {
  const { resumeEarliest, topic } = config;
  const warnings: string[] = [];
  /** @throws ConnectorError unless the configuration says that what is lost may be lost */
  const lost = (problem: string): void => {
    if (!resumeEarliest) throw invalid(`${problem}. ${advice}`, "kafka_data_expired");
    warnings.push(`kafka_input: ${problem}. It is read on from the earliest offset there is.`);
  };
  const same = position.topic_id === topicId;
  if (!same) lost(`topic "${topic}" is not the one that was read before the restart: it was deleted and created again`);
  const offsets = [...bounds].map(([partition, { end, first }]): [number, number] => {
    const next = same ? position.next[String(partition)] : undefined;
    if (next === undefined) return [partition, first];
    if (next >= first && next <= end) return [partition, next];
    lost(outside(topic, partition, next, { first, end }));
    return [partition, first];
  });
  return { offsets: new Map(offsets), warnings };
}

const advice =
  'Set "resume_earliest_if_data_expires": true to go on with the earliest records there are, or clear the pipeline\'s storage to start anew';

/** "offset 5 … is not there". */
export function outside(topic: string, partition: number, offset: number, { end, first }: PartitionBounds): string {
  const held = first === end ? `no records, and its next one gets offset ${String(end)}` : `offsets ${String(first)} to ${String(end - 1)}`;
  return `offset ${String(offset)} of topic "${topic}", partition ${String(partition)}, is not there: the broker holds ${held}`;
}

function invalid(problem: string, tag?: string): ConnectorError {
  return new ConnectorError("invalid_config", `kafka_input: ${problem}.`, tag === undefined ? {} : { tag });
}
