import { expect, test } from "@jest/globals";
import { compatibilityPartitioner } from "@platformatic/kafka";
import { keyHash } from "../../../src/transports/kafka-output/murmur2.ts";

test("a key's hash is Java's, for every length and every byte", () => {
  // As in the tests of Kafka's own client (org.apache.kafka.common.utils.UtilsTest), without their sign.
  const known: Readonly<Record<string, number>> = {
    "21": -973932308,
    foobar: -790332482,
    "a-little-bit-long-string": -985981536,
    abc: 479470107,
  };
  for (const [key, hash] of Object.entries(known)) expect(keyHash(Buffer.from(key))).toBe(hash & 0x7fffffff);
  for (let length = 0; length < 70; length += 1) {
    const key = Buffer.from(Array.from({ length }, (_, i) => (i * 37 + length * 101) % 256));
    expect(keyHash(key)).toBe(compatibilityPartitioner(undefined as never, key));
  }
});
