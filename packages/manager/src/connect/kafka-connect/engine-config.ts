import type { ConnectorConfig } from "../api.ts";
import type { PluginClasses } from "../core/plugin-classes.ts";
import { isMask, isSecret, mask } from "../core/secrets.ts";

/** Keys of the dialect that Kafka Connect has no use for: they are kept here and given back. */
const held =
  /^(kafka\.(api\.(key|secret)|auth\.mode|service\.account\.id|endpoint|region|deployment\.type)|cloud\.(environment|provider)|confluent\.(connector\.type|custom\..*))$/;

/** A configuration in two parts: what the engine gets, and what is only kept. */
export interface SplitConfig {
  readonly engine: ConnectorConfig;
  readonly held: ConnectorConfig;
}

/** Takes a configuration of the dialect apart. Secrets that the engine does not get are not kept either, only that there was one. */
export function splitConfig(config: ConnectorConfig, classes: PluginClasses): SplitConfig {
  const entries = Object.entries(config);
  const engine = Object.fromEntries(entries.filter(([key]) => !held.test(key)));
  const kept = entries.filter(([key]) => held.test(key)).map(([key, value]) => [key, isSecret(key, value) ? mask : value] as const);
  const name = engine["connector.class"];
  if (name === undefined) return { engine, held: Object.fromEntries(kept) };
  const javaClass = classes.toJava(name);
  // Given back as it was given, so that whoever compares does not see a change.
  const given = javaClass === name ? {} : { "connector.class": name };
  return { engine: { ...engine, "connector.class": javaClass }, held: { ...Object.fromEntries(kept), ...given } };
}

/** What the dialect has in every configuration that is read. */
export interface ReadBack {
  readonly environment: string;
  readonly cluster: string;
  readonly more: ConnectorConfig;
}

/** The configuration of the dialect again: the engine's, what was kept, and what is always there. Secrets of the engine's are not masked yet. */
export function joinConfig(engine: ConnectorConfig, kept: ConnectorConfig, { environment, cluster, more }: ReadBack): ConnectorConfig {
  const credentials = kept["kafka.auth.mode"] === "SERVICE_ACCOUNT" ? {} : { "kafka.api.key": mask, "kafka.api.secret": mask };
  return {
    "cloud.provider": "self-managed",
    "kafka.endpoint": `kafka-connect://${environment}/${cluster}`,
    "kafka.region": "local",
    ...more,
    ...credentials,
    ...engine,
    ...kept,
    "cloud.environment": environment,
  };
}

/** A configuration as the engine tells it, without the nulls that it may hold. */
export function textConfig(config: Readonly<Record<string, string | null>>): ConnectorConfig {
  return Object.fromEntries(Object.entries(config).filter((entry): entry is [string, string] => entry[1] !== null));
}

/** Whether a masked value is of a key that the engine never had, and so needs no value of before. */
export function isHeldMask(key: string, value: string): boolean {
  return held.test(key) && isMask(value);
}
