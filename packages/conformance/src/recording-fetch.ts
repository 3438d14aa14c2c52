import { createCoverage, type Coverage } from "./coverage.ts";
import { createReplyCheck, type ReplyCheck } from "./reply-check.ts";
import { createReplySchemas } from "./reply-schemas.ts";
import { createRouteMatcher } from "./route-matcher.ts";
import type { Violation } from "./violation.ts";

/** A `fetch` that holds every reply to the contract, and keeps what was seen. */
export interface Recorder {
  readonly fetch: (request: Request) => Promise<Response>;
  readonly coverage: Coverage;
  /** Takes the violations found since the last time. A stream is checked as it is read. */
  readonly takeViolations: () => readonly Violation[];
}

/** Bodies of streams and replies beyond this many bytes are not held: they are checked as they pass. */
export function createRecorder(options: { readonly baseUrl: string; readonly fetch?: Recorder["fetch"] | undefined }): Recorder {
  const send = options.fetch ?? ((request: Request) => globalThis.fetch(request));
  const match = createRouteMatcher(new URL(options.baseUrl).pathname.replace(/\/+$/, ""));
  const schemas = createReplySchemas();
  const coverage = createCoverage();
  let violations: Violation[] = [];

  return {
    coverage,
    takeViolations: () => {
      const taken = violations;
      violations = [];
      return taken;
    },
    fetch: async (request) => {
      const response = await send(request);
      const id = match(request.method, new URL(request.url).pathname);
      if (id === undefined) {
        if (response.status >= 400)
          coverage.addCodes(
            await response
              .clone()
              .json()
              .catch(() => undefined),
          );
        return response;
      }
      const { status } = response;
      coverage.addReply(id, status);
      const report = (problems: readonly string[]) => {
        for (const message of problems) violations.push({ operation: id, status, message });
      };
      const check = createReplyCheck(schemas, id, response);
      report(check.head(response));
      if (check.record !== undefined && response.body !== null) return watched(response, check.record, report);
      if (isEndless(response)) return response;
      return await whole(response, check, report, coverage.addCodes);
    },
  };
}

const textual = /^(application\/json|text\/plain)$/;
/** Logs never end, and binary results are not ours to read: their heads were checked. */
function isEndless(response: Response): boolean {
  const mediaType = response.headers.get("content-type")?.split(";", 1)[0] ?? "";
  const measured = response.headers.has("content-length");
  return !measured && response.status < 300 && (mediaType === "text/plain" || (mediaType !== "" && !textual.test(mediaType)));
}

async function whole(
  response: Response,
  check: ReplyCheck,
  report: (problems: readonly string[]) => void,
  addCodes: (body: unknown) => void,
): Promise<Response> {
  const bytes = await response.arrayBuffer();
  const text = new TextDecoder().decode(bytes);
  report(check.body(text));
  if (response.headers.get("content-type")?.startsWith("application/json")) {
    try {
      addCodes(JSON.parse(text));
    } catch {
      // Reported by the check of the body.
    }
  }
  const { status, statusText, headers } = response;
  return new Response(bytes.byteLength === 0 ? null : bytes, { status, statusText, headers });
}

/** The same stream, each of its records checked on the way. */
function watched(response: Response, record: (line: string) => string[], report: (problems: readonly string[]) => void): Response {
  const decoder = new TextDecoder();
  let held = "";
  const checkLines = (text: string, last: boolean) => {
    const lines = (held + text).split("\n");
    held = last ? "" : (lines.pop() ?? "");
    for (const line of lines) if (line.trim() !== "") report(record(line));
  };
  const body = response.body?.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform: (piece, controller) => {
        checkLines(decoder.decode(piece, { stream: true }), false);
        controller.enqueue(piece);
      },
      flush: () => checkLines(decoder.decode(), true),
    }),
  );
  const { status, statusText, headers } = response;
  return new Response(body ?? null, { status, statusText, headers });
}
