import type { Clock } from "../async/clock.ts";

/** What NOW() is in each step: it moves in whole ticks, and never back. */
export class StepTime {
  readonly #clock: Clock;
  readonly #tickMicros: number | null | undefined;
  #now: bigint | undefined;

  /** @param tickMicros how often NOW() moves; null: never; undefined: no view reads it */
  constructor(clock: Clock, tickMicros: number | null | undefined) {
    this.#clock = clock;
    this.#tickMicros = tickMicros;
  }

  /** NOW() of a step that begins now, or of one that is done again; undefined when the program has no use for it. */
  begin(replayed: bigint | undefined): bigint | undefined {
    this.#now = replayed ?? this.#read() ?? this.#now;
    return this.#now;
  }

  /** Milliseconds until NOW() moves; undefined when it never does. */
  untilTick(): number | undefined {
    const tick = this.#tickMicros;
    if (tick === undefined || tick === null) return undefined;
    const next = Number((this.#now ?? 0n) + BigInt(tick)) / 1000;
    return Math.max(0, Math.ceil(next - this.#clock.now()));
  }

  #read(): bigint | undefined {
    const tick = this.#tickMicros;
    if (tick === undefined) return undefined;
    if (tick === null) return this.#now ?? BigInt(Math.floor(this.#clock.now() * 1000));
    const ticks = BigInt(Math.floor((this.#clock.now() * 1000) / tick)) * BigInt(tick);
    return this.#now !== undefined && this.#now > ticks ? this.#now : ticks;
  }
}
