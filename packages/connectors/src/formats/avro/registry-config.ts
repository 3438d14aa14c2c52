import { ConnectorError } from "@headgate/connector-kit";
import type { ConfigFields } from "../config-fields.ts";

/** How a schema registry is reached. */
export interface RegistryConfig {
  readonly urls: readonly string[];
  /** Sent with each request; may hold secrets. */
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMilliseconds: number;
}

/** Reads the `registry_…` fields; undefined without `registry_urls`. @throws ConnectorError `invalid_config` */
export function parseRegistryConfig(fields: ConfigFields): RegistryConfig | undefined {
  const urls = parseUrls(fields.value("registry_urls"));
  const headers = parseHeaders(fields.value("registry_headers"));
  const username = fields.text("registry_username");
  const password = secretText(fields, "registry_password");
  const token = secretText(fields, "registry_authorization_token");
  const timeout = fields.count("registry_timeout_secs", 10);
  if (fields.value("registry_proxy") !== undefined) throw invalid('"registry_proxy" is not supported: give the registry\'s own address');
  const asked = username ?? password ?? token ?? (Object.keys(headers).length > 0 ? "" : undefined);
  if (urls.length === 0) {
    if (asked !== undefined) throw invalid('"registry_…" fields need "registry_urls"');
    return undefined;
  }
  if (token !== undefined && (username !== undefined || password !== undefined)) {
    throw invalid('"registry_authorization_token" and "registry_username" exclude each other: give one of them');
  }
  if (password !== undefined && username === undefined) throw invalid('"registry_password" needs "registry_username"');
  const authorization = token !== undefined ? `Bearer ${token}` : username === undefined ? undefined : basic(username, password ?? "");
  return { urls, headers: authorization === undefined ? headers : { ...headers, authorization }, timeoutMilliseconds: timeout * 1000 };
}

const basic = (username: string, password: string): string => `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;

function parseUrls(given: unknown): readonly string[] {
  if (given === undefined) return [];
  if (!Array.isArray(given)) throw invalid('expected "registry_urls" to be a list of addresses, such as ["http://localhost:8081"]');
  return given.map((url: unknown) => {
    if (typeof url !== "string" || !/^https?:$/.test(URL.parse(url)?.protocol ?? "")) {
      throw invalid('expected "registry_urls" to hold addresses that begin with http:// or https://');
    }
    return url.replace(/\/+$/, "");
  });
}

function parseHeaders(given: unknown): Readonly<Record<string, string>> {
  if (given === undefined) return {};
  const entries = typeof given === "object" && given !== null && !Array.isArray(given) ? Object.entries(given) : undefined;
  if (entries?.every((entry): entry is [string, string] => typeof entry[1] === "string") === true) return Object.fromEntries(entries);
  // Invariant 7: headers may be secrets, so what was given is not shown.
  throw invalid('expected "registry_headers" to be an object of strings');
}

function secretText(fields: ConfigFields, name: string): string | undefined {
  const value = fields.value(name);
  if (value === undefined || typeof value === "string") return value;
  throw invalid(`expected "${name}" to be a string, found a ${typeof value}`);
}

const invalid = (message: string): ConnectorError => new ConnectorError("invalid_config", `format "avro": ${message}`);
