import { misplacedOn, type ConnectorConfig as DeclaredConfig } from "@headgate/pipeline";
import type { ConnectorConfig } from "../api.ts";
import { maskConfig, secretsOf } from "../core/secrets.ts";

/** What the dialect wants in every configuration, and a connector of a pipeline does not have. */
const augmented = { "cloud.provider": "headgate", "kafka.endpoint": "", "kafka.region": "" } as const;

/**
 * A connector as its program declares it, as the flat map of the dialect: `transport.config.path` for a field of the transport. Secrets are
 * masked; references to secrets (`${env:NAME}`) too, where the field's name tells of one. Attributes of the other side are left out: what was
 * read would not pass for a configuration otherwise.
 */
export function toFlatConfig(
  name: string,
  type: "source" | "sink",
  declared: DeclaredConfig,
): { readonly config: ConnectorConfig; readonly secrets: readonly string[] } {
  const { transport, ...attributes } = declared;
  const misplaced = misplacedOn[type === "source" ? "input" : "output"];
  const rest = Object.fromEntries(Object.entries(attributes).filter(([key]) => !misplaced.has(key)));
  const flat = Object.fromEntries(flatten({ transport: { config: transport.config ?? {} }, ...rest }, ""));
  const own = { "connector.class": transport.name, name, "tasks.max": "1" };
  return { config: { "cloud.environment": "default", ...augmented, ...own, ...maskConfig(flat) }, secrets: secretsOf(flat) };
}

function flatten(value: unknown, path: string): readonly (readonly [string, string])[] {
  if (value === null || value === undefined) return [];
  if (typeof value === "object" && !Array.isArray(value)) {
    return Object.entries(value).flatMap(([key, item]) => flatten(item, path === "" ? key : `${path}.${key}`));
  }
  return [[path, typeof value === "string" ? value : JSON.stringify(value)]];
}

/** Keys of the dialect that say nothing about the connector of a program. */
const foreign = /^(name|connector\.class|tasks\.max|cloud\..*|kafka\..*|confluent\..*|stream)$/;

/** The other way round: what a flat configuration would be in a program. Values that are JSON numbers, booleans or lists are those. */
export function toDeclaredConfig(transport: string, config: ConnectorConfig): Readonly<Record<string, unknown>> {
  const declared: Record<string, unknown> = {};
  for (const [key, text] of Object.entries(config)) {
    if (!foreign.test(key)) place(declared, key.split("."), typed(text));
  }
  const { transport: given, ...rest } = declared;
  return { ...rest, transport: { ...(isRecord(given) ? given : {}), name: transport } };
}

function place(into: Record<string, unknown>, [head = "", ...rest]: readonly string[], value: unknown): void {
  const inner = Object.hasOwn(into, head) ? into[head] : undefined;
  const next = rest.length === 0 ? value : isRecord(inner) ? inner : {};
  // Not by assignment, which "__proto__" would turn into something else.
  Object.defineProperty(into, head, { value: next, enumerable: true, configurable: true, writable: true });
  if (rest.length > 0) place(next as Record<string, unknown>, rest, value);
}

function typed(text: string): unknown {
  if (!/^(true|false|-?\d+(\.\d+)?|\[.*\])$/s.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
