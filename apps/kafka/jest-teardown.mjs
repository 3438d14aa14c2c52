/** After a jest run: ends the Kafka that its tests shared, if one of them asked for it. */
export default async function teardown() {
  await globalThis.headgateSharedKafka.stop();
}
