import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { KafkaCluster } from "./kafka-cluster.ts";

/** What a test run gives its test processes. */
export interface SharedKafkaServer {
  /** Where they ask, see `sharedSocketVariable`. */
  readonly socketPath: string;
  /** Ends Kafka, if somebody had it started. */
  readonly stop: () => Promise<void>;
}

/** Takes requests for a Kafka, and starts it with the first: a run without Kafka tests pays nothing. */
export async function serveSharedKafka(): Promise<SharedKafkaServer> {
  const directory = await mkdtemp(join(tmpdir(), "headgate-kafka-shared-"));
  const socketPath = join(directory, "socket");
  let cluster: Promise<KafkaCluster> | undefined;
  /** Workers are added one request after the other. */
  let turn: Promise<unknown> = Promise.resolve();

  async function provide(workers: number): Promise<KafkaCluster> {
    const { startKafka } = await import("./kafka-cluster.ts");
    cluster ??= startKafka();
    const started = await cluster;
    const added = turn.then(() => started.ensureWorkers(workers));
    turn = added.catch(() => undefined);
    await added;
    return started;
  }

  const server = createServer((request, response) => {
    const workers = Number(new URL(request.url ?? "/", "http://localhost").searchParams.get("workers") ?? 0);
    provide(workers).then(
      ({ bootstrap, connectUrls }) => response.end(JSON.stringify({ bootstrap, connectUrls })),
      (error: unknown) => response.writeHead(500).end(error instanceof Error ? error.message : String(error)),
    );
  });
  server.requestTimeout = 0;
  server.listen(socketPath);
  await once(server, "listening");
  server.unref();
  return {
    socketPath,
    stop: async () => {
      server.close();
      await (await cluster?.catch(() => undefined))?.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
