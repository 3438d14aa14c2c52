import { ClientError } from "./errors.ts";
import { createApiKeys, type ApiKeys } from "./resources/api-keys.ts";
import { createCheckpoints, type Checkpoints } from "./resources/checkpoints.ts";
import { createConnect, type Connect } from "./resources/connect.ts";
import { createConfig, createValidateProgram, type Config, type ValidateProgram } from "./resources/config.ts";
import { createConnectors, type Connectors } from "./resources/connectors.ts";
import { createEgress, type Egress } from "./resources/egress.ts";
import { createIngress, type Ingress } from "./resources/ingress.ts";
import { createOutputs, type Outputs } from "./resources/outputs.ts";
import { createPipelines, type Pipelines } from "./resources/pipelines.ts";
import { createQueries, type Queries } from "./resources/query.ts";
import { defaultRetry, type RetryOptions } from "./retry-delay.ts";
import type { Fetch, RetryNotice } from "./retrying-fetch.ts";
import { createTransport, type RawClient } from "./transport.ts";

export interface ClientOptions {
  /** Root of the server, such as `http://127.0.0.1:8080`. */
  readonly baseUrl: string;
  /** Sent as bearer token; a function is asked before each call. */
  readonly apiKey?: string | (() => string | Promise<string>) | undefined;
  /** Takes the place of the runtime's own `fetch`. */
  readonly fetch?: Fetch | undefined;
  /** What is left out keeps its default: 2 retries, from 500 ms up to 30 s apart. */
  readonly retry?: Partial<RetryOptions> | undefined;
  /** Deadline of a call, retries included. Default: 60 s. Ingress has none of its own. */
  readonly timeoutMs?: number | undefined;
  readonly onRetry?: ((notice: RetryNotice) => void) | undefined;
}

/** A Headgate server, as its contract describes it. */
export interface Client extends Queries, Ingress {
  readonly pipelines: Pipelines;
  readonly checkpoints: Checkpoints;
  readonly connectors: Connectors;
  readonly outputs: Outputs;
  /** The Connect dialect: the connectors of pipelines, and of Kafka Connect clusters, in the published cloud's words. */
  readonly connect: Connect;
  readonly apiKeys: ApiKeys;
  readonly config: Config;
  readonly egress: Egress;
  readonly validateProgram: ValidateProgram;
  readonly raw: RawClient;
}

/** Makes a client of one server. It holds no connection and nothing has to be closed. */
export function createClient(options: ClientOptions): Client {
  const transport = createTransport({
    baseUrl: checkedBaseUrl(options.baseUrl),
    apiKey: options.apiKey,
    timeoutMs: options.timeoutMs ?? 60_000,
    fetch: options.fetch ?? ((request) => globalThis.fetch(request)),
    retry: { ...defaultRetry, ...options.retry },
    onRetry: options.onRetry,
  });
  const connectors = createConnectors(transport);
  return {
    pipelines: createPipelines(transport),
    checkpoints: createCheckpoints(transport),
    connectors,
    outputs: createOutputs(transport),
    connect: createConnect(transport),
    apiKeys: createApiKeys(transport),
    config: createConfig(transport),
    ...createIngress(transport, connectors),
    egress: createEgress(transport),
    ...createQueries(transport),
    validateProgram: createValidateProgram(transport),
    raw: transport.raw,
  };
}

function checkedBaseUrl(baseUrl: string): string {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (url?.protocol !== "http:" && url?.protocol !== "https:") {
    throw new ClientError("invalid_argument", `baseUrl must be an absolute http or https URL, but is ${JSON.stringify(baseUrl)}.`);
  }
  // The URL itself is not repeated here, since it holds a secret.
  if (url.username !== "" || url.password !== "") {
    throw new ClientError("invalid_argument", "baseUrl must not hold a user name or password. Pass a key as apiKey.");
  }
  if (url.search !== "" || url.hash !== "") {
    throw new ClientError("invalid_argument", "baseUrl must not hold a query or a fragment.");
  }
  return url.href.replace(/\/+$/, "");
}
