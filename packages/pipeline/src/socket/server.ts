import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { notWaitingForApproval, PipelineError, toPipelineError } from "../errors.ts";
import type { Log } from "../log.ts";
import type { ProgramChange } from "@headgate/engine";
import { booleanParam, invalidParam } from "./params.ts";
import type { RuntimeReport, RuntimeStatus } from "./protocol.ts";
import { empty, json, sendError, sendReply, type Reply } from "./reply.ts";
import { findRoute, type RouteContext } from "./routes.ts";

/** What the socket serves. */
export interface SocketServerOptions {
  readonly incarnation: string;
  readonly log: Log;
  readonly scrub: (text: string) => string;
}

/** The pipeline's HTTP server on its unix socket. It answers from the first moment; until `serve` is called, with `Initializing`. */
export class SocketServer {
  readonly #options: SocketServerOptions;
  readonly #server: Server;
  readonly #open = new Set<AbortController>();
  #context: RouteContext | undefined;
  #connectors: RouteContext | undefined;
  /** What `GET /status` says until `serve` is called. */
  status: Exclude<RuntimeStatus, "Running" | "Paused" | "Suspended"> = "Initializing";
  #approval: { readonly change: ProgramChange; readonly silent: boolean; readonly approve: (silent: boolean) => void } | undefined;

  constructor(options: SocketServerOptions) {
    this.#options = options;
    this.#server = createServer({ requestTimeout: 0, keepAliveTimeout: 60_000 }, (request, response) => {
      void this.#answer(request, response);
    });
  }

  listen(socketPath: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(socketPath, () => {
        this.#server.off("error", reject);
        resolve();
      });
    });
  }

  /** Resolves when somebody approves the change (POST /approve); `silent` holds unless they say otherwise. */
  async awaitApproval(change: ProgramChange, silent: boolean): Promise<{ readonly silent: boolean }> {
    this.status = "AwaitingApproval";
    const approved = await new Promise<boolean>((resolve) => {
      this.#approval = { change, silent, approve: resolve };
    });
    this.#approval = undefined;
    this.status = "Initializing";
    return { silent: approved };
  }

  /** The connectors stand: what concerns them alone is answered from now on. */
  serveConnectors(context: RouteContext): void {
    this.#connectors = context;
  }

  serve(context: RouteContext): void {
    this.#context = context;
  }

  /** Ends open streams and stops listening. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
    for (const controller of this.#open) controller.abort(new PipelineError("Terminating", "The pipeline is stopping."));
    this.#server.closeIdleConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const controller = new AbortController();
    this.#open.add(controller);
    response.once("close", () => {
      controller.abort(new Error("the client is gone"));
      this.#open.delete(controller);
    });
    try {
      await this.#route(request, response, controller.signal);
    } catch (error) {
      const failure = toPipelineError(error);
      if (failure.code === "RuntimeError.WorkerPanic" && !controller.signal.aborted) {
        this.#options.log.error(`request ${request.method ?? ""} ${request.url?.split("?")[0] ?? ""} failed: ${failure.message}`);
      }
      sendError(response, failure, this.#options.scrub);
    }
  }

  async #route(request: IncomingMessage, response: ServerResponse, gone: AbortSignal): Promise<void> {
    const url = new URL(request.url ?? "/", "http://pipeline");
    const method = request.method ?? "GET";
    const path = url.pathname.split("/").slice(1).map(decode);
    const found = findRoute({ method, path });
    if (found === undefined) throw invalidParam(`there is no route ${method} ${url.pathname}`);
    const steps = this.status === "Bootstrapping" || this.status === "Replaying";
    const context = this.#context ?? (found.early && steps ? this.#connectors : undefined);
    if (context === undefined) {
      return sendReply(response, this.#answerEarly(method, path[0] ?? "", url.searchParams), gone);
    }
    const ending = path[0] === "stop" || path[0] === "suspend";
    const signal = ending ? gone : AbortSignal.any([gone, context.pipeline.stopping.signal]);
    if (!ending && path[0] !== "checkpoints" && context.pipeline.stopping.signal.aborted) {
      throw new PipelineError("Terminating", "The pipeline is stopping.");
    }
    const reply = await found.route(context, { method, path, query: url.searchParams, body: request, signal }, found.name);
    await sendReply(response, reply, signal);
  }

  /** Before the pipeline stands: its status, and approval while that is waited for. */
  #answerEarly(method: string, path: string, query: URLSearchParams): Reply {
    const { incarnation } = this.#options;
    const approval = this.#approval;
    if (method === "GET" && path === "status") {
      return json({
        status: this.status,
        incarnation,
        ...(approval === undefined ? {} : { change: approval.change }),
      } satisfies RuntimeReport);
    }
    if (method === "POST" && path === "approve") {
      if (approval === undefined) throw notWaitingForApproval();
      approval.approve(query.has("silent") ? booleanParam(query, "silent") : approval.silent);
      return empty;
    }
    const [code, text] = early[this.status];
    throw new PipelineError(code, text);
  }
}

const early = {
  Initializing: ["Initializing", "The pipeline is initializing. Try again later."],
  AwaitingApproval: ["AwaitingApproval", "The program changed and waits for approval: POST /approve, or stop the pipeline."],
  Bootstrapping: ["BootstrapInProgress", "The pipeline computes the views that changed. Try again later."],
  Replaying: ["RestoreInProgress", "The pipeline does again what came after its last commit. Try again later."],
} as const;

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw invalidParam(`'${segment}' in the path is not percent-encoded text`);
  }
}
