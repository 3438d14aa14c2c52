/** Before a jest run: test processes may ask for a Kafka that all of them share. It is started when the first one asks. */
import { serveSharedKafka } from "./src/serve-shared-kafka.ts";
import { sharedSocketVariable } from "./src/shared-kafka.ts";

export default async function setup() {
  const server = await serveSharedKafka();
  process.env[sharedSocketVariable] = server.socketPath;
  globalThis.headgateSharedKafka = server;
}
