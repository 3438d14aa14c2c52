import type { ConnectorRegistry } from "@headgate/connector-kit";
import type { CompilerMessage, Program, Property, Relation } from "@headgate/engine";
import type { EndpointConfig } from "../connector-config.ts";
import { bindInput, bindOutput } from "../runtime/bind.ts";
import { hasSecretReference } from "../secrets.ts";
import { messageOf } from "../errors.ts";
import { readAttributes, type Side } from "./attributes.ts";

/** The connectors of a program, and every complaint about them. */
export interface Declarations {
  readonly inputConnectors: Readonly<Record<string, EndpointConfig>>;
  readonly outputConnectors: Readonly<Record<string, EndpointConfig>>;
  readonly messages: readonly CompilerMessage[];
}

/** Implicit transports: the runtime makes them itself. */
const implicit = new Set(["http_input", "http_output", "ad_hoc_input", "adhoc_input", "clock_input"]);

/** Reads the `connectors` property of every relation. */
export function readDeclarations(program: Program, registry: ConnectorRegistry): Declarations {
  const messages: CompilerMessage[] = [];
  const inputConnectors: Record<string, EndpointConfig> = {};
  const outputConnectors: Record<string, EndpointConfig> = {};
  for (const table of program.tables) {
    Object.assign(inputConnectors, readRelation({ program, relation: table, side: "input", registry, messages }));
  }
  for (const view of program.views) {
    const property = view.properties["connectors"];
    if (view.local && property !== undefined) {
      messages.push(problem(property, `InvalidPropertyValue: view '${view.name}' is LOCAL: it has no output connectors`));
      continue;
    }
    Object.assign(outputConnectors, readRelation({ program, relation: view, side: "output", registry, messages }));
  }
  return { inputConnectors, outputConnectors, messages };
}

interface RelationContext {
  readonly program: Program;
  readonly relation: Relation;
  readonly side: Side;
  readonly registry: ConnectorRegistry;
  readonly messages: CompilerMessage[];
}

function readRelation(context: RelationContext): Record<string, EndpointConfig> {
  const { relation, messages } = context;
  const property = relation.properties["connectors"];
  if (property === undefined) return {};
  const list = parseList(property, relation.name, messages);
  const found: Record<string, EndpointConfig> = {};
  list.forEach((json, index) => {
    const attributes = readAttributes(json, context.side);
    const where = `connector ${String(index)} of '${relation.name}'`;
    if (!attributes.ok) {
      for (const text of attributes.problems) messages.push(problem(property, `InvalidPropertyValue: ${where}: ${text}`));
      return;
    }
    const name = attributes.name ?? `unnamed-${String(index)}`;
    const endpoint = `${relation.name}.${name}`;
    if (found[endpoint] !== undefined) {
      const text = `RelationConnectorNameCollision: '${relation.name}' has more than one connector named '${name}'`;
      messages.push(problem(property, text));
      return;
    }
    const config: EndpointConfig = { ...attributes.config, stream: relation.name };
    found[endpoint] = config;
    for (const key of attributes.unknown) messages.push(warning(property, `${endpoint}: attribute '${key}' is unknown and ignored`));
    const transportProblem = checkTransport(context, endpoint, config.transport.name);
    if (transportProblem !== undefined) messages.push(problem(property, transportProblem));
    else warnOfInitErrors(context, property, endpoint, config);
  });
  return found;
}

function parseList(property: Property, relation: string, messages: CompilerMessage[]): readonly unknown[] {
  try {
    const list: unknown = JSON.parse(property.value);
    if (Array.isArray(list)) return list;
    messages.push(problem(property, `InvalidPropertyValue: 'connectors' of '${relation}' must be a JSON array of connector objects`));
  } catch (error) {
    messages.push(problem(property, `InvalidPropertyValue: 'connectors' of '${relation}' is not valid JSON: ${messageOf(error)}`));
  }
  return [];
}

function checkTransport({ side, registry }: RelationContext, endpoint: string, name: string): string | undefined {
  const [own, other] =
    side === "input" ? [registry.inputTransports, registry.outputTransports] : [registry.outputTransports, registry.inputTransports];
  if (own.has(name)) return undefined;
  if (implicit.has(name)) return `InvalidPropertyValue: ${endpoint}: transport '${name}' is made by the runtime and cannot be declared`;
  if (other.has(name)) {
    return side === "input"
      ? `ExpectedInputConnector: ${endpoint}: a table needs an input connector, but '${name}' is an output transport`
      : `ExpectedOutputConnector: ${endpoint}: a view needs an output connector, but '${name}' is an input transport`;
  }
  const names = [...own.keys()].sort().join(", ");
  return `InvalidPropertyValue: ${endpoint}: there is no ${side} transport '${name}'; expected one of: ${names}`;
}

/** Mistakes that by the dialect fail the start, not the program, are told early as warnings. */
function warnOfInitErrors(context: RelationContext, property: Property, endpoint: string, config: EndpointConfig): void {
  if (hasSecretReference(config)) return;
  try {
    if (context.side === "input") bindInput(endpoint, config, context.program, context.registry);
    else bindOutput(endpoint, config, context.program, context.registry);
  } catch (error) {
    context.messages.push(warning(property, `${endpoint}: the pipeline will not start: ${messageOf(error)}`));
  }
}

const message = (property: Property, text: string, isWarning: boolean): CompilerMessage => ({
  warning: isWarning,
  errorType: "ConnectorGenerationError",
  message: text,
  position: property.valuePosition,
  snippet: undefined,
});
const problem = (property: Property, text: string): CompilerMessage => message(property, text, false);
const warning = (property: Property, text: string): CompilerMessage => message(property, text, true);
