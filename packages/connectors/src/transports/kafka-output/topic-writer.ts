/** A message on its way to a partition, in the form that the client takes. */
export interface OutgoingMessage {
  readonly topic: string;
  readonly key: Buffer | undefined;
  readonly value: Buffer | null;
  /** Undefined: none. */
  readonly headers: ReadonlyMap<Buffer, Buffer | null> | undefined;
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
   * Hands over a batch: resolves when the brokers have the one before it, so that the next one is made while this one is on its way. While they are
   * away it rejects with `retryable` errors, and another call waits on for the same delivery: the brokers see each batch once, in order.
   */
  send(batch: readonly OutgoingMessage[], signal: AbortSignal): Promise<void>;
  /** Resolves when the brokers have all that was handed over. Rejects as `send` does. */
  drain(signal: AbortSignal): Promise<void>;
  /** Never rejects. */
  close(): Promise<void>;
}
