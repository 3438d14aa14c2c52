import { createClient, isApiError, type Client, type NewPipeline } from "@headgate/client";
import { operationTable, type OperationId } from "@headgate/contract";
import type { Assert, SuiteKit, Target } from "./suite-kit.ts";

/** A request as a test writes it: nothing in it has to be valid. */
export interface RequestParts {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as JSON unless it is a string. */
  readonly body?: unknown;
  /** Sent as a browser sends a form. */
  readonly form?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: the key that may do everything. */
  readonly key?: "read" | "write" | "none" | { readonly secret: string };
  readonly method?: string;
  readonly signal?: AbortSignal;
}

/** One case's hold on the server. */
export interface Session {
  readonly target: Target;
  /** Without retries: a case wants to see each answer. */
  readonly client: Client;
  readonly send: (id: OperationId, parts?: RequestParts) => Promise<Response>;
  /** Sends to any path. */
  readonly sendTo: (path: string, parts?: RequestParts) => Promise<Response>;
  /** A name that no other case uses. */
  readonly name: (what: string) => string;
  /** Checks status and code of an error reply; gives its body. */
  readonly expectError: (response: Response | Promise<Response>, status: number, code: string) => Promise<ErrorBody>;
  /** As `expectError`, for the Connect dialect, which has words and no codes. */
  readonly expectConnectError: (response: Response | Promise<Response>, status: number, words: RegExp) => Promise<void>;
  /** As `expectError`, for a call of the client. */
  readonly expectFailure: (call: Promise<unknown>, status: number, code: string) => Promise<ErrorBody>;
  /** Creates and compiles a pipeline, and leaves nothing of it behind. */
  readonly withPipeline: <Result>(program: string | NewPipelineParts, work: (name: string) => Promise<Result>) => Promise<Result>;
  /** As `withPipeline`, and starts it. */
  readonly withRunning: <Result>(
    program: string | NewPipelineParts,
    work: (name: string) => Promise<Result>,
    initial?: "running" | "paused",
  ) => Promise<Result>;
}
export interface ErrorBody {
  readonly message: string;
  readonly error_code: string;
  readonly details: unknown;
}
export interface NewPipelineParts {
  readonly program_code: string;
  readonly name?: string;
  readonly runtime_config?: NonNullable<NewPipeline["runtime_config"]>;
}

export const waitMs = 20_000;
let names = 0;
const run = Date.now().toString(36);

export function openSession({ target: targetOf, assert }: SuiteKit): Session {
  const target = targetOf();
  const client = createClient({
    baseUrl: target.baseUrl,
    apiKey: target.keys?.write,
    fetch: target.fetch,
    retry: { maxRetries: 0 },
    timeoutMs: waitMs,
  });
  const name = (what: string) => `${what}-${run}-${++names}`;

  const sendTo: Session["sendTo"] = async (path, parts = {}) => {
    const { query, form, headers, key = "write", method = "GET", signal } = parts;
    const body = parts.body ?? (form && new URLSearchParams(form).toString());
    const search = query ? `?${new URLSearchParams(query).toString()}` : "";
    const secret = typeof key === "object" ? key.secret : key === "none" ? undefined : target.keys?.[key];
    const request = new Request(`${target.baseUrl.replace(/\/+$/, "")}${path}${search}`, {
      method,
      headers: {
        ...(body !== undefined && { "content-type": form ? "application/x-www-form-urlencoded" : "application/json" }),
        ...(secret !== undefined && { authorization: `Bearer ${secret}` }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
      signal: signal ? AbortSignal.any([signal, AbortSignal.timeout(waitMs)]) : AbortSignal.timeout(waitMs),
    });
    return await target.fetch(request);
  };
  const send: Session["send"] = (id, { path = {}, ...parts } = {}) => {
    const { method, path: template } = operationTable[id];
    const filled = template.replaceAll(/\{(\w+)\}/g, (_, parameter: string) => encodeURIComponent(path[parameter] ?? parameter));
    return sendTo(filled, { method: method.toUpperCase(), ...parts });
  };

  const remove = async (pipeline: string): Promise<void> => {
    try {
      await client.pipelines.stopAndWait(pipeline, { timeoutMs: waitMs });
      await client.pipelines.clearAndWait(pipeline, { timeoutMs: waitMs });
      await client.pipelines.delete(pipeline);
    } catch (error) {
      if (!isApiError(error, "UnknownPipelineName")) throw error;
    }
  };
  const withPipeline: Session["withPipeline"] = async (program, work) => {
    const parts: NewPipelineParts = typeof program === "string" ? { program_code: program } : program;
    const pipeline = { ...parts, name: parts.name ?? name("p") };
    await client.pipelines.create(pipeline);
    try {
      await client.pipelines.waitForCompilation(pipeline.name, { timeoutMs: waitMs });
      return await work(pipeline.name);
    } finally {
      await remove(pipeline.name);
    }
  };

  return {
    target,
    client,
    name,
    send,
    sendTo,
    expectError: async (reply, status, code) => checkedError(assert, await reply, status, code),
    expectConnectError: async (reply, status, words) => {
      const { message } = await checkedError(assert, await reply, status, String(status));
      assert.match(message, words);
    },
    expectFailure: async (call, status, code) => {
      const error = await call.then(
        () => new Error(`This should have failed with ${status} ${code}.`),
        (reason: Error) => reason,
      );
      if (!isApiError(error)) throw error;
      assert.equal(`${error.status} ${error.code}`, `${status} ${code}`, error.message);
      return { message: error.message, error_code: error.code, details: error.details };
    },
    withPipeline,
    withRunning: (program, work, initial = "running") =>
      withPipeline(program, async (pipeline) => {
        await client.pipelines.startAndWait(pipeline, { initial, timeoutMs: waitMs });
        return await work(pipeline);
      }),
  };
}

async function checkedError(assert: Assert, response: Response, status: number, code: string): Promise<ErrorBody> {
  // A reply that should have been an error may be a stream without an end.
  if (response.ok) await response.body?.cancel();
  const text = response.ok ? "" : await response.text();
  const body = errorBodyOf(text);
  assert.equal(`${response.status} ${body?.error_code}`, `${status} ${code}`, `expected ${status} ${code}, got ${response.status} ${text}`);
  return body as ErrorBody;
}

interface ForeignErrorBody {
  readonly error?: { readonly code: number; readonly message: string };
  readonly errors?: readonly { readonly code: string; readonly detail: string }[];
}

/** The body of an error in any of the dialects; in the Connect dialect the code is the status. */
function errorBodyOf(text: string): ErrorBody | undefined {
  let body: (ErrorBody & ForeignErrorBody) | undefined;
  try {
    body = JSON.parse(text) as ErrorBody & ForeignErrorBody;
  } catch {
    return undefined;
  }
  const { error, errors } = body;
  if (error !== undefined) return { message: error.message, error_code: String(error.code), details: null };
  if (errors?.[0] !== undefined) return { message: errors[0].detail, error_code: errors[0].code, details: null };
  return body;
}
