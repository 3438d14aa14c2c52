import type { Logger } from "../../api.ts";
import type { ConnectTables } from "../../catalogue/connect-tables.ts";
import { ConnectError } from "../api.ts";
import { createPluginClasses, type PluginClasses } from "../core/plugin-classes.ts";
import type { ConnectClusterOptions } from "./cluster-options.ts";
import { ConnectorBook, type Entry } from "./connector-book.ts";
import { createEngine, type Engine } from "./engine.ts";
import type { EngineStatus } from "./engine-types.ts";
import { createLocks, type Locks } from "./locks.ts";
import { type Observation, Observer } from "./observer.ts";
import { OffsetsJobs } from "./offsets-jobs.ts";
import { PasswordKeys } from "./password-keys.ts";
import { createWorkerClient, type WorkerClient, type WorkerTiming } from "./worker-client.ts";

/** Everything that the calls of one Kafka Connect cluster share. */
export interface KafkaConnectWorld {
  readonly options: ConnectClusterOptions;
  readonly client: WorkerClient;
  readonly engine: Engine;
  readonly book: ConnectorBook;
  readonly observer: Observer;
  readonly jobs: OffsetsJobs;
  readonly passwords: PasswordKeys;
  readonly classes: PluginClasses;
  readonly locks: Locks;
  readonly now: () => number;
}

/** Puts one together, and takes up the requests that an earlier server left under way. */
export function createKafkaConnectWorld(
  options: ConnectClusterOptions,
  tables: ConnectTables,
  { now = Date.now, timing }: { readonly now?: () => number; readonly timing?: WorkerTiming; readonly logger?: Logger } = {},
): KafkaConnectWorld {
  const scope = `${options.environment}/${options.cluster}`;
  const client = createWorkerClient(options, timing);
  const engine = createEngine(client);
  const book = new ConnectorBook(tables, scope, now);
  const observer = new Observer(client, now, (observation) => reconcile(book, engine, observation));
  const touch = (name: string): void => {
    const entry = book.get(name);
    if (entry !== undefined) entry.changedAt = now();
    observer.invalidate();
  };
  const jobs = new OffsetsJobs({ engine, tables, scope, now, onChange: touch });
  const passwords = new PasswordKeys(engine, now);
  return {
    options,
    client,
    engine,
    book,
    observer,
    jobs,
    passwords,
    classes: createPluginClasses(options.classes),
    locks: createLocks(),
    now,
  };
}

/** Takes connectors into the book that somebody else made, and out of it those that somebody else deleted. */
async function reconcile(book: ConnectorBook, engine: Engine, { connectors }: Observation): Promise<void> {
  const runs = ({ tasks }: EngineStatus): boolean => tasks.length > 0 && tasks.every((task) => task.state === "RUNNING");
  book.note([...connectors].map(([name, { status }]) => ({ name, runs: runs(status) })));
  const absent = book.all().filter((entry) => isMissing(book, entry, connectors));
  if (absent.length === 0) return;
  // A connector without a status is left out of the listing, but it exists.
  const names = new Set(await engine.names());
  for (const { name } of absent) if (!names.has(name)) book.removed(name);
}

function isMissing(book: ConnectorBook, entry: Entry, connectors: Observation["connectors"]): boolean {
  return !connectors.has(entry.name) && entry.record.rejected === undefined && !book.isUnheardOf(entry);
}

/** The entry of a connector. @throws ConnectError `UnknownConnector` */
export function known({ book, options }: Pick<KafkaConnectWorld, "book" | "options">, name: string): Entry {
  const entry = book.get(name);
  if (entry !== undefined) return entry;
  throw unknownConnector(options, name);
}

/** The error for a connector that there is not. */
export function unknownConnector({ environment, cluster }: ConnectClusterOptions, name: string): ConnectError {
  return new ConnectError("UnknownConnector", `There is no connector '${name}' in the cluster ${environment}/${cluster}`);
}
