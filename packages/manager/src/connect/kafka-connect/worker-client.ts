import { setTimeout as sleep } from "node:timers/promises";
import { Pool, type Dispatcher } from "undici";
import { ConnectError } from "../api.ts";
import type { ConnectClusterOptions } from "./cluster-options.ts";

/** An answer of a worker: any status that is the cluster's word, as JSON. */
export interface WorkerReply {
  readonly status: number;
  readonly body: unknown;
}
export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
export interface WorkerRequest {
  readonly method: Method;
  readonly path: string;
  readonly body?: unknown;
  /** For the whole call, waiting for a rebalance and other workers included. */
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
}

/** Speaks with the workers of one cluster: any of them that answers. */
export interface WorkerClient {
  /**
   * What the cluster says, after rebalances have been waited for. A request may reach it twice, when a worker takes it and does not
   * answer: only what can be repeated may be asked for. @throws ConnectError `EngineUnavailable` past the deadline, or when nobody answers
   */
  ask(request: WorkerRequest): Promise<WorkerReply>;
  /** Looks in the background whether each worker answers. */
  probe(): void;
  /** Why a worker ("127.0.0.1:8083") is thought to be gone; undefined when it answers, or is none that we know. */
  silence(workerId: string): string | undefined;
  close(): void;
}

/** Times in ms. */
export interface WorkerTiming {
  readonly callMs: number;
  /** One worker's time to answer a read, before another one is asked; a change has twice as long. */
  readonly attemptMs: number;
  readonly probeMs: number;
}
export const standardWorkerTiming: WorkerTiming = { callMs: 10_000, attemptMs: 3000, probeMs: 1000 };

const limits = { connections: 16, waiting: 512, replyBytes: 64 * 1024 * 1024, rounds: 2 } as const;
const backoff = { firstMs: 250, lastMs: 10_000 } as const;
const waits = { roundMs: 150, firstRebalanceMs: 100, lastRebalanceMs: 1000 } as const;

interface Worker {
  readonly origin: string;
  readonly base: string;
  readonly id: string;
  readonly pool: Pool;
  failures: number;
  /** Asked last, until then. */
  notBefore: number;
  silentSince: number | undefined;
  why: string;
  heardAt: number;
  probing: boolean;
}

/** Creates the client; it connects when it is first used. */
export function createWorkerClient(options: ConnectClusterOptions, timing: WorkerTiming = standardWorkerTiming): WorkerClient {
  const workers = options.urls.map((url) => toWorker(url, options));
  const headers: Record<string, string> = { accept: "application/json", "content-type": "application/json" };
  if (options.username !== undefined) {
    headers["authorization"] = `Basic ${Buffer.from(`${options.username}:${options.password ?? ""}`).toString("base64")}`;
  }
  let preferred = 0;
  let waiting = 0;

  /** Those that answered last time first, beginning with the one that is spoken with. */
  const inOrder = (): readonly Worker[] => {
    const now = Date.now();
    const rotated = [...workers.slice(preferred), ...workers.slice(0, preferred)];
    return [...rotated.filter((w) => w.notBefore <= now), ...rotated.filter((w) => w.notBefore > now)];
  };
  const heard = (worker: Worker): void => {
    Object.assign(worker, { failures: 0, notBefore: 0, silentSince: undefined, why: "", heardAt: Date.now() });
  };
  const silent = (worker: Worker, why: string): void => {
    worker.failures += 1;
    worker.why = why;
    worker.silentSince ??= Date.now();
    worker.notBefore = Date.now() + Math.min(backoff.lastMs, backoff.firstMs * 2 ** (worker.failures - 1));
  };
  const exchange = async (worker: Worker, request: WorkerRequest, ms: number): Promise<WorkerReply> => {
    const deadline = AbortSignal.timeout(Math.ceil(ms));
    const signal = request.signal === undefined ? deadline : AbortSignal.any([deadline, request.signal]);
    const body = request.body === undefined ? null : JSON.stringify(request.body);
    try {
      const reply = await worker.pool.request({ method: request.method, path: worker.base + request.path, headers, body, signal });
      const answer = { status: reply.statusCode, body: await readJson(reply) };
      heard(worker);
      return answer;
    } catch (error) {
      request.signal?.throwIfAborted();
      const why = deadline.aborted ? `no answer within ${String(Math.round(ms) / 1000)} s` : reasonOf(error);
      silent(worker, why);
      throw new Error(`${worker.origin}: ${why}`, { cause: error });
    }
  };

  /** Where there is nobody else to ask, all the time is for the one; a change may have to wait for a slow plugin. */
  const patience = ({ method }: WorkerRequest): number =>
    workers.length === 1 ? Infinity : method === "GET" ? timing.attemptMs : 2 * timing.attemptMs;

  /** Every worker in turn, until one answers. */
  const round = async (request: WorkerRequest, until: number, failures: Map<string, Error>): Promise<WorkerReply | undefined> => {
    for (const worker of inOrder()) {
      const left = until - performance.now();
      if (left <= 0) return undefined;
      try {
        const reply = await exchange(worker, request, Math.ceil(Math.min(left, patience(request))));
        preferred = workers.indexOf(worker);
        return reply;
      } catch (error) {
        request.signal?.throwIfAborted();
        failures.set(worker.origin, error as Error);
      }
    }
    return undefined;
  };

  const ask = async (request: WorkerRequest): Promise<WorkerReply> => {
    const until = performance.now() + (request.deadlineMs ?? timing.callMs);
    const failures = new Map<string, Error>();
    let momentary = "";
    let pause: number = waits.firstRebalanceMs;
    for (let rounds = 0; rounds < limits.rounds;) {
      const reply = await round(request, until, failures);
      const moment = reply === undefined ? undefined : momentaryReason(reply);
      if (reply !== undefined && moment === undefined) return reply;
      if (moment === undefined) rounds += 1;
      else momentary = moment;
      // A worker that is not ready, or does not reach the one that leads, may stay so; another one is asked next.
      if (moment !== undefined && reply?.status !== 409) preferred = (preferred + 1) % workers.length;
      const wait = moment === undefined ? waits.roundMs : pause;
      if (performance.now() + wait >= until) break;
      await sleep(wait, undefined, request.signal === undefined ? {} : { signal: request.signal });
      pause = Math.min(pause * 1.5, waits.lastRebalanceMs);
    }
    const why = momentary === "" ? [...failures.values()].map((error) => error.message).join("; ") : momentary;
    throw new ConnectError("EngineUnavailable", `The Kafka Connect cluster ${nameOf(options)} gave no answer: ${why || "out of time"}`);
  };

  return {
    ask: async (request) => {
      if (waiting >= limits.waiting) {
        const text = `${String(limits.waiting)} requests wait for the Kafka Connect cluster ${nameOf(options)} already; try again later`;
        throw new ConnectError("EngineUnavailable", text);
      }
      waiting += 1;
      try {
        return await ask(request);
      } finally {
        waiting -= 1;
      }
    },
    probe: () => {
      for (const worker of workers) {
        if (worker.probing || Date.now() - worker.heardAt < timing.probeMs) continue;
        worker.probing = true;
        // What comes of it is noted by the exchange itself.
        void exchange(worker, { method: "GET", path: "/" }, timing.probeMs)
          .catch(() => undefined)
          .finally(() => {
            worker.probing = false;
          });
      }
    },
    silence: (workerId) => {
      const worker = workers.find(({ id }) => id === workerId);
      if (worker?.silentSince === undefined) return undefined;
      return `${worker.why}, since ${new Date(worker.silentSince).toISOString()}`;
    },
    close: () => {
      for (const { pool } of workers) void pool.destroy().catch(() => undefined);
    },
  };
}

const nameOf = ({ environment, cluster }: ConnectClusterOptions): string => `${environment}/${cluster}`;

function toWorker(url: string, { ca }: ConnectClusterOptions): Worker {
  const { origin, pathname, host, port, protocol, hostname } = new URL(url);
  // Deadlines are ours, by signal.
  const pool = new Pool(origin, {
    connections: limits.connections,
    pipelining: 1,
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { timeout: 2000, ...(ca === undefined ? {} : { ca }) },
  });
  const id = port === "" ? `${hostname}:${protocol === "https:" ? "443" : "80"}` : host;
  const base = pathname.replace(/\/+$/, "");
  return { origin, base, id, pool, failures: 0, notBefore: 0, silentSince: undefined, why: "", heardAt: 0, probing: false };
}

/** Why this answer is not the last word: the cluster is rebalancing, or the worker could not reach the one that leads. */
function momentaryReason({ status, body }: WorkerReply): string | undefined {
  const message = engineMessage(body);
  if (status === 409 && !/already exists/.test(message)) return message || "it is rebalancing";
  if (status === 503 || status === 502 || status === 504) return message || `HTTP status ${String(status)}`;
  return status === 500 && /forward REST request|Request timed out|no known leader|rebalance is expected/i.test(message)
    ? message
    : undefined;
}

/** The message of an error body of Kafka Connect. */
export function engineMessage(body: unknown): string {
  const message = (body as { readonly message?: unknown } | null | undefined)?.message;
  return typeof message === "string" ? message : "";
}

async function readJson(reply: Dispatcher.ResponseData): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of reply.body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limits.replyBytes) throw new Error("the answer is larger than 64 MiB");
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString("utf8");
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch (cause) {
    // A proxy's error page, or no Kafka Connect at all.
    if (reply.statusCode >= 400) return { message: `HTTP status ${String(reply.statusCode)}, and no JSON` };
    throw new Error("the answer is not JSON; is this the URL of a Kafka Connect worker?", { cause });
  }
}

function reasonOf(error: unknown): string {
  const { code, message } = error as { readonly code?: unknown; readonly message?: string };
  if (code === "ECONNREFUSED") return "connection refused";
  return message === undefined || message === "" ? String(code ?? error) : message;
}
