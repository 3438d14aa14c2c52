import type { Clock } from "../async/clock.ts";
import type { Log } from "../log.ts";
import type { OutputConnector } from "../output-connector/output-connector.ts";

/** How often a stall that goes on is told of in the log. */
export const stallReportMilliseconds = 10_000;

/** Notices when a full output queue holds the circuit, and for how long; the stats and the log say so. */
export class StallWatch {
  readonly #outputs: ReadonlyMap<string, OutputConnector>;
  readonly #clock: Clock;
  readonly #log: Log;
  #milliseconds = 0;
  #since: number | undefined;

  constructor(outputs: ReadonlyMap<string, OutputConnector>, clock: Clock, log: Log) {
    this.#outputs = outputs;
    this.#clock = clock;
    this.#log = log;
  }

  /** True from the moment when an output was found full until one look finds none. */
  get stalled(): boolean {
    return this.#since !== undefined;
  }
  /** Time in stalls, with the one that goes on. */
  get milliseconds(): number {
    return this.#milliseconds + (this.#since === undefined ? 0 : this.#clock.now() - this.#since);
  }

  /** Looks at the outputs: true when no step may begin. */
  look(): boolean {
    const full = [...this.#outputs.values()].filter((output) => output.full);
    const now = this.#clock.now();
    if (full.length === 0) {
      if (this.#since !== undefined) this.#milliseconds += now - this.#since;
      this.#since = undefined;
      return false;
    }
    if (this.#since === undefined) {
      this.#since = now;
      return true;
    }
    const seconds = (now - this.#since) / 1000;
    if (seconds * 1000 >= stallReportMilliseconds - 1) {
      const names = full.map((output) => `'${output.name}' (${String(output.stats(false).metrics.transmittedRecords)} records sent)`);
      this.#log.warn(`pipeline stalled ${seconds.toFixed(0)} seconds because output buffers from connector ${names.join(", ")} are full`);
      this.#milliseconds += now - this.#since;
      this.#since = now;
    }
    return true;
  }
}
