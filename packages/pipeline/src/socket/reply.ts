import type { ServerResponse } from "node:http";
import { once } from "node:events";
import type { PipelineError } from "../errors.ts";
import { toSocketError } from "../errors.ts";
import type { PipelineErrorCode } from "./protocol.ts";

/** What a route answers. */
export type Reply =
  | { readonly kind: "json"; readonly body: unknown }
  | { readonly kind: "empty" }
  | {
      readonly kind: "stream";
      readonly contentType: string;
      readonly body: AsyncIterable<string | Uint8Array>;
      readonly onEnd?: () => void;
    };

export const json = (body: unknown): Reply => ({ kind: "json", body });
export const empty: Reply = { kind: "empty" };

/** The control plane looks at the code in the body; the status only tells the kinds of failure apart on the socket. */
function statusOf(code: PipelineErrorCode): number {
  switch (code) {
    case "Initializing":
    case "AwaitingApproval":
    case "BootstrapInProgress":
    case "RestoreInProgress":
    case "Suspended":
      return 503;
    case "BootstrapRejected":
      return 409;
    case "Terminating":
    case "PipelineRestarted":
    case "UnknownEndpointInCompletionToken":
    case "UnknownEndpointInResetToken":
      return 410;
    case "UnknownInputEndpoint":
    case "UnknownOutputEndpoint":
    case "ConfigError.UnknownInputStream":
    case "ConfigError.UnknownOutputStream":
      return 404;
    case "ApiConnectionLimit":
      return 429;
    case "InitializationError":
    case "InputTransportError":
    case "OutputTransportError":
    case "StorageError":
    case "SuspendError":
    case "CheckpointError":
    case "RuntimeError.WorkerPanic":
    case "RuntimeError.OutOfMemory":
      return 500;
    default:
      return 400;
  }
}

/** Writes a whole reply; resolves when it has been written or the client is gone. */
export async function sendReply(response: ServerResponse, reply: Reply, signal: AbortSignal): Promise<void> {
  switch (reply.kind) {
    case "empty":
      response.writeHead(204).end();
      return;
    case "json": {
      const body = Buffer.from(JSON.stringify(reply.body));
      response.writeHead(200, { "content-type": "application/json", "content-length": body.length }).end(body);
      return;
    }
    case "stream": {
      // A stream that waits for data learns here, not at its next piece, that its reader is gone.
      const end = (): void => reply.onEnd?.();
      signal.addEventListener("abort", end, { once: true });
      try {
        response.writeHead(200, { "content-type": reply.contentType });
        // A subscriber learns at once that its subscription stands, not with the first chunk.
        response.flushHeaders();
        await writeAll(response, reply.body, signal);
        response.end();
      } catch (error) {
        // The head is out: breaking the connection is the only way left to say that the body is not whole.
        response.destroy(error instanceof Error ? error : undefined);
      } finally {
        signal.removeEventListener("abort", end);
        end();
      }
    }
  }
}

async function writeAll(response: ServerResponse, body: AsyncIterable<string | Uint8Array>, signal: AbortSignal): Promise<void> {
  for await (const piece of body) {
    if (signal.aborted) return;
    if (!response.write(piece)) await once(response, "drain", { signal }).catch(() => undefined);
  }
}

export function sendError(response: ServerResponse, error: PipelineError, scrub: (text: string) => string): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const body = Buffer.from(JSON.stringify(toSocketError(error, scrub)));
  response.writeHead(statusOf(error.code), { "content-type": "application/json", "content-length": body.length }).end(body);
}
