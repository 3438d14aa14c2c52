import { join } from "node:path";
import { KafkaServer, type Launch } from "./kafka-server.ts";
import { writeProperties, type Properties } from "./properties.ts";

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
export class ConnectWorker extends KafkaServer {
  readonly url: string;
  readonly #options: ConnectWorkerOptions;

  constructor(options: ConnectWorkerOptions) {
    super();
    this.#options = options;
    this.url = `http://127.0.0.1:${String(options.port)}`;
  }

  protected async prepare(): Promise<Launch> {
    const { config, directory, number, signal } = this.#options;
    const file = join(directory, `worker-${String(number)}.properties`);
    await writeProperties(file, { ...settings(this.#options), ...config });
    return {
      what: `Kafka Connect at ${this.url}`,
      program: {
        ...this.#options,
        name: `Connect worker ${String(number)}`,
        mainClass: "org.apache.kafka.connect.cli.ConnectDistributed",
        args: [file],
        logFile: join(directory, `worker-${String(number)}.log`),
      },
      isServing: () => this.#healthy(),
      within: startMs,
      signal,
    };
  }

  /** As its own health check says. */
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
