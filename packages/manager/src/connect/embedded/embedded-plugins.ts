import type { CompilerMessage, TransportNames } from "@headgate/pipeline";
import type { Compiler } from "../../compiler/compiler.ts";
import { ConnectError, type ConfigValidation, type ConfigValue, type ConnectorConfig, type ConnectPlugin } from "../api.ts";
import { isSecret, mask } from "../core/secrets.ts";
import { toDeclaredConfig } from "./embedded-config.ts";

/** The transports that a program can name, as plugins of the dialect. */
export interface EmbeddedPlugins {
  list(): Promise<readonly ConnectPlugin[]>;
  validate(plugin: string, config: ConnectorConfig): Promise<ConfigValidation>;
}

/** Asks the compiler: it knows the connectors, and what a configuration lacks is what it says of a program with that configuration. */
export function createEmbeddedPlugins(compiler: Compiler): EmbeddedPlugins {
  let known: Promise<TransportNames> | undefined;
  const transports = (): Promise<TransportNames> => {
    known ??= compiler.transports().catch((error: unknown) => {
      known = undefined;
      throw error;
    });
    return known;
  };
  return {
    list: async () => {
      const { inputs, outputs } = await transports();
      return [
        ...inputs.map((name) => ({ class: name, type: "source" }) as const),
        ...outputs.map((name) => ({ class: name, type: "sink" }) as const),
      ];
    },
    validate: async (plugin, config) => {
      const { inputs, outputs } = await transports();
      const side = inputs.includes(plugin) ? "source" : outputs.includes(plugin) ? "sink" : undefined;
      if (side === undefined) {
        const names = [...inputs, ...outputs].join(", ");
        throw new ConnectError("UnknownPlugin", `There is no plugin '${plugin}' here; there are: ${names}`);
      }
      const result = await compiler.compile(programWith(side, toDeclaredConfig(plugin, config)));
      const messages = result.ok ? result.warnings : result.messages;
      return toValidation(plugin, config, messages.filter(isComplaint).map(complaintOf));
    },
  };
}

/** The smallest program with this connector; one column, which any format can fill. */
function programWith(side: "source" | "sink", declared: Readonly<Record<string, unknown>>): string {
  const connectors = JSON.stringify([{ ...declared, name: "it" }]).replaceAll("'", "''");
  const property = `WITH ('connectors' = '${connectors}')`;
  return side === "source"
    ? `CREATE TABLE r (v VARCHAR) ${property};`
    : `CREATE TABLE t (v VARCHAR); CREATE MATERIALIZED VIEW r ${property} AS SELECT v FROM t;`;
}

/** Warnings that have nothing to do with the connector are about the program around it. */
function isComplaint({ errorType }: CompilerMessage): boolean {
  return errorType === "ConnectorGenerationError";
}

/** Where in our little program it stands is nobody's business. */
const where = /^(?:(?:InvalidPropertyValue|connector 0 of 'r'|r\.it|the pipeline will not start): )+/;

function complaintOf({ message }: CompilerMessage): string {
  return message.replace(where, "");
}

function toValidation(plugin: string, config: ConnectorConfig, complaints: readonly string[]): ConfigValidation {
  const keys = Object.keys(config);
  const errors = new Map<string, string[]>();
  for (const complaint of complaints) {
    const field = fieldOf(complaint, keys);
    errors.set(field, [...(errors.get(field) ?? []), complaint]);
  }
  const names = [...new Set(["connector.class", ...keys, ...errors.keys()])];
  const given = { "connector.class": plugin, ...config };
  return {
    name: plugin,
    groups: [],
    errorCount: complaints.length,
    configs: names.map((name, order) => entry(name, order, (given as ConnectorConfig)[name] ?? "", errors.get(name) ?? [])),
  };
}

/** The key that a complaint is about: the field that it quotes, else the connector as a whole. */
function fieldOf(complaint: string, keys: readonly string[]): string {
  const quoted = /"([\w.[\]]+)"/.exec(complaint)?.[1];
  if (complaint.includes("needs a format")) return "format.name";
  if (quoted === undefined) return "connector.class";
  const key = keys.find((name) => name === quoted || name.endsWith(`.${quoted}`));
  if (key !== undefined) return key;
  return complaint.includes("is missing") ? `transport.config.${quoted}` : "connector.class";
}

function entry(name: string, order: number, value: string, errors: readonly string[]): ConfigValidation["configs"][number] {
  const hidden = value !== "" && isSecret(name, value);
  const shown: ConfigValue = { name, value: hidden ? mask : value, recommendedValues: [], errors, visible: true };
  return {
    definition: {
      name,
      type: hidden ? "PASSWORD" : "STRING",
      required: name === "connector.class",
      defaultValue: "",
      importance: "NONE",
      documentation: "",
      group: "",
      width: "NONE",
      displayName: name,
      dependents: [],
      order,
      alias: "",
    },
    value: shown,
  };
}
