import { ConnectError, type ConnectorConfig, type ConnectorInfo, type ConnectorStatus } from "../api.ts";
import { maskConfig, secretsOf } from "../core/secrets.ts";
import type { Entry } from "./connector-book.ts";
import { joinConfig, textConfig } from "./engine-config.ts";
import { toRejectedStatus, toStatus } from "./engine-status.ts";
import { connectorType, type EngineInfo } from "./engine-types.ts";
import { unknownConnector, type KafkaConnectWorld } from "./kafka-connect-world.ts";
import type { Observation, Seen } from "./observer.ts";

/** Connectors as the dialect shows them, from what was observed last. Of one observation each status is made once. */
export class ConnectorViews {
  readonly #world: KafkaConnectWorld;
  readonly #statuses = new WeakMap<Observation, Map<string, Promise<ConnectorStatus>>>();

  constructor(world: KafkaConnectWorld) {
    this.#world = world;
  }

  /** Everything there is to see of the cluster, as fresh as it can be had. */
  look(): Promise<Seen> {
    return this.#world.observer.read();
  }

  /** Those of the book: what was created a moment ago is there, and what was deleted is not. */
  entries(): readonly Entry[] {
    return this.#world.book.all();
  }

  /** @throws ConnectError `UnknownConnector`, or `EngineUnavailable` when that cannot be known */
  entry(name: string, { staleBecause }: Seen): Entry {
    const entry = this.#world.book.get(name);
    if (entry !== undefined) return entry;
    if (staleBecause === undefined) throw unknownConnector(this.#world.options, name);
    throw new ConnectError("EngineUnavailable", `Whether there is a connector '${name}' cannot be told: ${staleBecause}`);
  }

  async status(entry: Entry, { observation, staleBecause }: Seen): Promise<ConnectorStatus> {
    const status = await this.#fresh(entry, observation);
    return staleBecause === undefined ? status : { ...status, staleBecause };
  }

  #fresh(entry: Entry, observation: Observation): Promise<ConnectorStatus> {
    let statuses = this.#statuses.get(observation);
    if (statuses === undefined) this.#statuses.set(observation, (statuses = new Map<string, Promise<ConnectorStatus>>()));
    // By id, since a connector of the same name may have begun a new life since.
    let status = statuses.get(entry.id);
    if (status === undefined) statuses.set(entry.id, (status = this.#make(entry, observation)));
    return status;
  }

  async #make(entry: Entry, observation: Observation): Promise<ConnectorStatus> {
    const { book, client } = this.#world;
    const { name, record } = entry;
    if (record.rejected !== undefined) return toRejectedStatus(name, record.rejected, observation.at);
    const seen = observation.connectors.get(name);
    const traces = seen?.status.tasks.some(({ trace }) => trace) === true || Boolean(seen?.status.connector.trace);
    const status = toStatus({
      name,
      engine: seen?.status,
      everRan: record.everRan,
      young: book.isNew(entry),
      previous: entry.previous,
      settling: book.isSettling(entry),
      secrets: seen !== undefined && traces ? await this.secrets(seen.info) : [],
      observedAt: observation.at,
      staleBecause: undefined,
      silence: (worker) => client.silence(worker),
    });
    entry.previous = status.state;
    return status;
  }

  /** The connector with its configuration as a client may see it. */
  async info(entry: Entry, engine: EngineInfo | undefined): Promise<ConnectorInfo> {
    const { name, record } = entry;
    if (record.rejected !== undefined || engine === undefined) {
      const config = record.rejected?.config ?? { name };
      return { name, type: "unknown", config: await this.masked(config, record.held), tasks: [] };
    }
    const config = await this.masked(textConfig(engine.config), record.held);
    return { name, type: connectorType(engine.type), config, tasks: engine.tasks.map(({ connector, task }) => ({ connector, task })) };
  }

  async masked(engine: ConnectorConfig, held: ConnectorConfig): Promise<ConnectorConfig> {
    const { classes, options, passwords } = this.#world;
    const { environment, cluster, readBack = {} } = options;
    const javaClass = engine["connector.class"];
    const visible = maskConfig(engine, await passwords.of(javaClass));
    const named =
      javaClass === undefined ? visible : { ...visible, "connector.class": held["connector.class"] ?? classes.toCloud(javaClass) };
    return joinConfig(named, held, { environment, cluster, more: readBack });
  }

  /** What must not be told of this connector in any text. */
  async secrets({ config }: EngineInfo): Promise<readonly string[]> {
    const text = textConfig(config);
    return secretsOf(text, await this.#world.passwords.of(text["connector.class"]));
  }
}
