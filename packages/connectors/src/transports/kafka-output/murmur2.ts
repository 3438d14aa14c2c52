const mix = 0x5bd1e995;
const seed = 0x9747b28c;

/**
 * Kafka's hash of a key, as its Java client computes it, without its sign: the remainder by the number of partitions is the key's partition. The
 * client library has it too, many times slower.
 */
export function keyHash(key: Uint8Array): number {
  const { length } = key;
  const whole = length & ~3;
  let hash = seed ^ length;
  for (let at = 0; at < whole; at += 4) {
    const low = (key[at] as number) | ((key[at + 1] as number) << 8);
    const word = Math.imul(low | ((key[at + 2] as number) << 16) | ((key[at + 3] as number) << 24), mix);
    hash = Math.imul(hash, mix) ^ Math.imul(word ^ (word >>> 24), mix);
  }
  for (let at = length - 1; at >= whole; at -= 1) hash ^= (key[at] as number) << (8 * (at - whole));
  if (whole < length) hash = Math.imul(hash, mix);
  hash = Math.imul(hash ^ (hash >>> 13), mix);
  return (hash ^ (hash >>> 15)) & 0x7fffffff;
}
