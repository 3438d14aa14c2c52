import { join } from "node:path";
import { JavaProcess } from "./java-process.ts";
import { writeProperties, type Properties } from "./properties.ts";
import { waitUntil } from "./wait-until.ts";

const startMs = 120_000;

export interface ConnectWorkerOptions {
  readonly number: number;
  readonly libraries: string;
  readonly directory: string;
  readonly port: number;
  readonly bootstrap: string;
  readonly heapMegabytes: number;
  readonly detached: boolean;
  /** Added to the worker's settings, or in place of them. */
  readonly config: Properties;
  readonly javaOptions?: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

/** One worker of the distributed Kafka Connect cluster. */
export class ConnectWorker {
  readonly url: string;
  readonly #options: ConnectWorkerOptions;
  #process: JavaProcess | undefined;

  constructor(options: ConnectWorkerOptions) {
    this.#options = options;
    this.url = `http://127.0.0.1:${String(options.port)}`;
  }

  get pid(): number {
    return this.#process?.pid ?? -1;
  }

  /** Starts it and waits until its own health check says that it is ready. */
  async start(): Promise<void> {
    const { config, directory, number, signal } = this.#options;
    const file = join(directory, `worker-${String(number)}.properties`);
    await writeProperties(file, { ...settings(this.#options), ...config });
    const process = new JavaProcess({
      ...this.#options,
      name: `Connect worker ${String(number)}`,
      mainClass: "org.apache.kafka.connect.cli.ConnectDistributed",
      args: [file],
      logFile: join(directory, `worker-${String(number)}.log`),
    });
    this.#process = process;
    const hopeless = (): boolean => process.ended;
    const explain = (): string => process.tail();
    await waitUntil(`Kafka Connect at ${this.url}`, () => this.#healthy(), { within: startMs, hopeless, explain, signal });
  }

  async stop(): Promise<void> {
    await this.#process?.stop();
  }
  /** kill -9. */
  async kill(): Promise<void> {
    await this.#process?.kill();
  }
  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }
  /** Keeps its connections, and answers nothing until it is resumed. */
  suspend(): void {
    this.#process?.suspend();
  }
  resume(): void {
    this.#process?.resume();
  }
  tail(): string {
    return this.#process?.tail() ?? "";
  }

  async #healthy(): Promise<true | undefined> {
    const { status } = await fetch(`${this.url}/health`, { signal: AbortSignal.timeout(5000) });
    // With basic authentication a stranger is turned away by a worker that is up.
    return status === 200 || status === 401 ? true : undefined;
  }
}

function settings({ bootstrap, port }: ConnectWorkerOptions): Properties {
  return {
    "bootstrap.servers": bootstrap,
    "group.id": "connect",
    "key.converter": "org.apache.kafka.connect.json.JsonConverter",
    "value.converter": "org.apache.kafka.connect.json.JsonConverter",
    "key.converter.schemas.enable": false,
    "value.converter.schemas.enable": false,
    "offset.storage.topic": "connect-offsets",
    "offset.storage.replication.factor": 1,
    "offset.storage.partitions": 1,
    "config.storage.topic": "connect-configs",
    "config.storage.replication.factor": 1,
    "status.storage.topic": "connect-status",
    "status.storage.replication.factor": 1,
    "status.storage.partitions": 1,
    "offset.flush.interval.ms": 1000,
    // A lost worker's tasks move at once instead of after five minutes.
    "scheduled.rebalance.max.delay.ms": 0,
    "session.timeout.ms": 6000,
    "heartbeat.interval.ms": 1000,
    listeners: `http://127.0.0.1:${String(port)}`,
    "rest.advertised.host.name": "127.0.0.1",
    "plugin.discovery": "service_load",
  };
}
