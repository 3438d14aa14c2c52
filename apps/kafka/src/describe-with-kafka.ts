import { givenKafka } from "./shared-kafka.ts";
import { missingForKafka } from "./tools.ts";

interface Describe {
  (title: string, body: () => void): void;
  readonly skip: (title: string, body: () => void) => void;
}

/**
 * `describe` for tests that need a Kafka: where none can be started they are skipped, and a line says so. With
 * `HEADGATE_KAFKA_TESTS=required`, as in CI, they fail instead.
 */
export function describeWithKafka(describe: Describe, title: string, body: () => void): void {
  const missing = givenKafka() === undefined ? missingForKafka() : undefined;
  if (missing === undefined) return describe(title, body);
  if (process.env["HEADGATE_KAFKA_TESTS"] === "required") throw new Error(`${title}: ${missing}`);
  process.stderr.write(`SKIPPED ${title}: ${missing}\n`);
  describe.skip(title, body);
}
