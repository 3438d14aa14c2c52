/** How often and how patiently a call is repeated. */
export interface RetryOptions {
  /** Repetitions after the first attempt. 0 switches retries off. */
  readonly maxRetries: number;
  /** The first pause; each following one is twice as long, less up to a quarter at random. */
  readonly baseMs: number;
  /** The longest pause. When the server asks for a longer one, its answer is given to the caller instead. */
  readonly maxMs: number;
}

export const defaultRetry: RetryOptions = { maxRetries: 2, baseMs: 500, maxMs: 30_000 };

const number = (text: string | null): number | undefined => {
  if (text === null || text.trim() === "") return undefined;
  const value = Number(text);
  return Number.isFinite(value) && value >= 0 ? value : undefined;
};

/** The pause that the server asks for, in ms; undefined if it asks for none. */
export function serverDelayMs(headers: Headers, nowMs: number): number | undefined {
  const after = headers.get("retry-after");
  const seconds = number(after);
  if (seconds !== undefined) return seconds * 1000;
  const date = after === null ? NaN : Date.parse(after);
  if (!Number.isNaN(date)) return Math.max(0, date - nowMs);
  // X-RateLimit-Reset is relative seconds, and says something only once the budget is spent.
  const reset = number(headers.get("x-ratelimit-reset"));
  return reset !== undefined && headers.get("x-ratelimit-remaining") === "0" ? reset * 1000 : undefined;
}

/** The pause before repetition number `attempt` (0 for the first), when the server asks for none. */
export function backOffMs(attempt: number, { baseMs, maxMs }: RetryOptions, random: () => number): number {
  return Math.min(baseMs * 2 ** attempt, maxMs) * (1 - random() / 4);
}
