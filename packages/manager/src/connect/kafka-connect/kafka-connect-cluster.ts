import type { Logger } from "../../api.ts";
import type { ConnectTables } from "../../catalogue/connect-tables.ts";
import { ConnectError, type ConnectorExpansion, type ConnectPlugin, type ExpandPart, type OffsetsChange } from "../api.ts";
import type { ConnectCluster } from "../cluster.ts";
import { maskConfig, withoutMasks } from "../core/secrets.ts";
import type { ConnectClusterOptions } from "./cluster-options.ts";
import { assertOffsets, ConnectorChanges } from "./connector-changes.ts";
import { ConnectorViews } from "./connector-views.ts";
import { splitConfig, textConfig } from "./engine-config.ts";
import { toValidation } from "./engine-validation.ts";
import { createKafkaConnectWorld, unknownConnector, type KafkaConnectWorld } from "./kafka-connect-world.ts";
import type { Seen } from "./observer.ts";
import type { WorkerTiming } from "./worker-client.ts";

/** What a driver is made with besides the addresses of its cluster. */
export interface KafkaConnectDependencies {
  readonly tables: ConnectTables;
  readonly logger?: Logger;
  readonly timing?: WorkerTiming;
}

/** A real Apache Kafka Connect cluster. It is spoken with when it is first asked for. */
export function createKafkaConnectCluster(options: ConnectClusterOptions, dependencies: KafkaConnectDependencies): ConnectCluster {
  const world = createKafkaConnectWorld(options, dependencies.tables, dependencies);
  const views = new ConnectorViews(world);
  const changes = new ConnectorChanges(world, views);
  return {
    ...reads(world, views),
    ...plugins(world),
    ...offsets(world, views),
    create: (connector) => changes.create(connector),
    putConfig: (name, config) => changes.putConfig(name, config),
    delete: (name) => changes.delete(name),
    pause: (name) => changes.act(name, "pause"),
    resume: (name) => changes.act(name, "resume"),
    restart: (name) => changes.restart(name),
    close: () => {
      world.jobs.close();
      world.client.close();
    },
  };
}

type Reads = Pick<ConnectCluster, "list" | "expand" | "read" | "status" | "tasks">;
function reads(world: KafkaConnectWorld, views: ConnectorViews): Reads {
  const { book, engine, passwords } = world;
  const expansion = async (name: string, parts: ReadonlySet<ExpandPart>, seen: Seen): Promise<ConnectorExpansion> => {
    const entry = views.entry(name, seen);
    return {
      ...(parts.has("id") ? { id: entry.id } : {}),
      ...(parts.has("info") ? { info: await views.info(entry, seen.observation.connectors.get(name)?.info) } : {}),
      ...(parts.has("status") ? { status: await views.status(entry, seen) } : {}),
    };
  };
  return {
    list: async () => {
      await world.observer.fresh();
      return views.entries().map(({ name }) => name);
    },
    expand: async (parts) => {
      // Only a status has a place to say that it is old.
      const seen = parts.has("status") ? await views.look() : { observation: await world.observer.fresh() };
      const names = views.entries().map(({ name }) => name);
      return new Map(await Promise.all(names.map(async (name) => [name, await expansion(name, parts, seen)] as const)));
    },
    read: async (name) => {
      const seen = await views.look();
      const entry = views.entry(name, seen);
      if (entry.record.rejected !== undefined) return await views.info(entry, undefined);
      // What is not fresh has no place to say so: then the engine is asked, or nobody.
      const fresh = seen.staleBecause === undefined ? seen.observation.connectors.get(name)?.info : undefined;
      const info = fresh ?? (await engine.info(name));
      if (info === undefined && !book.isUnheardOf(entry)) throw unknownConnector(world.options, name);
      return await views.info(entry, info);
    },
    status: async (name) => {
      const seen = await views.look();
      return await views.status(views.entry(name, seen), seen);
    },
    tasks: async (name) => {
      const entry = views.entry(name, await views.look());
      if (entry.record.rejected !== undefined) return [];
      const tasks = await engine.tasks(name);
      if (tasks === undefined && !book.isUnheardOf(entry)) throw unknownConnector(world.options, name);
      const javaClass = tasks?.[0]?.config["connector.class"] ?? (await engine.info(name))?.config["connector.class"];
      const isPassword = await passwords.of(javaClass ?? undefined);
      return (tasks ?? []).map(({ id, config }) => ({ id, config: maskConfig(textConfig(config), isPassword) }));
    },
  };
}

type Plugins = Pick<ConnectCluster, "plugins" | "validate">;
function plugins({ book, classes, engine, options }: KafkaConnectWorld): Plugins {
  return {
    plugins: async () =>
      (await engine.plugins()).flatMap(({ class: javaClass, type, version }): readonly ConnectPlugin[] =>
        type === "source" || type === "sink"
          ? [{ class: classes.toCloud(javaClass), type, ...(typeof version === "string" ? { version } : {}) }]
          : [],
      ),
    validate: async (plugin, config) => {
      const name = config["name"] ?? "";
      const earlier = book.get(name) === undefined ? undefined : await engine.info(name);
      const { config: whole } = withoutMasks(config, textConfig(earlier?.config ?? {}));
      const javaClass = classes.toJava(plugin);
      const asked = splitConfig(whole, classes).engine;
      const validation = await engine.validate(javaClass, { ...asked, "connector.class": javaClass });
      if (validation !== undefined) return toValidation(validation);
      const { environment, cluster } = options;
      throw new ConnectError(
        "UnknownPlugin",
        `There is no plugin '${plugin}' in the cluster ${environment}/${cluster}; GET …/connector-plugins lists them`,
      );
    },
  };
}

type Offsets = Pick<ConnectCluster, "offsets" | "alterOffsets" | "offsetsRequestStatus">;
function offsets({ book, engine, jobs, locks, now, options }: KafkaConnectWorld, views: ConnectorViews): Offsets {
  return {
    offsets: async (name) => {
      const entry = views.entry(name, await views.look());
      const observedAt = now();
      const found = entry.record.rejected === undefined ? await engine.offsets(name) : [];
      if (found === undefined && !book.isUnheardOf(entry)) throw unknownConnector(options, name);
      return { id: entry.id, name, offsets: found ?? [], observedAt };
    },
    alterOffsets: (name, change) =>
      locks(name, async () => {
        const entry = views.entry(name, await views.look());
        assertChange(change);
        if (entry.record.rejected === undefined) return jobs.begin(name, entry.id, change);
        throw new ConnectError("InvalidOffsets", `Connector '${name}' never started, since its configuration is wrong: it has no offsets`);
      }),
    offsetsRequestStatus: async (name) => {
      views.entry(name, await views.look());
      return jobs.status(name);
    },
  };
}

/** @throws ConnectError `InvalidOffsets` */
function assertChange(change: OffsetsChange): void {
  if (change.type === "DELETE") return;
  if (change.offsets.length === 0)
    throw new ConnectError("InvalidOffsets", '"offsets" must hold at least one offset; DELETE removes all of them');
  assertOffsets(change.offsets);
}
