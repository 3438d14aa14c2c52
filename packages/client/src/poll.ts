import { sleep, startDeadline, type CallOptions } from "./deadline.ts";

/** How a wait asks for news. */
export interface WaitOptions extends CallOptions {
  /** The first pause between two questions; each is half as long again, up to a second. Default: 25 ms. */
  readonly intervalMs?: number | undefined;
}

/** The longest a wait lasts when the caller sets no deadline. */
export const defaultWaitMs = 300_000;
const longestIntervalMs = 1000;

/** Asks until there is an answer. Throws a `timeout` or `aborted` {@link ClientError} when the time is over or the signal fires. */
export async function poll<Answer>(
  what: string,
  { intervalMs = 25, signal, timeoutMs = defaultWaitMs }: WaitOptions,
  ask: (call: CallOptions) => Promise<Answer | undefined>,
): Promise<Answer> {
  const deadline = startDeadline(what, { signal, timeoutMs });
  try {
    for (let pause = intervalMs; ; pause = Math.min(pause * 1.5, longestIntervalMs)) {
      const answer = await ask({ signal: deadline.signal });
      if (answer !== undefined) return answer;
      await sleep(pause, deadline.signal);
    }
  } catch (error) {
    // A call inside the wait only knows that its signal fired; the wait knows why.
    throw deadline.signal.aborted ? deadline.signal.reason : error;
  } finally {
    deadline.release();
  }
}
