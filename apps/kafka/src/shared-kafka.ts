import { request } from "node:http";

/** How to reach a Kafka: the address for `bootstrap.servers` and the URLs of its Connect workers. */
export interface KafkaAddresses {
  readonly bootstrap: string;
  readonly connectUrls: readonly string[];
}

/** The jest run tells its test processes by this variable where it takes requests for the shared Kafka. */
export const sharedSocketVariable = "HEADGATE_KAFKA_SOCKET";
const startMs = 240_000;

/**
 * The Kafka that a jest run shares, started when the first test asks for it; its topics outlive a test file, so give yours names of their
 * own. `HEADGATE_KAFKA` (and `HEADGATE_CONNECT`, URLs with commas between) name one that runs already instead.
 */
export async function sharedKafka(options: { readonly workers?: number } = {}): Promise<KafkaAddresses> {
  const { workers = 0 } = options;
  const given = givenKafka();
  if (given !== undefined && given.connectUrls.length >= workers) return given;
  const socketPath = process.env[sharedSocketVariable];
  if (socketPath === undefined) throw new Error("sharedKafka() is for tests that jest runs; use startKafka() elsewhere.");
  return ask(socketPath, workers);
}

/** The Kafka that the environment names. */
export function givenKafka(): KafkaAddresses | undefined {
  const bootstrap = process.env["HEADGATE_KAFKA"];
  if (bootstrap === undefined || bootstrap === "") return undefined;
  const urls = (process.env["HEADGATE_CONNECT"] ?? "").split(",").map((url) => url.trim());
  return { bootstrap, connectUrls: urls.filter((url) => url !== "") };
}

function ask(socketPath: string, workers: number): Promise<KafkaAddresses> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, path: `/?workers=${String(workers)}`, timeout: startMs }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (piece: string) => (text += piece));
      response.once("end", () => {
        if (response.statusCode === 200) resolve(JSON.parse(text) as KafkaAddresses);
        else reject(new Error(text));
      });
    });
    asked.once("error", reject);
    asked.once("timeout", () => asked.destroy(new Error(`The shared Kafka did not start within ${String(startMs / 1000)} s.`)));
    asked.end();
  });
}
