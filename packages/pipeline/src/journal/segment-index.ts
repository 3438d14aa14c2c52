/** How far each key is covered: what a segment holds up to there is not needed any more. */
export type Covered = (key: string) => number;

/**
 * What each segment holds, as the highest number of each key (`step`, or the name of a connector). Segments are given up from the oldest
 * on, so that those that are left have no gap.
 */
export class SegmentIndex {
  readonly #segments: { readonly number: number; readonly highest: Map<string, number> }[] = [];

  begin(number: number): void {
    this.#segments.push({ number, highest: new Map() });
  }
  get numbers(): readonly number[] {
    return this.#segments.map(({ number }) => number);
  }
  /** Segment `number`, or the newest, holds `key` up to `value`. */
  holds(key: string, value: number, number = this.#segments.at(-1)?.number): void {
    const segment = this.#segments.find((candidate) => candidate.number === number);
    if (segment !== undefined && value > (segment.highest.get(key) ?? -1)) segment.highest.set(key, value);
  }

  /** The oldest segment that holds something not covered; the newest is always needed. */
  firstNeeded(covered: Covered): number {
    for (const { number, highest } of this.#segments.slice(0, -1)) {
      for (const [key, value] of highest) if (value > covered(key)) return number;
    }
    return this.#segments.at(-1)?.number ?? 1;
  }

  /** Forgets the segments before `first` and gives their numbers. */
  dropBefore(first: number): number[] {
    const count = this.#segments.findIndex(({ number }) => number >= first);
    return count <= 0 ? [] : this.#segments.splice(0, count).map(({ number }) => number);
  }
}
