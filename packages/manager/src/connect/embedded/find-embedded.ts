import type { InteractionService } from "../../api.ts";
import type { ConnectTables } from "../../catalogue/connect-tables.ts";
import type { Compiler } from "../../compiler/compiler.ts";
import type { Registry } from "../../pipelines/registry.ts";
import type { FindCluster } from "../connect-service.ts";
import { createEmbeddedCluster } from "./embedded-cluster.ts";
import { createEmbeddedPlugins } from "./embedded-plugins.ts";
import { embeddedEnvironment } from "./environment.ts";
import { EmbeddedResets, pipelineOfScope } from "./embedded-resets.ts";
import { EmbeddedView } from "./embedded-view.ts";
import { Endpoints } from "./endpoints.ts";

/** What the embedded clusters are views of. */
export interface EmbeddedWorld {
  readonly registry: Registry;
  readonly interaction: InteractionService;
  readonly compiler: Compiler;
  readonly tables: ConnectTables;
  readonly now: () => number;
}

/** Finds the pipelines as clusters. They are made when asked for, so that one is there as long as its pipeline is. */
export function findEmbedded({ registry, interaction, compiler, tables, now }: EmbeddedWorld): FindCluster {
  forgetDeleted(registry, tables);
  const parts = {
    interaction,
    endpoints: new Endpoints(),
    view: new EmbeddedView(registry, interaction, now),
    resets: new EmbeddedResets(interaction, tables, now),
    plugins: createEmbeddedPlugins(compiler),
    now,
  };
  return ({ environment, cluster }) =>
    environment === embeddedEnvironment && registry.has(cluster) ? createEmbeddedCluster(parts, () => registry.get(cluster)) : undefined;
}

/** Requests about the connectors of pipelines that are no more; the id of a pipeline is never used again. */
function forgetDeleted(registry: Registry, tables: ConnectTables): void {
  for (const { scope } of tables.offsetsRequests()) {
    const id = pipelineOfScope(scope);
    if (id !== undefined && registry.byId(id) === undefined) tables.deleteOffsetsRequests(scope);
  }
}
