import { ConnectError, type ConnectOffset, type ConnectorConfig } from "../api.ts";
import type { EngineInfo, EngineOffsets, EnginePlugin, EngineStatus, EngineTask, EngineValidation } from "./engine-types.ts";
import { engineMessage, type Method, type WorkerClient, type WorkerReply, type WorkerRequest } from "./worker-client.ts";

/** What an engine says to a configuration that it will not have. */
export class ConfigRefused extends Error {
  override readonly name = "ConfigRefused";
}

type Options = Pick<WorkerRequest, "deadlineMs" | "signal">;

/**
 * Kafka Connect's own operations, by name. A connector that it does not know gives undefined, or false; what it refuses otherwise is a
 * ConnectError `EngineFailed` with its words.
 */
export interface Engine {
  info(name: string, options?: Options): Promise<EngineInfo | undefined>;
  names(): Promise<readonly string[]>;
  status(name: string, options?: Options): Promise<EngineStatus | undefined>;
  tasks(name: string): Promise<readonly EngineTask[] | undefined>;
  /** @throws ConfigRefused */
  put(name: string, config: ConnectorConfig): Promise<EngineInfo>;
  /** Creates it without letting it run. @throws ConfigRefused */
  createStopped(name: string, config: ConnectorConfig): Promise<EngineInfo>;
  delete(name: string): Promise<boolean>;
  act(name: string, action: "pause" | "resume" | "stop", options?: Options): Promise<boolean>;
  restart(name: string): Promise<boolean>;
  plugins(): Promise<readonly EnginePlugin[]>;
  /** Names of the settings of a plugin that are passwords; undefined when it does not know the plugin. */
  passwordKeys(plugin: string): Promise<ReadonlySet<string> | undefined>;
  validate(plugin: string, config: ConnectorConfig): Promise<EngineValidation | undefined>;
  offsets(name: string, options?: Options): Promise<readonly ConnectOffset[] | undefined>;
  /** One try at a change of offsets: the engine's answer as it is. */
  changeOffsets(name: string, offsets: readonly ConnectOffset[] | undefined, options?: Options): Promise<WorkerReply>;
}

/** The operations over the REST interface. */
export function createEngine(client: WorkerClient): Engine {
  const segment = encodeURIComponent;
  const of = (name: string, rest = ""): string => `/connectors/${segment(addressable(name))}${rest}`;
  const ask = (method: Method, path: string, body?: unknown, options: Options = {}): Promise<WorkerReply> =>
    client.ask({ method, path, ...(body === undefined ? {} : { body }), ...options });
  const found = async <T>(request: Promise<WorkerReply>): Promise<T | undefined> => {
    const reply = await request;
    if (reply.status === 404) return undefined;
    return accepted(reply) as T;
  };
  const done = async (request: Promise<WorkerReply>): Promise<boolean> => (await found<object>(request.then(withBody))) !== undefined;
  const created = async (request: Promise<WorkerReply>): Promise<EngineInfo> => {
    const reply = await request;
    if (isRefusal(reply)) throw new ConfigRefused(engineMessage(reply.body));
    return accepted(reply) as EngineInfo;
  };

  return {
    info: (name, options) => found(ask("GET", of(name), undefined, options)),
    names: async () => accepted(await ask("GET", "/connectors")) as readonly string[],
    status: (name, options) => found(ask("GET", of(name, `/status`), undefined, options)),
    tasks: (name) => found(ask("GET", of(name, `/tasks`))),
    put: (name, config) => created(ask("PUT", of(name, `/config`), config)),
    createStopped: (name, config) => created(ask("POST", "/connectors", { name, config, initial_state: "STOPPED" })),
    delete: (name) => done(ask("DELETE", of(name))),
    act: (name, action, options) => done(ask("PUT", of(name, `/${action}`), undefined, options)),
    restart: (name) => done(ask("POST", of(name, `/restart?includeTasks=true&onlyFailed=false`))),
    plugins: async () => accepted(await ask("GET", "/connector-plugins")) as readonly EnginePlugin[],
    passwordKeys: async (plugin) => {
      const path = `/connector-plugins/${segment(plugin)}/config`;
      const reply = await ask("GET", path, undefined, { deadlineMs: 3000 });
      if (reply.status !== 200) return undefined;
      const definitions = reply.body as readonly { readonly name: string; readonly type: string }[];
      return new Set(definitions.filter(({ type }) => type === "PASSWORD").map(({ name }) => name));
    },
    validate: async (plugin, config) => {
      const reply = await ask("PUT", `/connector-plugins/${segment(plugin)}/config/validate`, config);
      return isRefusal(reply) || reply.status === 404 ? undefined : (accepted(reply) as EngineValidation);
    },
    offsets: async (name, options) => {
      const body = await found<EngineOffsets>(ask("GET", of(name, `/offsets`), undefined, options));
      return body?.offsets;
    },
    changeOffsets: (name, offsets, options) => {
      const path = of(name, `/offsets`);
      return offsets === undefined ? ask("DELETE", path, undefined, options) : ask("PATCH", path, { offsets }, options);
    },
  };
}

/** The name, unless Kafka Connect's web server refuses every URL with it. @throws ConnectError `UnknownConnector` */
function addressable(name: string): string {
  if (isAddressable(name)) return name;
  throw new ConnectError("UnknownConnector", `There is no connector '${name}': Kafka Connect cannot have one of that name`);
}

/** Tells whether Kafka Connect's web server takes a URL with this name in it. */
export function isAddressable(name: string): boolean {
  return name !== "" && name !== "." && name !== ".." && !/[/\\%;]/.test(name);
}

/** A configuration that is wrong, or of a plugin that there is not. */
function isRefusal({ status, body }: WorkerReply): boolean {
  return status === 400 || (status === 500 && /Failed to find any class/.test(engineMessage(body)));
}

function accepted({ status, body }: WorkerReply): unknown {
  if (status < 300) return body;
  throw new ConnectError("EngineFailed", `Kafka Connect answered with status ${String(status)}: ${engineMessage(body)}`);
}

const withBody = (reply: WorkerReply): WorkerReply => ({ ...reply, body: reply.body ?? {} });
