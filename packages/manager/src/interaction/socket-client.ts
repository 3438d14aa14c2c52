import type { Readable } from "node:stream";
import type { SocketError } from "@headgate/pipeline";
import { Pool, type Dispatcher } from "undici";
import { ManagerError } from "../errors.ts";
import { createSharedReads } from "./shared-reads.ts";

/** Speaks HTTP over the socket of one incarnation. Every call has a deadline, and no call waits for another pipeline's. */
export interface SocketClient {
  /** A GET that callers share: see {@link createSharedReads}. */
  read<T>(path: string, deadlineMs: number): Promise<T>;
  /** A request of its own. After a POST, no read joins one that began before it had its effect. */
  call<T>(method: "GET" | "POST", path: string, deadlineMs: number): Promise<T>;
  /** The supervisor's own calls, which no load from users holds back. */
  control<T>(method: "GET" | "POST", path: string, deadlineMs: number): Promise<T>;
  /** Resolves with the beginning of the answer; its body ends with the signal. */
  stream(request: StreamRequest): Promise<StreamReply>;
  /** A POST with a streamed body; the deadline counts from the last byte that was taken. */
  upload<T>(path: string, body: Readable, deadlineMs: number, signal: AbortSignal): Promise<T>;
  close(): void;
}

/** A request whose answer is a stream; the deadline is for its beginning. */
export interface StreamRequest {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly body?: string;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
}
/** The beginning of a streamed answer. */
export interface StreamReply {
  readonly contentType: string;
  readonly body: Readable;
}

/** How an answer that never came is told, apart from what the pipeline itself answered. */
export class SocketFailure extends Error {
  override readonly name = "SocketFailure";
}

const limits = { control: 2, calls: 32, streams: 256, waiting: 1024, replyBytes: 50 * 1024 * 1024 } as const;
/** Deadlines are ours, by signal; undici's own are coarse and off. */
const pooled = { headersTimeout: 0, bodyTimeout: 0, pipelining: 1 } as const;

/** Creates a client; it connects when it is first used. */
export function createSocketClient(socketPath: string): SocketClient {
  // Pools apart, so that open subscriptions never hold back a status call, nor either of them a stop.
  const controls = new Pool("http://pipeline", { ...pooled, socketPath, connections: limits.control });
  const calls = new Pool("http://pipeline", { ...pooled, socketPath, connections: limits.calls });
  const streams = new Pool("http://pipeline", { ...pooled, socketPath, connections: limits.streams });
  const reads = createSharedReads();
  let waiting = 0;

  const exchange = async <T>(
    pool: Pool,
    options: Omit<Dispatcher.RequestOptions, "signal">,
    deadline: Deadline,
    ready: (reply: Dispatcher.ResponseData) => Promise<T>,
  ): Promise<T> => {
    if (waiting >= limits.waiting && pool !== controls)
      throw new SocketFailure(`${String(limits.waiting)} requests wait for an answer already`);
    waiting++;
    try {
      const reply = await pool.request({ ...options, signal: deadline.signal });
      if (reply.statusCode >= 300) throw await errorOf(reply);
      return await ready(reply);
    } catch (error) {
      throw error instanceof ManagerError || error instanceof SocketFailure ? error : failureOf(error, deadline);
    } finally {
      waiting--;
      deadline.end();
    }
  };
  const json = async <T>(method: "GET" | "POST", path: string, deadlineMs: number, pool = calls): Promise<T> =>
    exchange(pool, { method, path }, startDeadline(deadlineMs), (reply) => readJson<T>(reply, path));

  return {
    read: <T>(path: string, deadlineMs: number): Promise<T> => reads.read(path, () => json<T>("GET", path, deadlineMs)),
    call: (method, path, deadlineMs) =>
      json<never>(method, path, deadlineMs).finally(() => {
        if (method === "POST") reads.forget();
      }),
    control: (method, path, deadlineMs) => json<never>(method, path, deadlineMs, controls),
    stream: ({ method, path, body, deadlineMs, signal }) => {
      const deadline = startDeadline(deadlineMs, signal);
      const headers = body === undefined ? {} : { "content-type": "application/json" };
      return exchange(streams, { method, path, headers, body: body ?? null }, deadline, (reply) => {
        deadline.keepSignal();
        return Promise.resolve({ contentType: String(reply.headers["content-type"] ?? ""), body: reply.body });
      });
    },
    upload: <T>(path: string, body: Readable, deadlineMs: number, signal: AbortSignal) => {
      const deadline = startDeadline(deadlineMs, signal);
      const options = { method: "POST", path, body: watched(body, deadline) } as unknown as Dispatcher.RequestOptions;
      return exchange(streams, options, deadline, (reply) => readJson<T>(reply, path)).finally(() => {
        reads.forget();
      });
    },
    close: () => {
      for (const pool of [controls, calls, streams]) void pool.destroy().catch(() => undefined);
    },
  };
}

/** The source stays whole when the pipeline answers early: its owner still has a reply to write on the same connection. */
async function* watched(body: Readable, deadline: Deadline): AsyncGenerator<Buffer> {
  for await (const chunk of body.iterator({ destroyOnReturn: false })) {
    deadline.restart();
    yield chunk as Buffer;
  }
}

interface Deadline {
  readonly signal: AbortSignal;
  readonly passed: boolean;
  readonly aborted: boolean;
  readonly ms: number;
  restart(): void;
  /** The caller's signal goes on to count after `end`. */
  keepSignal(): void;
  end(): void;
}

function startDeadline(ms: number, outer?: AbortSignal): Deadline {
  const controller = new AbortController();
  let passed = false;
  let kept = false;
  const timer = setTimeout(() => {
    passed = true;
    controller.abort();
  }, ms);
  const onAbort = (): void => {
    controller.abort();
  };
  if (outer?.aborted === true) onAbort();
  outer?.addEventListener("abort", onAbort, { once: true });
  return {
    signal: controller.signal,
    ms,
    get passed() {
      return passed;
    },
    get aborted() {
      return outer?.aborted === true;
    },
    restart: () => void timer.refresh(),
    keepSignal: () => {
      kept = true;
    },
    end: () => {
      clearTimeout(timer);
      if (!kept) outer?.removeEventListener("abort", onAbort);
    },
  };
}

function failureOf(error: unknown, deadline: Deadline): SocketFailure {
  const why = deadline.passed
    ? `no answer within ${String(deadline.ms / 1000)} s`
    : deadline.aborted
      ? "the caller went away"
      : error instanceof Error
        ? error.message
        : String(error);
  return new SocketFailure(why, { cause: error });
}

async function readText(reply: Dispatcher.ResponseData): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of reply.body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limits.replyBytes)
      throw new ManagerError("PipelineInteractionInvalidResponse", "The pipeline's answer is larger than 50 MiB", {});
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

async function readJson<T>(reply: Dispatcher.ResponseData, path: string): Promise<T> {
  const text = await readText(reply);
  if (text === "") return undefined as T;
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    throw new ManagerError(
      "PipelineInteractionInvalidResponse",
      `The pipeline answered ${path} with something that is not JSON`,
      {},
      { cause },
    );
  }
}

async function errorOf(reply: Dispatcher.ResponseData): Promise<ManagerError> {
  const body = await readJson<Partial<SocketError> | undefined>(reply, "the request");
  if (typeof body?.code === "string" && typeof body.message === "string")
    return new ManagerError(body.code, body.message, body.details ?? {});
  return new ManagerError(
    "PipelineInteractionInvalidResponse",
    `The pipeline answered with status ${String(reply.statusCode)} and no error body`,
    {
      status: reply.statusCode,
    },
  );
}
