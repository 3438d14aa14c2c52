import { sleep } from "./deadline.ts";
import { backOffMs, serverDelayMs, type RetryOptions } from "./retry-delay.ts";

/** The part of `fetch` that the client uses. */
export type Fetch = (request: Request) => Promise<Response>;

/** Told before each repetition. */
export interface RetryNotice {
  /** 1 for the first repetition. */
  readonly attempt: number;
  readonly delayMs: number;
  readonly method: string;
  readonly url: string;
  /** Status of the reply that is not taken for an answer; undefined when there was none. */
  readonly status: number | undefined;
}

export interface RetryContext {
  readonly fetch: Fetch;
  readonly retry: RetryOptions;
  readonly onRetry?: ((notice: RetryNotice) => void) | undefined;
  readonly random?: () => number;
  readonly now?: () => number;
}

/** Whether a request may be sent again when it is not known if the server has carried it out. */
export type Repeatable = "always" | "when_refused" | "never";

const repeatableMethods = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE"]);
/** What HTTP itself promises of a method. */
export const repeatableByMethod = (method: string): Repeatable => (repeatableMethods.has(method.toUpperCase()) ? "always" : "when_refused");

const transient = new Set([408, 429, 502, 503, 504]);

/**
 * Sends a request, and sends it again after transient failures.
 *
 * `always`: after lost connections and 408, 429, 502, 503, 504. `when_refused`: only after 429, by which the server says that it
 * did nothing. `never`: the body is a stream and is gone after the first attempt.
 */
export async function fetchWithRetry(request: Request, repeatable: Repeatable, context: RetryContext): Promise<Response> {
  const { retry, random = Math.random, now = Date.now } = context;
  for (let attempt = 0; ; attempt++) {
    const last = repeatable === "never" || attempt >= retry.maxRetries;
    let response: Response | undefined;
    try {
      // A body can be sent once: each attempt but the last sends a copy.
      response = await context.fetch(last || request.body === null ? request : request.clone());
    } catch (error) {
      if (last || repeatable !== "always" || request.signal.aborted) throw error;
    }
    if (response !== undefined) {
      const again = response.status === 429 || (repeatable === "always" && transient.has(response.status));
      if (last || !again || (response.status === 503 && (await isLasting(response)))) return response;
    }
    const asked = response && serverDelayMs(response.headers, now());
    // Coming back earlier than asked is rude, waiting longer than the caller allows is a hang.
    if (response !== undefined && asked !== undefined && asked > retry.maxMs) return response;
    const delayMs = asked ?? backOffMs(attempt, retry, random);
    await response?.body?.cancel();
    context.onRetry?.({
      attempt: attempt + 1,
      delayMs,
      method: request.method,
      url: request.url,
      status: response?.status,
    });
    await sleep(delayMs, request.signal);
  }
}

/** A pipeline that is meant to be stopped stays so however often it is asked: its 503 is the answer. */
async function isLasting(response: Response): Promise<boolean> {
  if (!response.headers.get("content-type")?.startsWith("application/json")) return false;
  try {
    const body = (await response.clone().json()) as { error_code?: unknown; details?: { desired_status?: unknown } | null };
    return body.error_code === "PipelineInteractionNotDeployed" && body.details?.desired_status === "Stopped";
  } catch {
    return false;
  }
}
