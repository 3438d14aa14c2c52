import {
  ConnectorError,
  type ConnectorRegistry,
  type Encoder,
  type EncoderTarget,
  type InputContext,
  type InputTransport,
  type OutputContext,
  type OutputTransport,
  type Parser,
  type TableSchema,
} from "@headgate/connector-kit";
import type { Index, Program, Relation, Table, View } from "@headgate/engine";
import type { ConnectorConfig, EndpointConfig } from "../connector-config.ts";
import { messageOf, PipelineError } from "../errors.ts";
import type { ConfigErrorKind } from "../socket/protocol.ts";

/** An input connector whose configuration has been read, not yet created. */
export interface BoundInput {
  readonly schema: TableSchema;
  /** False for transports that give changes themselves. */
  readonly parsed: boolean;
  readonly createTransport: (context: Omit<InputContext, "schema">) => InputTransport;
  readonly createParser: (scratchDirectory: string) => Parser | undefined;
}

/** An output connector whose configuration has been read, not yet created. */
export interface BoundOutput {
  readonly schema: TableSchema;
  /** The sink's life begins with a snapshot, which replaces what it holds. */
  readonly snapshotFirst: boolean;
  /** Transport and place, when only one connector may write there. */
  readonly destination: string | undefined;
  readonly createTransport: (context: Omit<OutputContext, "schema">) => OutputTransport;
  readonly createEncoder: () => Encoder | undefined;
}

/** The schema of a table or view as formats see it. */
export const schemaOf = (relation: Table | View): TableSchema => ({
  name: relation.name,
  fields: relation.fields,
  primaryKey: relation.kind === "table" ? relation.primaryKey : undefined,
  appendOnly: relation.kind === "table" && relation.appendOnly,
});

export const findTable = (program: Program, name: string): Table | undefined =>
  program.tables.find((t) => t.name === name && t.internal !== true);
export const findRelation = (program: Program, name: string): (Relation & (Table | View)) | undefined =>
  findTable(program, name) ?? program.views.find((view) => view.name === name && !view.local);

/** @throws PipelineError with the published `ConfigError.*` code. */
export function bindInput(endpoint: string, config: EndpointConfig, program: Program, registry: ConnectorRegistry): BoundInput {
  const table = findTable(program, config.stream);
  if (table === undefined) throw fault("UnknownInputStream", endpoint, `there is no table '${config.stream}'`);
  const transport = registry.inputTransports.get(config.transport.name);
  if (transport === undefined) {
    throw fault("UnknownInputTransport", endpoint, `there is no input transport '${config.transport.name}'`);
  }
  const schema = schemaOf(table);
  const transportConfig = parse("InvalidTransportConfig", endpoint, () => transport.parseConfig(config.transport.config ?? {}));
  const createTransport = (context: Omit<InputContext, "schema">): InputTransport =>
    transport.create(transportConfig, { ...context, schema });
  const format = config.format ?? undefined;
  if (transport.format === "none") {
    // Such a transport gives rows, not bytes: a format would be silently ignored.
    if (format !== undefined) throw fault("InputFormatNotSupported", endpoint, `'${transport.name}' takes no format: remove it`);
    return { schema, parsed: false, createTransport, createParser: () => undefined };
  }
  if (format === undefined) {
    throw fault("InputFormatNotSpecified", endpoint, `'${transport.name}' needs a format, for example {"name": "json"}`);
  }
  const createParser = bindParser(endpoint, format, schema, registry);
  return { schema, parsed: true, createTransport, createParser };
}

/** Reads a format for input. @throws PipelineError `ConfigError.UnknownInputFormat` | `ConfigError.ParserConfigParseError` */
export function bindParser(
  endpoint: string,
  format: { readonly name: string; readonly config?: unknown },
  schema: TableSchema,
  registry: ConnectorRegistry,
): (scratchDirectory: string) => Parser {
  const definition = registry.inputFormats.get(format.name);
  if (definition === undefined) {
    throw fault("UnknownInputFormat", endpoint, `unknown input format '${format.name}'; expected one of: ${names(registry.inputFormats)}`);
  }
  const config = parse("ParserConfigParseError", endpoint, () => definition.parseConfig(format.config ?? {}, schema));
  return (scratchDirectory) => definition.createParser(config, schema, { scratchDirectory });
}

/** @throws PipelineError with the published `ConfigError.*` code. */
export function bindOutput(endpoint: string, config: EndpointConfig, program: Program, registry: ConnectorRegistry): BoundOutput {
  const relation = findRelation(program, config.stream);
  if (relation === undefined) throw fault("UnknownOutputStream", endpoint, `there is no table or view '${config.stream}'`);
  assertSnapshotPossible(endpoint, config, relation);
  const index = assertIndexUsable(endpoint, config, relation, program, registry);
  const transport = registry.outputTransports.get(config.transport.name);
  if (transport === undefined) {
    throw fault("UnknownOutputTransport", endpoint, `there is no output transport '${config.transport.name}'`);
  }
  const schema = schemaOf(relation);
  const transportConfig = parse("InvalidTransportConfig", endpoint, () => transport.parseConfig(config.transport.config ?? {}));
  const place = transport.destination?.(transportConfig);
  const destination = place === undefined ? undefined : `${transport.name} ${place}`;
  const createTransport =
    (keyed: boolean) =>
    (context: Omit<OutputContext, "schema">): OutputTransport =>
      transport.create(transportConfig, { ...context, schema, keyed });
  const format = config.format ?? undefined;
  const snapshotFirst = config.send_snapshot;
  if (format === undefined) {
    if (transport.format === "required") {
      throw fault("OutputFormatNotSpecified", endpoint, `'${transport.name}' needs a format, for example {"name": "json"}`);
    }
    return { schema, snapshotFirst, destination, createTransport: createTransport(false), createEncoder: () => undefined };
  }
  const encoding = bindEncoding(endpoint, format, schema, registry, { topic: transport.topic?.(transportConfig), index });
  const { createEncoder } = encoding;
  return { schema, snapshotFirst, destination, createTransport: createTransport(encoding.keyed), createEncoder };
}

/** Two connectors that write to one place would destroy each other's content. @throws PipelineError `ConfigError.InvalidTransportConfig` */
export function assertDestinationsDiffer(outputs: readonly { readonly name: string; readonly bound: BoundOutput }[]): void {
  const owners = new Map<string, string>();
  for (const { name, bound } of outputs) {
    if (bound.destination === undefined) continue;
    const owner = owners.get(bound.destination);
    if (owner !== undefined) {
      throw fault("InvalidTransportConfig", name, `it writes to the same place as '${owner}' (${bound.destination}); give each its own`);
    }
    owners.set(bound.destination, name);
  }
}

/** Reads a format for output. @throws PipelineError `ConfigError.UnknownOutputFormat` | `….EncoderConfigParseError` | `….OutputFormatNotSupported` */
export function bindEncoder(
  endpoint: string,
  format: { readonly name: string; readonly config?: unknown },
  schema: TableSchema,
  registry: ConnectorRegistry,
): () => Encoder {
  return bindEncoding(endpoint, format, schema, registry, {}).createEncoder;
}

function bindEncoding(
  endpoint: string,
  format: { readonly name: string; readonly config?: unknown },
  schema: TableSchema,
  registry: ConnectorRegistry,
  target: EncoderTarget,
): { readonly createEncoder: () => Encoder; readonly keyed: boolean } {
  const definition = registry.outputFormats.get(format.name);
  if (definition === undefined) {
    throw fault(
      "UnknownOutputFormat",
      endpoint,
      `unknown output format '${format.name}'; expected one of: ${names(registry.outputFormats)}`,
    );
  }
  const config = parse("EncoderConfigParseError", endpoint, () => definition.parseConfig(format.config ?? {}, schema, target));
  return {
    createEncoder: () => definition.createEncoder(config, schema, target),
    keyed: target.topic !== undefined && definition.keyed?.(config) === true,
  };
}

/** @throws PipelineError `ConfigError.InvalidTransportConfig` */
export function assertSnapshotPossible(endpoint: string, config: { readonly send_snapshot: boolean }, relation: Relation): void {
  if (!config.send_snapshot || relation.materialized) return;
  const text = `'send_snapshot: true' requires a materialized output view: declare '${relation.name}' as MATERIALIZED`;
  throw fault("InvalidTransportConfig", endpoint, text);
}

/** The index that a connector names. @throws PipelineError `ConfigError.UnknownIndex` | `ConfigError.InvalidEncoderConfig` */
export function assertIndexUsable(
  endpoint: string,
  config: ConnectorConfig,
  relation: Relation,
  program: Program,
  registry: ConnectorRegistry,
): Index | undefined {
  const { format, index: name } = config;
  if (name === null || name === undefined) return undefined;
  const index = program.indexes.find((candidate) => candidate.name === name && candidate.relation === relation.name);
  if (index === undefined) throw fault("UnknownIndex", endpoint, `there is no index '${name}' on '${relation.name}'`);
  const definition = registry.outputFormats.get(format?.name ?? "");
  if (definition !== undefined && definition.indexed !== true) {
    throw fault("InvalidEncoderConfig", endpoint, `format '${definition.name}' has no use for an index: remove '"index": "${name}"'`);
  }
  return index;
}

const names = (map: ReadonlyMap<string, unknown>): string => [...map.keys()].sort().join(", ");

const fault = (kind: ConfigErrorKind, endpoint: string, text: string): PipelineError =>
  new PipelineError(`ConfigError.${kind}`, `${endpoint}: ${text}`, { endpoint_name: endpoint, error: text });

function parse<T>(kind: ConfigErrorKind, endpoint: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof ConnectorError && error.code === "not_supported" && kind === "EncoderConfigParseError") {
      throw fault("OutputFormatNotSupported", endpoint, messageOf(error));
    }
    if (error instanceof ConnectorError) throw fault(kind, endpoint, messageOf(error));
    throw error;
  }
}
