import { readAttributes } from "../compile/attributes.ts";
import type { ConnectorConfig } from "../connector-config.ts";
import { booleanParam, formatConfig, invalidParam } from "../socket/params.ts";

/** What an egress request asks for. */
export interface EgressRequest {
  readonly format: "json" | "csv";
  readonly backpressure: boolean;
  readonly config: ConnectorConfig;
}

const ownParams = new Set(["format", "backpressure", "send_snapshot", "array"]);
const badFormat = "Format must be configured as `csv` or `json`";

/** Reads the query parameters or the JSON body; the two ways of configuring do not mix. @throws PipelineError `InvalidParam` */
export function readEgressRequest(query: URLSearchParams, body: string): EgressRequest {
  return body.trim() === "" ? fromQuery(query) : fromBody(query, body);
}

function fromQuery(query: URLSearchParams): EgressRequest {
  const format = supported(query.get("format") ?? "csv");
  const options = formatConfig(query, ownParams);
  // With query parameters the stream is always made of arrays, whatever the client sent.
  const config = format === "json" ? { ...options, array: true } : options;
  return {
    format,
    backpressure: booleanParam(query, "backpressure"),
    config: connectorConfig({ format: { name: format, config }, send_snapshot: booleanParam(query, "send_snapshot") }),
  };
}

function fromBody(query: URLSearchParams, body: string): EgressRequest {
  if (query.has("format") || query.has("backpressure")) {
    throw invalidParam("Can't mix configuration between JSON body and query parameters");
  }
  const json = parseObject(body);
  const transport = json["transport"];
  if (transport !== undefined && (transport as { name?: unknown } | null)?.name !== "http_output") {
    throw invalidParam("the transport of an egress request must be 'http_output'");
  }
  const config = connectorConfig(query.has("send_snapshot") ? { ...json, send_snapshot: booleanParam(query, "send_snapshot") } : json);
  const format = supported(config.format?.name);
  const formatOptions = config.format?.config as Record<string, unknown> | undefined;
  if (format === "json" && formatOptions?.["array"] !== true) {
    throw invalidParam('json format of an egress request must be configured with `"array": true`');
  }
  const transportOptions = (transport as { config?: { backpressure?: unknown } } | undefined)?.config;
  return { format, backpressure: transportOptions?.backpressure === true, config };
}

function parseObject(body: string): Record<string, unknown> {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    throw invalidParam("the request body is not valid JSON");
  }
  if (typeof json !== "object" || json === null || Array.isArray(json)) throw invalidParam("the request body must be a JSON object");
  return json as Record<string, unknown>;
}

function supported(format: string | undefined): "json" | "csv" {
  if (format === "json" || format === "csv") return format;
  throw invalidParam(badFormat);
}

function connectorConfig(json: Record<string, unknown>): ConnectorConfig {
  const attributes = readAttributes({ ...json, transport: { name: "http_output" } }, "output");
  if (!attributes.ok) throw invalidParam(attributes.problems.join("; "));
  return attributes.config;
}
