import type { Commit } from "../engine.ts";
import type { Store } from "../store/store.ts";

/** When the engine writes: between two steps, one commit at a time. */
export interface Commits {
  /** Writes all steps done so far. Calls during a commit share the next one. */
  commit(): Promise<Commit>;
  /** Makes sure that readers of the store see the last step. */
  upToDate(): Promise<void>;
  /** Runs a step. A commit that was asked for meanwhile begins after it, when the caller has had its result. */
  during<T>(step: () => Promise<T>): Promise<T>;
  /** Resolves when no commit is under way. */
  idle(): Promise<void>;
}

export function createCommits(store: Store, lastStep: () => number, data: () => string, watermarks: () => string): Commits {
  let stepping = false;
  let running: { readonly step: number; readonly done: Promise<void> } | undefined;
  let wanted: PromiseWithResolvers<Commit> | undefined;

  const startIfWanted = (): void => {
    if (stepping || running !== undefined || wanted === undefined) return;
    const asked = wanted;
    wanted = undefined;
    const step = lastStep();
    const finish = (settle: () => void): void => {
      running = undefined;
      settle();
      startIfWanted();
    };
    const done = write(step);
    running = { step, done };
    done.then(
      () => finish(() => asked.resolve({ step })),
      (error: unknown) => finish(() => asked.reject(error)),
    );
  };
  const write = async (step: number): Promise<void> => {
    const text = data();
    if (store.step === step && store.data === text && store.pendingRecords === 0) return;
    await store.commit(step, text, watermarks());
  };
  const commit = (): Promise<Commit> => {
    const asked = (wanted ??= Promise.withResolvers<Commit>());
    startIfWanted();
    return asked.promise;
  };
  return {
    commit,
    async upToDate() {
      if (!stepping && store.step === lastStep()) return;
      if (!stepping && running?.step === lastStep()) await running.done;
      else await commit();
    },
    async during(step) {
      // Whoever asks for a step has had the result of the one before.
      startIfWanted();
      stepping = true;
      try {
        return await step();
      } finally {
        stepping = false;
        if (wanted !== undefined) setImmediate(startIfWanted);
      }
    },
    async idle() {
      while (running !== undefined) await running.done.catch(() => undefined);
    },
  };
}
