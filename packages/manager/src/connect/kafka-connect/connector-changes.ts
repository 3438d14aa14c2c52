import { ConnectError, type ConnectOffset, type ConnectorConfig, type ConnectorInfo, type NewConnector } from "../api.ts";
import { scrub, secretsOf, withoutMasks } from "../core/secrets.ts";
import type { ConnectorViews } from "./connector-views.ts";
import type { Rejection } from "./connector-book.ts";
import { ConfigRefused, isAddressable } from "./engine.ts";
import { isHeldMask, splitConfig, textConfig, type SplitConfig } from "./engine-config.ts";
import type { EngineInfo } from "./engine-types.ts";
import { complaintsOf, toValidation } from "./engine-validation.ts";
import { known, unknownConnector, type KafkaConnectWorld } from "./kafka-connect-world.ts";

/** Creating, configuring and deleting the connectors of a Kafka Connect cluster; changes of one connector never overlap. */
export class ConnectorChanges {
  readonly #world: KafkaConnectWorld;
  readonly #views: ConnectorViews;

  constructor(world: KafkaConnectWorld, views: ConnectorViews) {
    this.#world = world;
    this.#views = views;
  }

  /**
   * What the engine refuses is accepted all the same, as Cloud does, and is FAILED with the reason: clients look for it there. Nothing of it
   * runs, and a better configuration, or its deletion, ends it.
   */
  create({ name, config, offsets = [] }: NewConnector): Promise<ConnectorInfo & { readonly offsets: readonly ConnectOffset[] }> {
    return this.#world.locks(name, async () => {
      const { book, jobs } = this.#world;
      const asked = unmasked(config, {});
      assertName(name, config);
      if (await this.#exists(name)) {
        throw new ConnectError("ConnectorExists", `A connector '${name}' exists already; change it with PUT …/connectors/${name}/config`);
      }
      assertOffsets(offsets);
      const split = this.#split(name, asked);
      const made = await this.#make(name, split, offsets);
      this.#world.observer.invalidate();
      if (made instanceof ConfigRefused) {
        const entry = book.created(name, { held: split.held, rejected: await this.#rejection(split.engine, made) });
        return { ...(await this.#views.info(entry, undefined)), offsets };
      }
      const entry = book.created(name, { held: split.held });
      if (offsets.length > 0) jobs.begin(name, entry.id, { type: "PATCH", offsets }, true);
      // Its tasks are made after it, and by then it has been asked for again.
      return { ...(await this.#views.info(entry, { ...made, tasks: [] })), offsets };
    });
  }

  putConfig(name: string, config: ConnectorConfig): Promise<ConnectorInfo> {
    return this.#world.locks(name, async () => {
      const { book, engine, observer } = this.#world;
      assertName(name, config);
      const entry = book.get(name);
      const rejected = entry?.record.rejected;
      const before = rejected === undefined ? await engine.info(name) : undefined;
      const earlier = { ...textConfig(before?.config ?? rejected?.config ?? {}), ...entry?.record.held };
      const split = this.#split(name, unmasked(config, earlier));
      const made = await this.#put(name, split.engine);
      observer.invalidate();
      if (made instanceof ConfigRefused) throw await this.#invalid(split.engine, made);
      if (entry === undefined || before === undefined) return await this.#views.info(book.created(name, { held: split.held }), made);
      book.change(entry, { held: split.held });
      return await this.#views.info(entry, made);
    });
  }

  delete(name: string): Promise<void> {
    return this.#world.locks(name, async () => {
      const { book, engine, jobs, observer, options } = this.#world;
      await jobs.cancel(name);
      const entry = book.get(name);
      const deleted = entry?.record.rejected === undefined && (await engine.delete(name));
      if (!deleted && entry === undefined) throw unknownConnector(options, name);
      book.deleted(name);
      observer.invalidate();
    });
  }

  /** Pauses or resumes; while offsets are being changed it counts for the time after. */
  act(name: string, action: "pause" | "resume"): Promise<void> {
    return this.#world.locks(name, async () => {
      const { book, engine, jobs, now, observer, options } = this.#world;
      if (book.get(name)?.record.rejected !== undefined) return;
      if (jobs.resumeTo(name, action === "pause" ? "PAUSED" : "RUNNING")) return;
      if (!(await engine.act(name, action))) throw unknownConnector(options, name);
      const entry = book.get(name);
      if (entry !== undefined) entry.changedAt = now();
      observer.invalidate();
    });
  }

  restart(name: string): Promise<void> {
    return this.#world.locks(name, async () => {
      const { engine, now, observer, options } = this.#world;
      const seen = await this.#views.look();
      const entry = this.#views.entry(name, seen);
      const { state } = await this.#views.status(entry, seen);
      if (entry.record.rejected !== undefined) {
        throw new ConnectError("NotRestartable", `Connector '${name}' never started, since its configuration is wrong; correct that first`);
      }
      if (state !== "RUNNING" && state !== "DEGRADED" && state !== "FAILED") {
        throw new ConnectError(
          "NotRestartable",
          `Connector '${name}' is ${state}; only one that is RUNNING, DEGRADED or FAILED can be restarted`,
        );
      }
      if (!(await engine.restart(name))) throw unknownConnector(options, name);
      known(this.#world, name).changedAt = now();
      observer.invalidate();
    });
  }

  async #exists(name: string): Promise<boolean> {
    const { book, engine } = this.#world;
    const entry = book.get(name);
    if (entry?.record.rejected !== undefined || (await engine.info(name)) !== undefined) return true;
    if (entry === undefined) return false;
    if (book.isUnheardOf(entry)) return true;
    // Deleted by somebody else, and nobody has looked since.
    book.removed(name);
    return false;
  }

  #split(name: string, config: ConnectorConfig): SplitConfig {
    return splitConfig({ ...config, name }, this.#world.classes);
  }

  async #make(name: string, { engine: config }: SplitConfig, offsets: readonly ConnectOffset[]): Promise<EngineInfo | ConfigRefused> {
    if (offsets.length === 0) return await this.#put(name, config);
    return await refusable(config, this.#world.engine.createStopped(name, config));
  }

  async #put(name: string, config: ConnectorConfig): Promise<EngineInfo | ConfigRefused> {
    return await refusable(config, this.#world.engine.put(name, config));
  }

  async #invalid(config: ConnectorConfig, refused: ConfigRefused): Promise<ConnectError> {
    const { errors, trace } = await this.#rejection(config, refused);
    return new ConnectError("InvalidConnectorConfig", errors.length === 0 ? trace : `The configuration is invalid: ${errors.join("; ")}`);
  }

  /** Why a configuration was refused, by field where the engine can say so. */
  async #rejection(config: ConnectorConfig, refused: ConfigRefused): Promise<Rejection> {
    const { engine, passwords } = this.#world;
    const plugin = config["connector.class"];
    const secrets = secretsOf(config, await passwords.of(plugin));
    const trace = scrub(refused.message, secrets);
    const validation = plugin === undefined ? undefined : await engine.validate(plugin, config).catch(() => undefined);
    const errors = validation === undefined ? [`connector.class: ${trace}`] : complaintsOf(toValidation(validation));
    return { config, trace: `Unable to validate configuration. ${trace}`, errors: errors.map((error) => scrub(error, secrets)) };
  }
}

/** A refusal is an answer; another failure may quote the configuration, whose secrets it must not. */
async function refusable<T>(config: ConnectorConfig, asked: Promise<T>): Promise<T | ConfigRefused> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ConfigRefused) return error;
    if (error instanceof ConnectError) throw new ConnectError(error.code, scrub(error.message, secretsOf(config)));
    throw error;
  }
}

/** @throws ConnectError `InvalidConnectorConfig` */
function assertName(name: string, config: ConnectorConfig): void {
  if (name === "" || /[\u0000-\u001f\u007f]/.test(name) || name !== name.trim()) {
    throw new ConnectError(
      "InvalidConnectorConfig",
      "A connector's name must not be empty, begin or end with a space, or hold control characters",
    );
  }
  if (!isAddressable(name)) {
    throw new ConnectError(
      "InvalidConnectorConfig",
      `A connector cannot be named '${name}': names with '/', '\\', '%' or ';' cannot be addressed`,
    );
  }
  const given = config["name"];
  if (given === undefined || given === name) return;
  throw new ConnectError(
    "InvalidConnectorConfig",
    `"name" in the configuration is '${given}', but the connector is named '${name}'; use one name`,
  );
}

/** @throws ConnectError `InvalidOffsets` */
export function assertOffsets(offsets: readonly ConnectOffset[]): void {
  const isMap = (value: unknown): boolean => typeof value === "object" && value !== null && !Array.isArray(value);
  offsets.forEach(({ partition, offset }, index) => {
    if (!isMap(partition)) throw new ConnectError("InvalidOffsets", `"offsets[${String(index)}].partition" must be an object`);
    if (offset !== null && !isMap(offset))
      throw new ConnectError("InvalidOffsets", `"offsets[${String(index)}].offset" must be an object or null`);
  });
}

/** @throws ConnectError `InvalidConnectorConfig` when a mask stands for nothing */
function unmasked(config: ConnectorConfig, before: ConnectorConfig): ConnectorConfig {
  const { config: whole, unknown } = withoutMasks(config, before);
  const lost = unknown.filter((key) => !isHeldMask(key, config[key] ?? ""));
  if (lost.length === 0) return whole;
  const keys = lost.map((key) => `"${key}"`).join(", ");
  throw new ConnectError(
    "InvalidConnectorConfig",
    `${keys} hold a mask in the place of a secret, and there is no secret of before to keep; give it`,
  );
}
