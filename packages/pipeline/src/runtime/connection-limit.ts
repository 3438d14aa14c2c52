import { PipelineError } from "../errors.ts";

/** Bounds how many ingress and egress requests run at a time. */
export class ConnectionLimit {
  readonly #limit: number;
  #open = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Takes a place; the returned function gives it back, once. @throws PipelineError `ApiConnectionLimit` */
  take(): () => void {
    if (this.#open >= this.#limit) {
      const text = `The pipeline already serves ${String(this.#limit)} API connections, its limit. Close one, or try again later.`;
      throw new PipelineError("ApiConnectionLimit", text, { limit: this.#limit });
    }
    this.#open += 1;
    let taken = true;
    return () => {
      if (taken) this.#open -= 1;
      taken = false;
    };
  }
}
