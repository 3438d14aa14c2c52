import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Broker, type SecureListener } from "./broker.ts";
import { ConnectWorker } from "./connect-worker.ts";
import { freePorts } from "./free-ports.ts";
import { resolveLibraries } from "./libraries.ts";
import type { Properties } from "./properties.ts";

export interface KafkaOptions {
  /** Connect workers; none unless told. */
  readonly workers?: number;
  /** Listeners beside the open one. */
  readonly listeners?: readonly SecureListener[];
  /** Users by name with their passwords, for SCRAM. */
  readonly scramUsers?: Readonly<Record<string, string>>;
  /** Added to the broker's settings. */
  readonly brokerConfig?: Properties;
  /** Added to every worker's settings. */
  readonly connectConfig?: Properties;
  /** Options of the workers' Java, such as `-Djava.security.auth.login.config=…`. */
  readonly connectJavaOptions?: readonly string[];
  /** The processes outlive us. */
  readonly detached?: boolean;
  readonly signal?: AbortSignal;
}

const heapMegabytes = { broker: 400, worker: 320 };

/** A broker and its Connect workers, on loopback, in a temporary directory. */
export class KafkaCluster {
  readonly directory: string;
  readonly broker: Broker;
  readonly workers: ConnectWorker[] = [];
  readonly #libraries: string;
  readonly #options: KafkaOptions;

  constructor(directory: string, libraries: string, broker: Broker, options: KafkaOptions) {
    this.directory = directory;
    this.broker = broker;
    this.#libraries = libraries;
    this.#options = options;
  }

  /** For `bootstrap.servers`. */
  get bootstrap(): string {
    return this.broker.bootstrap;
  }
  get connectUrls(): readonly string[] {
    return this.workers.map((worker) => worker.url);
  }

  /** Starts more workers until there are that many. */
  async ensureWorkers(count: number): Promise<void> {
    // One after the other: the first makes the internal topics, and two at once would meet while they do.
    while (this.workers.length < count) await this.addWorker();
  }

  async addWorker(): Promise<ConnectWorker> {
    const { connectConfig, connectJavaOptions, detached, signal } = this.#options;
    const [port] = await freePorts(1);
    const worker = new ConnectWorker({
      number: this.workers.length + 1,
      libraries: this.#libraries,
      directory: this.directory,
      port: port ?? 0,
      bootstrap: this.bootstrap,
      heapMegabytes: heapMegabytes.worker,
      detached: detached === true,
      config: connectConfig ?? {},
      signal,
      ...(connectJavaOptions === undefined ? {} : { javaOptions: connectJavaOptions }),
    });
    this.workers.push(worker);
    await worker.start();
    return worker;
  }

  /** Ends everything and removes the data. */
  async stop(): Promise<void> {
    // Nothing of it is needed any more, so nobody waits for an orderly end.
    await Promise.all([...this.workers, this.broker].map((process) => process.kill()));
    await rm(this.directory, { recursive: true, force: true });
  }
}

/** Starts a Kafka of its own: for a test that breaks it. Others share one, see `sharedKafka`. */
export async function startKafka(options: KafkaOptions = {}): Promise<KafkaCluster> {
  const libraries = await resolveLibraries(options.signal);
  const directory = await mkdtemp(join(tmpdir(), "headgate-kafka-"));
  const { listeners = [] } = options;
  const [port = 0, controllerPort = 0, ...ports] = await freePorts(2 + listeners.length);
  const broker = new Broker({
    libraries,
    directory,
    port,
    controllerPort,
    listeners: new Map(listeners.map((name, index) => [name, ports[index] ?? 0])),
    scramUsers: options.scramUsers ?? {},
    heapMegabytes: heapMegabytes.broker,
    detached: options.detached === true,
    config: options.brokerConfig ?? {},
    signal: options.signal,
  });
  const cluster = new KafkaCluster(directory, libraries, broker, options);
  try {
    await broker.start();
    await cluster.ensureWorkers(options.workers ?? 0);
    return cluster;
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}
