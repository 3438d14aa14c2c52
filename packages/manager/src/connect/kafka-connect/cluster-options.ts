import { StartupError } from "../../startup-error.ts";
import type { ConnectorConfig } from "../api.ts";
import { embeddedEnvironment } from "../embedded/environment.ts";

/** One Apache Kafka Connect cluster, and how it is addressed here. */
export interface ConnectClusterOptions {
  readonly environment: string;
  readonly cluster: string;
  /** Of its workers' REST interfaces; any of them may be asked. */
  readonly urls: readonly string[];
  readonly username?: string;
  readonly password?: string;
  /** PEM certificates that the workers' own may be signed by. */
  readonly ca?: string;
  /** More short names of plugins: Cloud's name → Java class. */
  readonly classes?: Readonly<Record<string, string>>;
  /** What the dialect wants in a configuration that is read: `cloud.provider`, `kafka.endpoint`, `kafka.region`. */
  readonly readBack?: ConnectorConfig;
}

/** What a configuration is read with; tests give their own. */
export interface ConfigSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly readFile: (path: string) => string;
}

const fields = ["environment", "cluster", "urls", "username", "password", "password_env", "ca_file", "classes", "read_back"] as const;
const name = /^[A-Za-z0-9._~-]{1,255}$/;

/**
 * Reads a configuration of clusters: `{"clusters": [{"environment", "cluster", "urls", …}]}`, see docs/connect.md.
 * @throws StartupError `InvalidConnectConfig` naming the field, what was expected and what was given
 */
export function parseConnectClusters(value: unknown, sources: ConfigSources): readonly ConnectClusterOptions[] {
  const clusters = isRecord(value) ? value["clusters"] : undefined;
  if (!Array.isArray(clusters)) throw invalid("clusters", "a list of clusters", clusters);
  const parsed = clusters.map((one: unknown, index) => parseCluster(one, `clusters[${String(index)}]`, sources));
  assertDistinct(parsed);
  return parsed;
}

/** Reads `environment/cluster=url,url`, the short form without credentials. @throws StartupError `InvalidConnectConfig` */
export function parseConnectCluster(text: string): ConnectClusterOptions {
  const match = /^([^/=]+)\/([^/=]+)=(.+)$/.exec(text);
  if (match === null) throw invalid("--connect-cluster", "environment/cluster=http://worker:8083,http://other:8083", text);
  const [, environment, cluster, urls = ""] = match;
  return parseCluster({ environment, cluster, urls: urls.split(",") }, "--connect-cluster", { env: {}, readFile: () => "" });
}

/** @throws StartupError `InvalidConnectConfig` when two clusters have one address */
export function assertDistinct(clusters: readonly ConnectClusterOptions[]): void {
  const seen = new Set<string>();
  for (const { environment, cluster } of clusters) {
    const address = `${environment}/${cluster}`;
    if (seen.has(address)) throw new StartupError("InvalidConnectConfig", `The Connect cluster ${address} is given twice; give it once.`);
    seen.add(address);
  }
}

function parseCluster(value: unknown, path: string, { env, readFile }: ConfigSources): ConnectClusterOptions {
  if (!isRecord(value)) throw invalid(path, "an object", value);
  const unknown = Object.keys(value).find((key) => !(fields as readonly string[]).includes(key));
  if (unknown !== undefined) {
    throw new StartupError("InvalidConnectConfig", `"${path}.${unknown}" is unknown; the fields are ${fields.join(", ")}.`);
  }
  const text = (key: (typeof fields)[number], hidden = false): string | undefined => {
    const given = value[key];
    if (given === undefined || (typeof given === "string" && given !== "")) return given;
    // Invariant 7: of a secret only its kind is told.
    throw invalid(`${path}.${key}`, "a non-empty string", hidden ? typeof given : given);
  };
  const address = (key: "environment" | "cluster"): string => {
    const given = text(key);
    if (given !== undefined && name.test(given)) return given;
    throw invalid(`${path}.${key}`, "1 to 255 letters, digits, '.', '_', '~' or '-'", given);
  };
  const environment = address("environment");
  if (environment === embeddedEnvironment) {
    throw new StartupError(
      "InvalidConnectConfig",
      `"${path}.environment" must not be '${embeddedEnvironment}', where the clusters are pipelines; give another name.`,
    );
  }
  return {
    environment,
    cluster: address("cluster"),
    urls: parseUrls(value["urls"], `${path}.urls`),
    ...defined("username", text("username")),
    ...defined("password", password(text("password", true), text("password_env"), path, env)),
    ...defined("ca", certificates(text("ca_file"), path, readFile)),
    ...defined("classes", words(value["classes"], `${path}.classes`)),
    ...defined("readBack", words(value["read_back"], `${path}.read_back`)),
  };
}

function parseUrls(value: unknown, path: string): readonly string[] {
  if (!Array.isArray(value) || value.length === 0) throw invalid(path, "a list of URLs", value);
  return value.map((url: unknown, index) => {
    const parsed = typeof url === "string" && URL.canParse(url.trim()) ? new URL(url.trim()) : undefined;
    if (parsed === undefined || !/^https?:$/.test(parsed.protocol)) throw invalid(`${path}[${String(index)}]`, "an http or https URL", url);
    if (parsed.username === "" && parsed.password === "") return parsed.href;
    throw new StartupError("InvalidConnectConfig", `"${path}[${String(index)}]" holds credentials; give them as username and password.`);
  });
}

function password(given: string | undefined, variable: string | undefined, path: string, env: ConfigSources["env"]): string | undefined {
  if (variable === undefined) return given;
  const value = env[variable];
  if (given === undefined && value !== undefined) return value;
  const why = given === undefined ? `the environment variable ${variable} is not set` : "a password is given too";
  throw new StartupError("InvalidConnectConfig", `"${path}.password_env" cannot be used: ${why}.`);
}

function certificates(file: string | undefined, path: string, readFile: ConfigSources["readFile"]): string | undefined {
  if (file === undefined) return undefined;
  try {
    return readFile(file);
  } catch (cause) {
    throw new StartupError("InvalidConnectConfig", `"${path}.ca_file" cannot be read: ${(cause as Error).message}`, { cause });
  }
}

function words(value: unknown, path: string): Readonly<Record<string, string>> | undefined {
  if (value === undefined) return undefined;
  if (isRecord(value) && Object.values(value).every((one) => typeof one === "string")) return value as Record<string, string>;
  throw invalid(path, "an object of strings", value);
}

function defined<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: V };
}

function invalid(path: string, wanted: string, given: unknown): StartupError {
  const told = given === undefined ? "is missing" : `is ${JSON.stringify(given)}`;
  return new StartupError(
    "InvalidConnectConfig",
    `The configuration of Connect clusters is wrong: "${path}" must be ${wanted}, but ${told}.`,
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
