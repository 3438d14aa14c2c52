import { ConnectorError } from "@headgate/connector-kit";
import type { RegistryConfig } from "./registry-config.ts";

/** A Confluent-compatible schema registry: the ids that messages carry, and their schemas. */
export interface SchemaRegistry {
  /** The schema of an id, as JSON text. @throws ConnectorError `retryable` | `fatal` (the registry does not know it) */
  schemaOf(id: number, signal?: AbortSignal): Promise<string>;
  /** Gives the id of a schema under a subject, which it is added to when new. @throws ConnectorError `retryable` | `fatal` */
  register(subject: string, schema: string, signal?: AbortSignal): Promise<number>;
}

const contentType = "application/vnd.schemaregistry.v1+json";
const tag = "schema_registry";

/** Speaks to the first of the registry's addresses that answers. */
export function createSchemaRegistry(config: RegistryConfig): SchemaRegistry {
  const { headers, timeoutMilliseconds, urls } = config;

  async function ask(path: string, init: RequestInit, signal: AbortSignal | undefined): Promise<Readonly<Record<string, unknown>>> {
    let failure: ConnectorError | undefined;
    for (const url of urls) {
      try {
        return await askOne(url, path, init, signal);
      } catch (error) {
        signal?.throwIfAborted();
        if (!(error instanceof ConnectorError) || error.code !== "retryable") throw error;
        failure = error;
      }
    }
    throw failure ?? new ConnectorError("fatal", "no address of a schema registry is given", { tag });
  }

  async function askOne(
    url: string,
    path: string,
    init: RequestInit,
    signal: AbortSignal | undefined,
  ): Promise<Readonly<Record<string, unknown>>> {
    const timeout = AbortSignal.timeout(timeoutMilliseconds);
    let status: number;
    let text: string;
    try {
      const reply = await fetch(url + path, {
        ...init,
        headers: { ...headers, accept: contentType, "content-type": contentType },
        signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
      });
      ({ status } = reply);
      text = await reply.text();
    } catch (cause) {
      throw new ConnectorError("retryable", `the schema registry at ${origin(url)} cannot be reached: ${reason(cause)}`, { cause, tag });
    }
    const body = parseObject(text);
    if (status >= 200 && status < 300 && body !== undefined) return body;
    const told = typeof body?.["message"] === "string" ? body["message"].slice(0, 500) : `status ${status}`;
    const passing = status >= 500 || status === 408 || status === 429 || status < 300;
    throw new ConnectorError(passing ? "retryable" : "fatal", `the schema registry at ${origin(url)} answers ${status}: ${told}`, { tag });
  }

  return {
    async schemaOf(id, signal) {
      const { references, schema, schemaType } = await ask(`/schemas/ids/${id}`, { method: "GET" }, signal);
      const kind = typeof schemaType === "string" ? schemaType : "AVRO";
      if (kind !== "AVRO" || typeof schema !== "string")
        throw new ConnectorError("fatal", `schema ${id} of the registry is ${kind}, not AVRO`, { tag });
      if (Array.isArray(references) && references.length > 0) {
        throw new ConnectorError(
          "fatal",
          `schema ${id} of the registry refers to others, which is not supported: register it in one piece`,
          { tag },
        );
      }
      return schema;
    },
    async register(subject, schema, signal) {
      const body = JSON.stringify({ schema });
      const { id } = await ask(`/subjects/${encodeURIComponent(subject)}/versions`, { method: "POST", body }, signal);
      if (Number.isInteger(id)) return id as number;
      throw new ConnectorError("retryable", `the schema registry gave no id for the subject "${subject}"`, { tag });
    },
  };
}

/** An address without what may be secret in it. */
const origin = (url: string): string => URL.parse(url)?.origin ?? "its address";

function reason(error: unknown): string {
  const { cause, message } = error as { readonly cause?: unknown; readonly message?: unknown };
  const inner = cause as { readonly code?: unknown; readonly message?: unknown } | undefined;
  return String(inner?.code ?? inner?.message ?? message ?? error);
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
