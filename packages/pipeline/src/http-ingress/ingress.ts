import { createHash } from "node:crypto";
import type { ParsedBatches, ParseError, Parser } from "@headgate/connector-kit";
import { PipelineError } from "../errors.ts";
import { describeParseError } from "../input-connector/pull-loop.ts";
import type { InputConnector } from "../input-connector/input-connector.ts";
import { bindParser, findTable, schemaOf } from "../runtime/bind.ts";
import type { Pipeline } from "../runtime/pipeline.ts";
import { booleanParam, formatConfig } from "../socket/params.ts";
import type { Token } from "../socket/protocol.ts";
import { ingressEndpoint } from "./ingress-endpoint.ts";

/** One ingress request. */
export interface IngressRequest {
  readonly table: string;
  readonly query: URLSearchParams;
  readonly body: AsyncIterable<Uint8Array>;
  /** The client went away, or the pipeline stops. */
  readonly signal: AbortSignal;
}

const maxEndpoints = 1000;
const maxListedErrors = 1000;
const ownParams = new Set(["format", "force"]);

/** Feeds a request's body into a table. Good records are kept whatever stands beside them. */
export async function ingest(pipeline: Pipeline, { table, query, body, signal }: IngressRequest): Promise<Token> {
  const force = booleanParam(query, "force");
  const format = { name: query.get("format") ?? "csv", config: formatConfig(query, ownParams) };
  const { input, parser } = open(pipeline, table, format);
  const gate = (): Promise<void> => permission(pipeline, input, force, signal);
  const errors: ParseError[] = [];
  let errorCount = 0;
  const take = async (batches: ParsedBatches): Promise<void> => {
    for await (const { batch, bytes, errors: bad } of batches) {
      await gate();
      for (const error of bad) {
        input.parseErrors.add(describeParseError(error), error.tag);
        if (errors.length < maxListedErrors) errors.push(error);
      }
      errorCount += bad.length;
      input.enqueue(batch, bytes);
    }
  };
  try {
    await gate();
    for await (const bytes of body) {
      signal.throwIfAborted();
      await take(parser.push(bytes));
    }
    // A body that broke off is not finished: its last, half record must not be read as a whole one.
    signal.throwIfAborted();
    await take(parser.finish());
  } finally {
    await parser.close?.();
  }
  // Law 1: what the answer acknowledges is durable, the good records beside bad ones too.
  await pipeline.durable?.synced();
  if (errorCount > 0) throw parseErrors(errorCount, errors);
  return pipeline.completionToken(input.name);
}

function open(
  pipeline: Pipeline,
  table: string,
  format: { name: string; config: Record<string, unknown> },
): { input: InputConnector; parser: Parser } {
  const { program, registry, scratchDirectory } = pipeline.parts;
  const relation = findTable(program, table);
  if (relation === undefined) {
    const text = `There is no table '${table}' in this pipeline.`;
    throw new PipelineError("ConfigError.UnknownInputStream", text, { stream_name: table });
  }
  const sorted = Object.fromEntries(Object.entries(format.config).sort(([a], [b]) => (a < b ? -1 : 1)));
  const hash = createHash("sha256")
    .update(JSON.stringify([format.name, sorted]))
    .digest("hex")
    .slice(0, 16);
  const name = `${table}.api-ingress-${hash}`;
  const createParser = bindParser(name, format, schemaOf(relation), registry);
  const existing = pipeline.inputs.get(name);
  if (existing === undefined && pipeline.inputs.size >= maxEndpoints) {
    const text = `The pipeline already has ${String(maxEndpoints)} input endpoints: use fewer different format configurations.`;
    throw new PipelineError("ApiConnectionLimit", text, { limit: maxEndpoints });
  }
  const input = existing ?? pipeline.addInput(name, ingressEndpoint(table, format));
  return { input, parser: createParser(scratchDirectory) };
}

/** Waits while the pipeline or the endpoint is paused (unless forced), and while the queue is full. */
async function permission(pipeline: Pipeline, input: InputConnector, force: boolean, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const seen = input.changed.version;
    if ((force || (pipeline.running && !input.paused)) && !input.full) return;
    await input.changed.wait(seen, { signal });
  }
}

function parseErrors(count: number, errors: readonly ParseError[]): PipelineError {
  const listed = errors.map((error) => ({
    description: error.description,
    event_number: error.eventNumber ?? null,
    field: error.field ?? null,
    invalid_bytes: error.invalidBytes === undefined ? null : [...error.invalidBytes],
    invalid_text: error.invalidText ?? null,
    suggestion: error.suggestion ?? null,
    tag: error.tag ?? null,
  }));
  const first = errors.slice(0, 10).map((error) => `\n${describeParseError(error)}`);
  const text = `Errors parsing input data (${String(count)} errors):${first.join("")}${count > first.length ? "\n…" : ""}`;
  return new PipelineError("ParseErrors", text, { num_errors: count, errors: listed });
}
