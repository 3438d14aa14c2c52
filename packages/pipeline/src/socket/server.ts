import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { PipelineError, toPipelineError } from "../errors.ts";
import type { Log } from "../log.ts";
import { invalidParam } from "./params.ts";
import { json, sendError, sendReply } from "./reply.ts";
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
    const context = this.#context;
    if (context === undefined) {
      const { incarnation } = this.#options;
      if (path[0] === "status") return sendReply(response, json({ status: "Initializing", incarnation }), gone);
      throw new PipelineError("Initializing", "The pipeline is initializing. Try again later.");
    }
    const signal = path[0] === "stop" ? gone : AbortSignal.any([gone, context.pipeline.stopping.signal]);
    if (path[0] !== "stop" && context.pipeline.stopping.signal.aborted) {
      throw new PipelineError("Terminating", "The pipeline is stopping.");
    }
    const reply = await found.route(context, { method, path, query: url.searchParams, body: request, signal }, found.name);
    await sendReply(response, reply, signal);
  }
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw invalidParam(`'${segment}' in the path is not percent-encoded text`);
  }
}
