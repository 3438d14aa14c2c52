import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";

/** How many requests a caller has in each window of so many seconds. */
export interface RateLimit {
  readonly requests: number;
  readonly seconds: number;
}

/** What a caller has left after a request. */
export interface Allowance {
  readonly limit: number;
  readonly remaining: number;
  /** Whole seconds until the window ends, rounded up: who waits for so long is in the next one. */
  readonly resetSeconds: number;
  /** The request was one too many. */
  readonly exceeded: boolean;
}

/** Counts one request of a caller. */
export type RateLimiter = (caller: string) => Promise<Allowance>;

/** Counts in windows that begin with a caller's first request. What is counted lives in memory, and is gone when its window ends. */
export function createRateLimiter({ requests, seconds }: RateLimit): RateLimiter {
  const counter = new RateLimiterMemory({ points: requests, duration: seconds });
  const toAllowance = ({ remainingPoints, msBeforeNext }: RateLimiterRes, exceeded: boolean): Allowance => ({
    limit: requests,
    remaining: Math.max(0, remainingPoints),
    resetSeconds: Math.max(1, Math.ceil(msBeforeNext / 1000)),
    exceeded,
  });
  return async (caller) => {
    try {
      return toAllowance(await counter.consume(caller), false);
    } catch (rejected) {
      if (rejected instanceof RateLimiterRes) return toAllowance(rejected, true);
      throw rejected;
    }
  };
}
