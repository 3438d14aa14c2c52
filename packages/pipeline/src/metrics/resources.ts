import type { Clock } from "../async/clock.ts";
import type { PipelineStats } from "../socket/protocol.ts";

type Pressure = PipelineStats["global"]["memoryPressure"];
const thresholds: readonly (readonly [number, Pressure])[] = [
  [0.95, "critical"],
  [0.9, "high"],
  [0.85, "moderate"],
];

/** Memory pressure as a share of the allowed resident set; `low` when nothing is set. */
export function memoryPressure(rssBytes: number, maxRssMb: number | null): Pressure {
  if (maxRssMb === null) return "low";
  const share = rssBytes / (maxRssMb * 1024 * 1024);
  return thresholds.find(([least]) => share >= least)?.[1] ?? "low";
}

const sampleMilliseconds = 1000;
const maxSamples = 60;
const mebibyte = 1024 * 1024;

/** What a sample is made of. */
export interface ResourceSources {
  readonly clock: Clock;
  readonly maxRssMb: number | null;
  readonly processedRecords: () => number;
  readonly storageBytes: () => Promise<number>;
  readonly rssBytes?: () => number;
}

interface Sample {
  readonly t: number;
  readonly r: number;
  readonly m: number;
  readonly s: number;
}

/** Measures the process once a second: the time series, memory pressure, and storage over time. */
export class Resources {
  readonly #sources: ResourceSources;
  readonly #samples: Sample[] = [];
  readonly #listeners = new Set<(sample: Sample) => void>();
  #storageBytes = 0;
  #storageMbSecs = 0;
  #lastAt: number | undefined;
  #pressure: Pressure = "low";
  #epoch = 0;

  constructor(sources: ResourceSources) {
    this.#sources = sources;
  }

  get samples(): readonly Sample[] {
    return this.#samples;
  }
  get storageBytes(): number {
    return this.#storageBytes;
  }
  get storageMbSecs(): number {
    return this.#storageMbSecs;
  }
  /** Rises whenever the pressure changes. */
  get pressureEpoch(): number {
    return this.#epoch;
  }

  rssBytes(): number {
    return this.#sources.rssBytes?.() ?? process.memoryUsage.rss();
  }
  pressure(rssBytes: number): Pressure {
    const pressure = memoryPressure(rssBytes, this.#sources.maxRssMb);
    if (pressure !== this.#pressure) this.#epoch += 1;
    this.#pressure = pressure;
    return pressure;
  }

  /** Calls `listener` for each new sample until the returned function is called. */
  subscribe(listener: (sample: Sample) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async sample(): Promise<void> {
    const { clock, processedRecords } = this.#sources;
    const now = clock.now();
    const before = this.#storageBytes;
    // A failed measurement keeps the last value: a metric must not stop a pipeline.
    this.#storageBytes = await this.#sources.storageBytes().catch(() => before);
    if (this.#lastAt !== undefined) {
      this.#storageMbSecs += (((before + this.#storageBytes) / 2 / mebibyte) * (now - this.#lastAt)) / 1000;
    }
    this.#lastAt = now;
    const rss = this.rssBytes();
    this.pressure(rss);
    const sample = { t: Math.round(now), r: processedRecords(), m: rss, s: this.#storageBytes };
    this.#samples.push(sample);
    if (this.#samples.length > maxSamples) this.#samples.shift();
    for (const listener of this.#listeners) listener(sample);
  }

  /** Samples until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    try {
      for (;;) {
        await this.sample();
        await this.#sources.clock.sleep(sampleMilliseconds, signal);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
}
