type Client = typeof import("@platformatic/kafka");
let client: Promise<Client> | undefined;

/** The Kafka client. Loaded when the first Kafka connector opens: other pipelines start without paying for it. */
export function loadKafkaClient(): Promise<Client> {
  return (client ??= import("@platformatic/kafka"));
}
