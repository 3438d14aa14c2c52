import { ChangeOp, type ChangeBatch, type Value } from "@headgate/engine";
import type { ParseError } from "@headgate/connector-kit";

export type ParsedRow = readonly (Value | undefined)[];
export type ChangeOpCode = (typeof ChangeOp)[keyof typeof ChangeOp];

/** Rows in one batch, at most (a record with a large weight is spread over several). */
export const batchRows = 4096;
const batchErrors = 256;

interface Repeat {
  readonly op: ChangeOpCode;
  readonly row: ParsedRow;
  left: number;
}

/** Collects the changes and errors of one batch. */
export class ChangeSink {
  #rows: ParsedRow[] = [];
  #ops: Uint8Array | undefined;
  #errors: ParseError[] = [];
  #repeat: Repeat | undefined;
  /** Number of the record that is being read; the first one is 1. */
  eventNumber = 0;

  get full(): boolean {
    return this.#rows.length >= batchRows || this.#errors.length >= batchErrors;
  }
  get empty(): boolean {
    return this.#rows.length === 0 && this.#errors.length === 0;
  }
  get length(): number {
    return this.#rows.length;
  }

  row(at: number): ParsedRow {
    return this.#rows[at] as ParsedRow;
  }

  add(op: ChangeOpCode, row: ParsedRow): void {
    const at = this.#rows.push(row) - 1;
    if (op === ChangeOp.insert && this.#ops === undefined) return;
    if (this.#ops === undefined || at >= this.#ops.length) {
      const grown = new Uint8Array(Math.max(batchRows + 8, at * 2));
      if (this.#ops !== undefined) grown.set(this.#ops);
      this.#ops = grown;
    }
    this.#ops[at] = op;
  }

  /** Adds the same change many times, as far as the batch has room; `continueRepeat` adds the rest to the next ones. */
  addRepeated(op: ChangeOpCode, row: ParsedRow, times: number): void {
    this.#repeat = { op, row, left: times };
    this.continueRepeat();
  }

  /** True while there is more to repeat than this batch takes. */
  continueRepeat(): boolean {
    const repeat = this.#repeat;
    if (repeat === undefined) return false;
    for (; repeat.left > 0; repeat.left--) {
      if (this.#rows.length >= batchRows) return true;
      this.add(repeat.op, repeat.row);
    }
    this.#repeat = undefined;
    return false;
  }

  /** True while a record's change has not been added as often as it says. */
  get repeating(): boolean {
    return this.#repeat !== undefined;
  }

  /** Drops the rows after the first `length`: a record is taken whole or not at all. */
  truncate(length: number): void {
    this.#rows.length = length;
    this.#ops?.fill(0, length);
    this.#repeat = undefined;
  }

  addError(error: ParseError): void {
    this.#errors.push(error);
  }
  get errorCount(): number {
    return this.#errors.length;
  }
  /** Says of the errors from the `first` on where their message stands. */
  placeErrors(first: number, place: string): void {
    for (let at = first; at < this.#errors.length; at++) {
      const error = this.#errors[at] as ParseError;
      this.#errors[at] = { ...error, description: `${error.description} (${place})` };
    }
  }

  /** Gives what was collected and starts the next batch. */
  take(): { readonly batch: ChangeBatch; readonly errors: readonly ParseError[] } {
    const taken = {
      batch: { rows: this.#rows, ops: this.#ops?.subarray(0, this.#rows.length) },
      errors: this.#errors,
    };
    this.#rows = [];
    this.#ops = undefined;
    this.#errors = [];
    return taken;
  }
}
