import type { InteractionService, Pipeline } from "../../api.ts";
import {
  ConnectError,
  type ConnectorExpansion,
  type ConnectorInfo,
  type ConnectorOffsets,
  type ExpandPart,
  type OffsetsChange,
  type OffsetsRequest,
} from "../api.ts";
import type { ConnectCluster } from "../cluster.ts";
import { toConnectError } from "./embedded-errors.ts";
import { sinkOffset, sourceOffset } from "./embedded-offsets.ts";
import type { EmbeddedPlugins } from "./embedded-plugins.ts";
import type { EmbeddedResets } from "./embedded-resets.ts";
import { type EmbeddedView, statusOf } from "./embedded-view.ts";
import type { Endpoint, Endpoints } from "./endpoints.ts";

/** What all embedded clusters share. */
export interface EmbeddedParts {
  readonly interaction: InteractionService;
  readonly endpoints: Endpoints;
  readonly view: EmbeddedView;
  readonly resets: EmbeddedResets;
  readonly plugins: EmbeddedPlugins;
  readonly now: () => number;
}

/** A pipeline as a cluster of the Connect dialect: other views of the same connectors, with no state of its own. */
export function createEmbeddedCluster(parts: EmbeddedParts, pipeline: () => Pipeline): ConnectCluster {
  const { interaction, endpoints, view, resets, now } = parts;
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw toConnectError(error);
    }
  };
  const find = (name: string): { readonly p: Pipeline; readonly endpoint: Endpoint } => {
    const p = pipeline();
    return { p, endpoint: endpoints.one(p, name) };
  };
  /** Async, so that an unknown connector is told before what cannot be done with one. */
  const refuse = async (name: string, why: (p: Pipeline, endpoint: Endpoint) => string): Promise<never> => {
    const { p, endpoint } = find(name);
    throw new ConnectError("NotSupportedHere", why(p, endpoint));
  };
  const control = (name: string, action: "start" | "pause"): Promise<void> =>
    guarded(async () => {
      const { p, endpoint } = find(name);
      if (endpoint.type === "sink") throw new ConnectError("NotSupportedHere", unpausable(p, endpoint, action));
      await interaction.controlInput(p.name, endpoint.relation, endpoint.connector, action);
    });

  return {
    list: async () => [...endpoints.all(pipeline()).keys()],
    expand: (parts) =>
      guarded(async () => {
        const p = pipeline();
        const all = [...endpoints.all(p).values()];
        const look = parts.has("status") && all.length > 0 ? await view.look(p) : undefined;
        return new Map(
          all.map((endpoint) => [
            endpoint.name,
            { ...expansion(parts, endpoint), ...(look === undefined ? {} : { status: statusOf(endpoint, look) }) },
          ]),
        );
      }),
    read: async (name) => infoOf(find(name).endpoint),
    status: (name) =>
      guarded(async () => {
        const { p, endpoint } = find(name);
        return statusOf(endpoint, await view.look(p));
      }),
    tasks: async (name) => {
      const { endpoint } = find(name);
      return [{ id: { connector: name, task: 0 }, config: endpoint.config }];
    },
    pause: (name) => control(name, "pause"),
    resume: async (name) => {
      const { p } = find(name);
      if (p.runtimeDesiredStatus === "Paused") throw new ConnectError("ClusterNotRunning", pausedWhole(p));
      await control(name, "start");
    },
    restart: (name) => refuse(name, (p) => unrestartable(p)),
    offsets: (name) =>
      guarded(async () => {
        const { p, endpoint } = find(name);
        return { id: endpoint.id, name, offsets: [await offsetOf(interaction, p, endpoint)], observedAt: now() } satisfies ConnectorOffsets;
      }),
    alterOffsets: (name, change) =>
      guarded(async () => {
        const { p, endpoint } = find(name);
        return await alter(resets, p, endpoint, change);
      }),
    offsetsRequestStatus: (name) =>
      guarded(async () => {
        const { p, endpoint } = find(name);
        return await resets.status(p, endpoint);
      }),
    create: async ({ name }) => {
      const p = pipeline();
      if (endpoints.all(p).has(name)) throw new ConnectError("ConnectorExists", `Pipeline '${p.name}' has a connector '${name}' already`);
      throw new ConnectError("NotSupportedHere", elsewhere(p, "declare it there, in the 'connectors' of its table or view"));
    },
    putConfig: async () => {
      throw new ConnectError("NotSupportedHere", elsewhere(pipeline(), "declare or change it there"));
    },
    delete: (name) => refuse(name, (p) => elsewhere(p, "take it out there")),
    plugins: () => guarded(() => parts.plugins.list()),
    validate: (plugin, config) => guarded(() => parts.plugins.validate(plugin, config)),
    close: () => undefined,
  };
}

function infoOf({ name, type, config }: Endpoint): ConnectorInfo {
  return { name, type, config, tasks: [{ connector: name, task: 0 }] };
}

function expansion(parts: ReadonlySet<ExpandPart>, endpoint: Endpoint): ConnectorExpansion {
  return { ...(parts.has("id") ? { id: endpoint.id } : {}), ...(parts.has("info") ? { info: infoOf(endpoint) } : {}) };
}

async function offsetOf(interaction: InteractionService, p: Pipeline, { type, relation, connector }: Endpoint) {
  return type === "source"
    ? sourceOffset(await interaction.inputStats(p.name, relation, connector))
    : sinkOffset(await interaction.outputStats(p.name, relation, connector));
}

async function alter(resets: EmbeddedResets, p: Pipeline, endpoint: Endpoint, change: OffsetsChange): Promise<OffsetsRequest> {
  if (endpoint.type === "sink" && change.type === "DELETE") return await resets.begin(p, endpoint);
  throw new ConnectError(
    "NotSupportedHere",
    endpoint.type === "sink"
      ? `The sink '${endpoint.name}' follows the view of a pipeline and cannot begin in the middle of it; DELETE its offsets to have it emptied and filled anew`
      : `The source '${endpoint.name}' cannot be put elsewhere while its pipeline keeps what it read; to read it from its beginning, stop the pipeline, clear its storage with POST ${path(p)}/clear, and start it again`,
  );
}

const path = (p: Pipeline): string => `/v0/pipelines/${encodeURIComponent(p.name)}`;

function elsewhere(p: Pipeline, what: string): string {
  return `The connectors of this cluster are those of the program of pipeline '${p.name}'; ${what}, with PATCH ${path(p)} while it is stopped`;
}
function unpausable(p: Pipeline, { name }: Endpoint, action: "start" | "pause"): string {
  const verb = action === "pause" ? "paused" : "resumed";
  return `The sink '${name}' cannot be ${verb} by itself: it follows its view; POST ${path(p)}/${action === "pause" ? "pause" : "resume"} does it with the whole pipeline`;
}
function pausedWhole(p: Pipeline): string {
  return `Pipeline '${p.name}' is paused as a whole; resume it with POST ${path(p)}/resume`;
}
function unrestartable(p: Pipeline): string {
  return `A connector of pipeline '${p.name}' cannot be restarted by itself; POST ${path(p)}/stop and then POST ${path(p)}/start restart it with its pipeline, and nothing that is stored is lost`;
}
