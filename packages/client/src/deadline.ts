import { ClientError } from "./errors.ts";

/** What every call takes: a signal that ends it, and the time it may take. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** Deadline of the whole call, retries included. A stream must begin within it, and may then last. */
  readonly timeoutMs?: number | undefined;
}

/** A signal that fires when the caller's does or when the time is over. */
export interface Deadline {
  /** Its reason is a {@link ClientError}: `aborted` or `timeout`. */
  readonly signal: AbortSignal;
  /** Milliseconds left; infinite when no time was set. */
  readonly remainingMs: () => number;
  /** Takes the time limit away and leaves the caller's signal: a stream has begun. */
  readonly lift: () => void;
  readonly abort: (reason: ClientError) => void;
  /** Lets go of the caller's signal and the timer. Must be called once the work is over. */
  readonly release: () => void;
}

const aborted = (cause: unknown) => new ClientError("aborted", "The caller's signal ended the call.", { cause });
/** Longer than any timer can be set for. */
const longestTimerMs = 2 ** 31 - 1;

/** Starts the clock of one call. `what` is named in the timeout's message. */
export function startDeadline(what: string, { signal, timeoutMs }: CallOptions): Deadline {
  const controller = new AbortController();
  const end = timeoutMs === undefined ? Infinity : performance.now() + timeoutMs;
  const expire = () => controller.abort(new ClientError("timeout", `${what} took longer than ${timeoutMs} ms.`));
  const onAbort = () => controller.abort(aborted(signal?.reason));
  const timer = timeoutMs === undefined || timeoutMs > longestTimerMs ? undefined : setTimeout(expire, Math.max(0, timeoutMs));
  if (signal?.aborted) onAbort();
  else signal?.addEventListener("abort", onAbort, { once: true });
  const lift = () => clearTimeout(timer);
  return {
    signal: controller.signal,
    remainingMs: () => end - performance.now(),
    lift,
    abort: (reason) => controller.abort(reason),
    release: () => {
      lift();
      signal?.removeEventListener("abort", onAbort);
    },
  };
}

/** Resolves after the time, or rejects with the signal's reason as soon as it fires. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason as Error);
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", onAbort);
      resolve();
    }, ms);
    signal.addEventListener("abort", onAbort, { once: true });
  });
}
