import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { KafkaServer, type Launch } from "./kafka-server.ts";
import { writeProperties, type Properties } from "./properties.ts";
import { javaCommand } from "./tools.ts";

const run = promisify(execFile);
const startMs = 90_000;
/** Any base64 UUID will do: clusters of tests never meet. */
const clusterId = "headgate-tests-kafka-A";

/** A listener beside the open one; the broker's settings say who may come in: `listener.name.sasl.plain.sasl.jaas.config` and so on. */
export type SecureListener = "SASL" | "TLS" | "SASL_TLS";

export interface BrokerOptions {
  readonly libraries: string;
  /** Data, configuration and log are kept here. */
  readonly directory: string;
  readonly port: number;
  readonly controllerPort: number;
  /** Ports of listeners that ask for a password or speak TLS. */
  readonly listeners: ReadonlyMap<SecureListener, number>;
  /** Users by name with their passwords, for SCRAM. */
  readonly scramUsers: Readonly<Record<string, string>>;
  readonly heapMegabytes: number;
  readonly detached: boolean;
  /** Added to the broker's settings, or in place of them. */
  readonly config: Properties;
  readonly javaOptions?: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

/** One KRaft node that is broker and controller. */
export class Broker extends KafkaServer {
  readonly bootstrap: string;
  readonly #options: BrokerOptions;
  #formatted = false;

  constructor(options: BrokerOptions) {
    super();
    this.#options = options;
    this.bootstrap = `127.0.0.1:${String(options.port)}`;
  }

  /** For `bootstrap.servers` of clients that come by a secure listener. */
  address(listener: SecureListener): string {
    return `127.0.0.1:${String(this.#options.listeners.get(listener) ?? 0)}`;
  }

  protected async prepare(): Promise<Launch> {
    const { config, directory, signal } = this.#options;
    const file = join(directory, "server.properties");
    await writeProperties(file, { ...settings(this.#options), ...config });
    if (!this.#formatted) await this.#format(file);
    return {
      what: "Kafka's broker",
      program: { ...this.#options, name: "broker", mainClass: "kafka.Kafka", args: [file], logFile: join(directory, "broker.log") },
      isServing: () => this.#serves(),
      within: startMs,
      signal,
    };
  }

  async #format(file: string): Promise<void> {
    const { libraries, scramUsers } = this.#options;
    const users = Object.entries(scramUsers).flatMap(([name, password]) =>
      ["SCRAM-SHA-256", "SCRAM-SHA-512"].flatMap((mechanism) => ["--add-scram", `${mechanism}=[name=${name},password=${password}]`]),
    );
    const args = [
      "-XX:TieredStopAtLevel=1",
      "-cp",
      `${libraries}/*`,
      "kafka.tools.StorageTool",
      "format",
      "-t",
      clusterId,
      "-c",
      file,
      ...users,
    ];
    await run(javaCommand(), args, { timeout: startMs });
    this.#formatted = true;
  }

  async #serves(): Promise<true | undefined> {
    const { Admin } = await import("@platformatic/kafka");
    const admin = new Admin({ clientId: "headgate-kafka-probe", bootstrapBrokers: [this.bootstrap], retries: 0, connectTimeout: 1000 });
    try {
      const { brokers } = await admin.metadata({ topics: [], forceUpdate: true });
      return brokers.size > 0 ? true : undefined;
    } finally {
      await admin.close();
    }
  }
}

function settings({ controllerPort, directory, listeners, port }: BrokerOptions): Properties {
  const open = [["PLAINTEXT", port] as const, ...listeners].map(([name, at]) => `${name}://127.0.0.1:${String(at)}`).join(",");
  return {
    "process.roles": "broker,controller",
    "node.id": 1,
    "controller.quorum.voters": `1@127.0.0.1:${String(controllerPort)}`,
    listeners: `${open},CONTROLLER://127.0.0.1:${String(controllerPort)}`,
    "advertised.listeners": open,
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "PLAINTEXT",
    "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SASL:SASL_PLAINTEXT,TLS:SSL,SASL_TLS:SASL_SSL",
    "log.dirs": join(directory, "data"),
    "num.partitions": 1,
    "offsets.topic.replication.factor": 1,
    "offsets.topic.num.partitions": 1,
    "transaction.state.log.replication.factor": 1,
    "transaction.state.log.min.isr": 1,
    "transaction.state.log.num.partitions": 1,
    "share.coordinator.state.topic.replication.factor": 1,
    "share.coordinator.state.topic.min.isr": 1,
    "share.coordinator.state.topic.num.partitions": 1,
    "group.initial.rebalance.delay.ms": 0,
  };
}
