import type { Consumer } from "@platformatic/kafka";
import type { ClientRecord } from "./kafka-message.ts";

/** A broker's answer to a fetch, as the client reads it. */
export type FetchResponse = Awaited<ReturnType<Consumer["fetch"]>>;
type FetchedPartition = FetchResponse["responses"][number]["partitions"][number];
type RecordsBatch = NonNullable<FetchedPartition["records"]>[number];

const transactional = 1 << 4;
const control = 1 << 5;

/** A batch of records that is to be handed on. */
export interface FetchedBatch {
  readonly firstOffset: number;
  /** The offset behind it. */
  readonly next: number;
  readonly firstTimestamp: bigint;
  readonly appendTimestamp: bigint | undefined;
  /** None for a batch that only moves the position on. */
  readonly records: readonly ClientRecord[];
}

/** The batches of a fetched partition in order, without the records of transactions that were given up and without control records. */
export function fetchedBatches({ abortedTransactions, records }: FetchedPartition, committedOnly: boolean): FetchedBatch[] {
  const batches = records ?? [];
  const aborted = committedOnly && abortedTransactions !== null && abortedTransactions.length > 0 ? abortedTransactions : undefined;
  const givenUp = aborted === undefined ? undefined : new AbortedProducers(aborted);
  return batches.map((batch) => {
    const hidden = givenUp?.hides(batch) === true || (batch.attributes & control) !== 0;
    return {
      firstOffset: Number(batch.firstOffset),
      next: Number(batch.firstOffset) + batch.lastOffsetDelta + 1,
      firstTimestamp: batch.firstTimestamp,
      appendTimestamp: (batch.attributes & 8) === 0 ? undefined : batch.maxTimestamp,
      records: hidden ? [] : batch.records,
    };
  });
}

interface Aborted {
  readonly producerId: bigint;
  readonly firstOffset: bigint;
}

/**
 * Follows which producers are inside a transaction that was given up. The client drops some of their records itself, but not those of a
 * transaction whose end lies beyond the reply.
 */
class AbortedProducers {
  readonly #coming: Aborted[];
  readonly #inside = new Set<bigint>();

  constructor(transactions: readonly Aborted[]) {
    this.#coming = [...transactions].sort((a, b) => (a.firstOffset < b.firstOffset ? -1 : 1));
  }

  hides(batch: RecordsBatch): boolean {
    const last = batch.firstOffset + BigInt(batch.lastOffsetDelta);
    for (let next = this.#coming[0]; next !== undefined && next.firstOffset <= last; next = this.#coming[0]) {
      this.#inside.add(next.producerId);
      this.#coming.shift();
    }
    if ((batch.attributes & transactional) === 0 || !this.#inside.has(batch.producerId)) return false;
    // A control record is the end of its producer's transaction.
    if ((batch.attributes & control) !== 0) this.#inside.delete(batch.producerId);
    return true;
  }
}
