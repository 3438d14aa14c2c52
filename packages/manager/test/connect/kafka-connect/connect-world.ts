import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ConnectorConfig, ConnectorState, ConnectorStatus, ConnectService, OffsetsRequestStatus } from "../../../src/connect/api.ts";
import { openCatalogue, type Catalogue } from "../../../src/catalogue/catalogue.ts";
import { createConnectService } from "../../../src/connect/connect-service.ts";
import type { ConnectClusterOptions } from "../../../src/connect/kafka-connect/cluster-options.ts";
import { createKafkaConnectClusters } from "../../../src/connect/kafka-connect/kafka-connect-clusters.ts";
import type { WorkerTiming } from "../../../src/connect/kafka-connect/worker-client.ts";

export const at = { environment: "env-1", cluster: "lkc-1" } as const;
export const on = (connector: string) => ({ ...at, connector });

/** The Connect dialect in front of a Kafka Connect cluster, without a server, on a catalogue of its own. */
export interface ConnectWorld extends Disposable {
  readonly directory: string;
  connect: ConnectService;
  /** Ends as a crash does, at once, and begins anew on the same catalogue. */
  reopen(): void;
  file(name: string): string;
  until(connector: string, what: (status: ConnectorStatus) => boolean): Promise<ConnectorStatus>;
  untilState(connector: string, state: ConnectorState): Promise<ConnectorStatus>;
  untilApplied(connector: string): Promise<OffsetsRequestStatus>;
}

export function createConnectWorld(
  urls: readonly string[],
  more: Partial<ConnectClusterOptions> = {},
  timing?: WorkerTiming,
): ConnectWorld {
  const directory = mkdtempSync(join(tmpdir(), "headgate-driver-"));
  const options: ConnectClusterOptions = { ...at, urls, ...more };
  let catalogue: Catalogue;
  let close: () => void;
  const open = (): ConnectService => {
    catalogue = openCatalogue(directory);
    const clusters = createKafkaConnectClusters([options], { tables: catalogue, ...(timing === undefined ? {} : { timing }) });
    close = () => {
      clusters.close();
      catalogue.close();
    };
    return createConnectService(clusters.find);
  };
  const world: ConnectWorld = {
    directory,
    connect: open(),
    reopen: () => {
      close();
      world.connect = open();
    },
    file: (name) => join(directory, name),
    until: (connector, what) => until(() => world.connect.status(on(connector)), what),
    untilState: (connector, state) => world.until(connector, (status) => status.state === state),
    untilApplied: (connector) =>
      until(
        () => world.connect.offsetsRequestStatus(on(connector)),
        ({ phase }) => phase !== "PENDING",
      ),
    [Symbol.dispose]: () => {
      close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  return world;
}

/** Asks until the answer is as wanted, with a deadline. */
export async function until<T>(ask: () => Promise<T>, what: (answer: T) => boolean, deadlineMs = 60_000): Promise<T> {
  const deadline = Date.now() + deadlineMs;
  for (;;) {
    const answer = await ask();
    if (what(answer)) return answer;
    if (Date.now() > deadline) throw new Error(`It did not come true within ${String(deadlineMs)} ms: ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export const unique = (name: string): string => `${name}-${randomUUID().slice(0, 8)}`;

const credentials = { "kafka.api.key": "MY0KEY", "kafka.api.secret": "s3cr3t-0f-the-cloud" } as const;

export function fileSource(name: string, file: string, topic: string, more: ConnectorConfig = {}): ConnectorConfig {
  return {
    name,
    "connector.class": "FileStreamSource",
    "tasks.max": "1",
    file,
    topic,
    "value.converter": "org.apache.kafka.connect.storage.StringConverter",
    ...credentials,
    ...more,
  };
}
export function fileSink(name: string, file: string, topics: string, more: ConnectorConfig = {}): ConnectorConfig {
  return {
    name,
    "connector.class": "FileStreamSink",
    "tasks.max": "1",
    file,
    topics,
    "value.converter": "org.apache.kafka.connect.storage.StringConverter",
    "key.converter": "org.apache.kafka.connect.storage.StringConverter",
    ...credentials,
    ...more,
  };
}
