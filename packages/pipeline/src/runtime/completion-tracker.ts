/** A piece of input that a step consumed. */
export interface Piece {
  readonly firstQueuedAt: number;
  readonly ingestedAt: number;
  readonly processedAt: number;
  readonly completed: (piece: { readonly firstQueuedAt: number; readonly ingestedAt: number; readonly processedAt: number }) => void;
}

const maxPending = 10_000;

/** Steps whose effects are still on their way to some sink. When a sink is stuck the newest steps are merged, so memory is bounded. */
export class CompletionTracker {
  #pending: { step: number; pieces: Piece[] }[] = [];

  stepDone(step: number, pieces: Piece[]): void {
    if (pieces.length === 0) return;
    const last = this.#pending.at(-1);
    if (last !== undefined && this.#pending.length >= maxPending) {
      // One piece per connector is kept: the latest. Its completion is that of the merged steps.
      last.step = step;
      last.pieces = pieces;
    } else this.#pending.push({ step, pieces });
  }

  /** Every sink has everything up to `step`. */
  completedThrough(step: number): void {
    let count = 0;
    for (const { step: done, pieces } of this.#pending) {
      if (done > step) break;
      count += 1;
      for (const piece of pieces) piece.completed(piece);
    }
    if (count > 0) this.#pending.splice(0, count);
  }
}
