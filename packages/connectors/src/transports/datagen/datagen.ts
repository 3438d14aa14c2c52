import { randomBytes } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import {
  ConnectorError,
  parseConfig,
  systemClock,
  type Clock,
  type InputChunk,
  type InputContext,
  type InputPosition,
  type InputTransport,
  type InputTransportDefinition,
} from "@headgate/connector-kit";
import type { Value } from "@headgate/engine";
import { datagenConfig, type DatagenConfig, type FieldSettings, type Plan } from "./config.ts";
import { createGenerators } from "./generator.ts";
import { fixedBytes, measureOf } from "./measure.ts";
import { Pacer } from "./pacer.ts";
import { Random } from "./random.ts";
import { isTextStrategy, loadTextSource } from "./text-strategies.ts";
import type { Generate } from "./whole-numbers.ts";

/** Rows in one chunk at most. */
const maxChunkRows = 10_000;
/** Time spent on one chunk, looked at every few rows: long texts must not hold the process up. */
const maxSliceMs = 10;
const rowsBetweenLooks = 64;

interface RunningPlan {
  readonly limit: number;
  readonly chunkRows: number;
  readonly generators: readonly Generate[];
  readonly pacer: Pacer | undefined;
}

/** What the generator has made, and where its random numbers stand: the rows behind it are the same in every run. */
interface DatagenPosition {
  readonly seed: string;
  readonly plan: number;
  readonly made: number;
  readonly random: readonly [number, number, number, number];
}

/** Makes the `datagen` definition on a clock. */
export function createDatagen(ports: { readonly clock: Clock } = { clock: systemClock }): InputTransportDefinition<DatagenConfig> {
  return {
    name: "datagen",
    format: "none",
    parseConfig: (config) => parseConfig("datagen", datagenConfig, config),
    create: (config, context) => new Datagen(config, context, ports.clock),
  };
}

/**
 * Makes up rows by a plan. All rows come in one order, which with a seed is always the same; `workers` is accepted and
 * changes nothing, since one core makes rows faster than an engine takes them.
 */
class Datagen implements InputTransport {
  readonly #config: DatagenConfig;
  readonly #schema: InputContext["schema"];
  readonly #clock: Clock;
  readonly #measures: readonly { readonly column: number; readonly measure: (value: Value) => number }[];
  #plans: readonly RunningPlan[] = [];
  readonly #resumeAt: DatagenPosition | undefined;
  #seed = "";
  #random: Random | undefined;
  #plan = 0;
  /** Rows of the current plan that were handed on. */
  #made = 0;

  constructor(config: DatagenConfig, context: InputContext, clock: Clock) {
    this.#config = config;
    this.#schema = context.schema;
    this.#resumeAt = context.resumeAt as DatagenPosition | undefined;
    this.#clock = clock;
    this.#measures = this.#schema.fields.flatMap((field, column) => {
      const measure = measureOf(field.columnType);
      return measure === undefined ? [] : [{ column, measure }];
    });
  }

  async open(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const { plan, seed } = this.#config;
    this.#seed = this.#resumeAt?.seed ?? String(seed ?? randomBytes(8).readBigUInt64LE());
    const random = new Random(BigInt(this.#seed));
    this.#random = random;
    const needsText = plan.some(({ fields }) => [...fields.values()].some(usesText));
    const drawText = needsText ? await loadTextSource(random) : undefined;
    this.#plans = plan.map((entry, i) => this.#start(entry, i, { random, drawText }));
    if (this.#resumeAt === undefined) return;
    this.#plan = this.#resumeAt.plan;
    this.#made = this.#resumeAt.made;
    random.state = this.#resumeAt.random;
  }

  async read(signal: AbortSignal): Promise<InputChunk | undefined> {
    signal.throwIfAborted();
    for (;;) {
      const plan = this.#plans[this.#plan];
      if (plan === undefined) return undefined;
      if (this.#made >= plan.limit) {
        this.#plan += 1;
        this.#made = 0;
        continue;
      }
      const permitted = (await plan.pacer?.permitted(signal)) ?? plan.chunkRows;
      // A loop over reads that never wait would keep everything else in the process from its turn.
      await nextTurn();
      signal.throwIfAborted();
      const chunk = this.#make(plan, Math.min(permitted, plan.chunkRows, plan.limit - this.#made));
      plan.pacer?.spend(chunk.batch.rows.length);
      return chunk;
    }
  }

  /** A run that goes on there makes the rows that this one would have made next, also without a `seed`. */
  position(): InputPosition | undefined {
    const state = this.#random?.state;
    return state === undefined ? undefined : { seed: this.#seed, plan: this.#plan, made: this.#made, random: state };
  }

  async close(): Promise<void> {
    this.#plans = [];
  }

  #start(entry: Plan, index: number, context: Parameters<typeof createGenerators>[3]): RunningPlan {
    const { fields } = this.#schema;
    try {
      const generators = createGenerators(entry.fields, fields, `plan[${index}].fields`, context);
      const portion = entry.worker_chunk_size ?? Math.min(entry.rate ?? maxChunkRows, maxChunkRows);
      const chunkRows = Math.min(portion, maxChunkRows);
      const pacer = entry.rate === undefined ? undefined : new Pacer(this.#clock, entry.rate, portion);
      return { limit: entry.limit ?? Infinity, chunkRows, generators, pacer };
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error;
      throw new ConnectorError(error.code, `datagen: ${error.message}.`, { cause: error });
    }
  }

  #make(plan: RunningPlan, wanted: number): InputChunk & { readonly kind: "changes" } {
    const { generators } = plan;
    const width = generators.length;
    const rows: Value[][] = [];
    const stopAt = this.#clock.now() + maxSliceMs;
    for (let i = 0; i < wanted; i += 1) {
      const row = new Array<Value>(width);
      for (let column = 0; column < width; column += 1) row[column] = (generators[column] as Generate)(this.#made + i);
      rows.push(row);
      if (i % rowsBetweenLooks === rowsBetweenLooks - 1 && this.#clock.now() >= stopAt) break;
    }
    this.#made += rows.length;
    return { kind: "changes", batch: { rows, ops: undefined }, bytes: this.#bytesOf(rows) };
  }

  #bytesOf(rows: readonly (readonly Value[])[]): number {
    let bytes = rows.length * fixedBytes * (this.#schema.fields.length - this.#measures.length);
    for (const { column, measure } of this.#measures) {
      for (const row of rows) bytes += measure(row[column] as Value);
    }
    return bytes;
  }
}

function usesText(settings: FieldSettings): boolean {
  const { strategy, key, value, fields } = settings;
  const nested = [key, value, ...(fields?.values() ?? [])];
  return isTextStrategy(strategy) || nested.some((inner) => inner !== undefined && usesText(inner));
}

/** Makes up rows: `{"plan"?, "workers"?, "seed"?, "transaction_size"?}`. */
export const datagen: InputTransportDefinition<DatagenConfig> = createDatagen();
