/** What a step should take, at most, when nothing makes it dearer than this. */
const wantedMilliseconds = 50;
/** A step takes so many times what it costs without any records, so that small steps do not eat up the processor. */
const timesFixedCost = 8;
const leastRecords = 2500;
const mostRecords = 1_000_000;
/** Weight of what was known when a step is added. */
const memory = 0.9;
/** Sizes that differ by less tell nothing of what a step costs by itself. */
const leastVariation = 0.02;

/**
 * How many records a step should take. Everything that waits for a step waits for all of it, so steps are kept short; but each costs
 * something whatever its size (a view that is recomputed: much), so they are not kept shorter than pays.
 *
 * The cost is taken for a line, `fixed + perRecord × records`, fitted to the steps of late.
 */
export class StepSize {
  #fixed = 0;
  #perRecord = 0;
  /** Sums over steps, later ones weighing more: their number, records, milliseconds, and products of these. */
  #steps = 0;
  #records = 0;
  #milliseconds = 0;
  #recordsSquared = 0;
  #mixed = 0;
  #size: number;

  /** @param initial what a step takes as long as nothing is known */
  constructor(initial: number) {
    this.#size = initial;
  }

  get records(): number {
    return this.#size;
  }

  /** A step took `milliseconds` for `records`. */
  add(records: number, milliseconds: number): void {
    if (records === 0) return;
    this.#remember(records, milliseconds);
    this.#fit();
    // No step can have cost less than what each costs.
    this.#fixed = Math.min(this.#fixed, milliseconds);
    const wanted = Math.max(wantedMilliseconds, this.#fixed * timesFixedCost);
    // Small steps tell little of what large ones would cost, unless they take long themselves.
    const telling = records * 2 > this.#size;
    if (!telling && milliseconds <= wanted) return;
    const best = Math.floor((wanted - this.#fixed) / this.#perRecord);
    // One odd step, such as the first, must not change much.
    const most = telling ? Math.min(mostRecords, this.#size * 2) : this.#size;
    const least = Math.max(leastRecords, Math.ceil(this.#size / 2));
    this.#size = Math.min(most, Math.max(least, best));
  }

  #remember(records: number, milliseconds: number): void {
    this.#steps = this.#steps * memory + 1;
    this.#records = this.#records * memory + records;
    this.#milliseconds = this.#milliseconds * memory + milliseconds;
    this.#recordsSquared = this.#recordsSquared * memory + records * records;
    this.#mixed = this.#mixed * memory + records * milliseconds;
  }

  #fit(): void {
    const meanRecords = this.#records / this.#steps;
    const meanMilliseconds = this.#milliseconds / this.#steps;
    const variance = this.#recordsSquared / this.#steps - meanRecords * meanRecords;
    if (variance > leastVariation * meanRecords * meanRecords) {
      const slope = (this.#mixed / this.#steps - meanRecords * meanMilliseconds) / variance;
      this.#fixed = Math.min(meanMilliseconds, Math.max(0, meanMilliseconds - Math.max(0, slope) * meanRecords));
    }
    // However noisy the fit, both together must cost what steps of late did.
    this.#perRecord = Math.max((meanMilliseconds - this.#fixed) / meanRecords, 1e-6);
  }
}
