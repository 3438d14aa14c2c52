import type { EndpointConfig } from "@headgate/pipeline";
import type { Pipeline } from "../../api.ts";
import { ConnectError, type ConnectorConfig } from "../api.ts";
import { connectorId } from "../core/connector-id.ts";
import { toFlatConfig } from "./embedded-config.ts";

/** A declared connector of a pipeline. */
export interface Endpoint {
  /** `<relation>.<connector>` */
  readonly name: string;
  readonly relation: string;
  readonly connector: string;
  readonly type: "source" | "sink";
  readonly id: string;
  readonly declared: EndpointConfig;
  /** Masked. */
  readonly config: ConnectorConfig;
  readonly secrets: readonly string[];
}

/** The connectors of a pipeline by name, inputs first; those of one compiled program are made once. */
export class Endpoints {
  readonly #known = new WeakMap<object, ReadonlyMap<string, Endpoint>>();

  /** @throws ConnectError `EngineUnavailable` while the program is being compiled: nobody should take its connectors for deleted */
  all(pipeline: Pipeline): ReadonlyMap<string, Endpoint> {
    if (compiling.has(pipeline.programStatus)) {
      throw new ConnectError("EngineUnavailable", `The program of pipeline '${pipeline.name}' is being compiled; try again in a moment`);
    }
    if (pipeline.compiled === null) return none;
    const known = this.#known.get(pipeline.compiled);
    if (known !== undefined) return known;
    const { inputConnectors, outputConnectors } = pipeline.compiled;
    const endpoints = [
      ...Object.entries(inputConnectors).map(([name, declared]) => endpoint(pipeline, name, "source", declared)),
      ...Object.entries(outputConnectors).map(([name, declared]) => endpoint(pipeline, name, "sink", declared)),
    ];
    const all = new Map(endpoints.map((one) => [one.name, one]));
    this.#known.set(pipeline.compiled, all);
    return all;
  }

  /** @throws ConnectError `UnknownConnector`, or as `all` does */
  one(pipeline: Pipeline, name: string): Endpoint {
    const found = this.all(pipeline).get(name);
    if (found !== undefined) return found;
    const why =
      pipeline.compiled === null
        ? `its program is not compiled (${pipeline.programStatus})`
        : "its connectors are named <table or view>.<connector>";
    throw new ConnectError("UnknownConnector", `Pipeline '${pipeline.name}' has no connector '${name}': ${why}`);
  }
}

const compiling: ReadonlySet<Pipeline["programStatus"]> = new Set(["Pending", "CompilingSql", "SqlCompiled", "CompilingRust"]);
const none: ReadonlyMap<string, Endpoint> = new Map();

function endpoint(pipeline: Pipeline, name: string, type: "source" | "sink", declared: EndpointConfig): Endpoint {
  const relation = declared.stream;
  return {
    name,
    relation,
    connector: name.slice(relation.length + 1),
    type,
    // Of this pipeline's life: one that is deleted and created again has another id.
    id: connectorId([pipeline.id, name]),
    declared,
    ...toFlatConfig(name, type, declared),
  };
}
