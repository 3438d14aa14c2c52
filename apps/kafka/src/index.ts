/** A real Apache Kafka, with Connect workers when wanted, for tests, benchmarks and people. Knows nothing of Headgate. */
export { Broker, type SecureListener } from "./broker.ts";
export { ConnectWorker } from "./connect-worker.ts";
export { describeWithKafka } from "./describe-with-kafka.ts";
export { KafkaCluster, startKafka, type KafkaOptions } from "./kafka-cluster.ts";
export { kafkaVersion } from "./libraries.ts";
export type { Properties } from "./properties.ts";
export { serveSharedKafka, type SharedKafkaServer } from "./serve-shared-kafka.ts";
export { givenKafka, sharedKafka, sharedSocketVariable, type KafkaAddresses } from "./shared-kafka.ts";
export { missingForKafka } from "./tools.ts";
export { createTestCertificate, type TestCertificate } from "./test-certificate.ts";
export { newTopicName, Topics, type Written } from "./topics.ts";
export { waitUntil, type WaitOptions } from "./wait-until.ts";
