/** A message on its way to a partition. */
export interface OutgoingMessage {
  readonly key: Buffer | undefined;
  readonly value: Buffer | null;
  readonly headers: ReadonlyMap<Buffer, Buffer | null>;
  /** Undefined: the messages of a batch take turns. */
  readonly partition: number | undefined;
}

/** Writes batches to one topic, one after another. The real one is the Kafka client's producer; tests make it fail. */
export interface TopicWriter {
  /** How many partitions the topic has. */
  readonly partitions: number;
  /** The partition of a key, as Kafka's own Java client chooses it. */
  partitionOf(key: Uint8Array): number;
  /**
   * Resolves when the brokers have the batch. While they are away it rejects with `retryable` errors, and a call with the same batch waits on
   * for the same delivery: the brokers see each batch once, in order.
   */
  send(batch: readonly OutgoingMessage[], signal: AbortSignal): Promise<void>;
  /** Waits for a batch that its caller gave up. Rejects as `send` does. */
  drain(signal: AbortSignal): Promise<void>;
  /** Never rejects. */
  close(): Promise<void>;
}
