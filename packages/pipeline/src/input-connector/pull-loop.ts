import {
  ConnectorError,
  messageBytes,
  type InputChunk,
  type InputMessage,
  type InputTransport,
  type ParsedBatches,
  type ParseError,
  type Parser,
} from "@headgate/connector-kit";
import type { ChangeBatch } from "@headgate/engine";
import { backoffMilliseconds } from "../async/backoff.ts";
import { Breather } from "../async/breather.ts";
import type { Clock } from "../async/clock.ts";
import { messageOf } from "../errors.ts";
import type { Log } from "../log.ts";
import type { ResumePoint } from "../journal/records.ts";
import type { InputConnector } from "./input-connector.ts";
import { MessageByMessage } from "./message-by-message.ts";
import { SourcePlace } from "./source-place.ts";

/** What drives one transport. */
export interface PullLoopOptions {
  readonly connector: InputConnector;
  readonly transport: InputTransport;
  readonly parser: Parser | undefined;
  /** True when `open` succeeded already. */
  readonly opened: boolean;
  /** Pipeline Running ∧ not paused by the user ∧ queue not full. */
  readonly shouldRun: () => boolean;
  /** Where an earlier run stopped; the transport was created with its place. */
  readonly resume?: ResumePoint | undefined;
  readonly clock: Clock;
  readonly log: Log;
  /** Ends the loop. */
  readonly signal: AbortSignal;
}

/**
 * Pulls from a transport into the connector's queue until end of input, a fatal error, or the signal. Law 6: whatever happens
 * here stays here.
 */
export class PullLoop {
  readonly #options: PullLoopOptions;
  readonly #breather = new Breather();
  readonly #place: SourcePlace;
  #read: AbortController | undefined;

  constructor(options: PullLoopOptions) {
    this.#options = options;
    this.#place = new SourcePlace(options.transport, options.parser, options.resume?.skip ?? 0);
  }

  /** The connector or the pipeline was paused: gives up a pending read, which loses nothing by the transport's contract. */
  interrupt(): void {
    this.#read?.abort(new Error("paused"));
  }

  /** Never rejects. */
  async run(): Promise<void> {
    const { connector, log, parser, signal, transport } = this.#options;
    try {
      if (!this.#options.opened) await this.#retrying(() => transport.open(signal), signal);
      await this.#pump();
    } catch (error) {
      if (signal.aborted) return;
      connector.failed(messageOf(error), error instanceof ConnectorError ? error.tag : undefined);
      log.error(`input connector ${connector.name}: stopped for good: ${connector.fatalError ?? ""}`);
    } finally {
      await transport.close();
      await parser?.close?.();
    }
  }

  async #pump(): Promise<void> {
    const { connector, log, parser } = this.#options;
    for (;;) {
      const chunk = await this.#nextChunk();
      if (chunk === undefined) break;
      this.#place.pushed(bytesOf(chunk), chunk.kind === "messages");
      // Read while the pause was on its way: kept, but not counted before the connector runs again.
      await this.#permission();
      switch (chunk.kind) {
        case "changes":
          this.#enqueue(chunk.batch, chunk.bytes);
          break;
        case "bytes":
          if (parser !== undefined) await this.#ingest(parser.push(chunk.bytes));
          break;
        case "message":
          if (parser !== undefined) await this.#ingest(parser.push(chunk.bytes));
          if (parser !== undefined) await this.#ingest(parser.finish());
          break;
        case "messages":
          if (parser !== undefined) await this.#ingestMessages(parser, chunk.messages);
          break;
      }
      await this.#breather.pause();
    }
    if (parser !== undefined) await this.#ingest(parser.finish());
    connector.ended();
    log.info(`input connector ${connector.name}: end of input after ${String(connector.totalRecords)} records`);
  }

  /** Waits for permission, then reads; a read given up by a pause is repeated after it. */
  async #nextChunk(): Promise<InputChunk | undefined> {
    const { connector, resume, signal, transport } = this.#options;
    for (;;) {
      await this.#permission();
      const beginning = this.#place.beforeRead();
      if (beginning !== undefined && resume === undefined) connector.begins({ at: beginning, skip: 0 });
      const read = new AbortController();
      this.#read = read;
      const both = AbortSignal.any([signal, read.signal]);
      try {
        return await this.#retrying(() => transport.read(both), both);
      } catch (error) {
        signal.throwIfAborted();
        if (!read.signal.aborted) throw error;
      } finally {
        this.#read = undefined;
      }
    }
  }

  async #permission(): Promise<void> {
    const { connector, shouldRun, signal } = this.#options;
    for (;;) {
      signal.throwIfAborted();
      const seen = connector.changed.version;
      if (shouldRun()) return;
      await connector.changed.wait(seen, { signal });
    }
  }

  /** Batches come lazily, so a pause or a full queue stops between two of them and nothing parsed is lost. */
  async #ingest(batches: ParsedBatches): Promise<void> {
    const { connector, shouldRun, signal } = this.#options;
    const iterator = Symbol.asyncIterator in batches ? batches[Symbol.asyncIterator]() : batches[Symbol.iterator]();
    for (;;) {
      // A parser that asks others (for a schema) fails when they do, and goes on where it was.
      const item = await this.#retrying(async () => iterator.next(), signal);
      if (item.done === true) return;
      const { batch, bytes, errors } = item.value;
      if (!this.#place.skipping) for (const error of errors) connector.parseErrors.add(describeParseError(error), error.tag);
      this.#enqueue(batch, bytes);
      signal.throwIfAborted();
      if (!shouldRun()) await this.#permission();
      await this.#breather.pause();
    }
  }

  async #ingestMessages(parser: Parser, messages: readonly InputMessage[]): Promise<void> {
    if (messages.length > 0) await this.#ingest(parser.messages?.(messages) ?? new MessageByMessage(parser, messages));
  }

  #enqueue(batch: ChangeBatch, bytes: number): void {
    const taken = this.#place.take(batch, bytes);
    if (taken !== undefined) this.#options.connector.enqueue(taken.batch, taken.bytes, taken.position);
  }

  async #retrying<T>(operation: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const { clock, connector, log } = this.#options;
    for (let attempt = 0; ; attempt += 1) {
      try {
        const result = await operation();
        if (attempt > 0) {
          connector.recovered();
          log.info(`input connector ${connector.name}: recovered after ${String(attempt)} failed attempts`);
        }
        return result;
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof ConnectorError) || error.code !== "retryable") throw error;
        connector.retryableError(error.message, error.tag);
        if (attempt === 0) log.warn(`input connector ${connector.name}: ${error.message}; trying again`);
        await clock.sleep(backoffMilliseconds(attempt), signal);
      }
    }
  }
}

/** Bytes of a chunk that go through the parser. */
function bytesOf(chunk: InputChunk): number {
  if (chunk.kind === "changes") return 0;
  return chunk.kind === "messages" ? chunk.messages.reduce((sum, message) => sum + messageBytes(message), 0) : chunk.bytes.byteLength;
}

/** One line that names record, column and offending text where they are known. */
export function describeParseError(error: ParseError): string {
  const parts = [error.description];
  if (error.eventNumber !== undefined) parts.push(`record ${String(error.eventNumber)}`);
  if (error.field !== undefined) parts.push(`column '${error.field}'`);
  if (error.invalidText !== undefined) parts.push(`invalid text: ${error.invalidText}`);
  if (error.suggestion !== undefined) parts.push(error.suggestion);
  return parts.join("; ");
}
