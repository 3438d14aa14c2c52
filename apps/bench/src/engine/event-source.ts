import type { Row } from "@headgate/engine";

/** Changes of one step by table. */
export type Events = ReadonlyMap<string, { readonly added: readonly Row[]; readonly removed: readonly Row[] }>;
export interface EventSource {
  /** The next `count` events. The same seed gives the same events, whatever the counts. */
  next(count: number): Events;
}

/** A whole number below `bound`; the same seed gives the same numbers. */
export function seededNumbers(seed: number): { below(bound: number): number; unit(): number } {
  let state = seed | 0;
  const unit = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return { unit, below: (bound) => Math.floor(unit() * bound) };
}

const cities = ["Portland", "Boise", "Los Angeles", "Phoenix", "Seattle", "Cheyenne", "Bend", "Kent"];
const states = ["OR", "ID", "CA", "AZ", "WA", "WY"];
const channels = ["Google", "Facebook", "Baidu", "Apple", "Bing", "Yahoo"];
/** 2024-01-01T00:00:00Z in microseconds; events are a millisecond apart. */
const epoch = 1_704_067_200_000_000n;

/**
 * Nexmark's events in its proportions: of 50, one person, three auctions and 46 bids, half of the bids on a hot auction.
 *
 * @param removals share of events that take an earlier row away instead
 */
export function nexmarkEvents(seed: number, removals = 0): EventSource {
  const random = seededNumbers(seed);
  const live = new Map<string, Row[]>([["person", []], ["auction", []], ["bid", []]]); // prettier-ignore
  const made = { person: 0, auction: 0, bid: 0 };
  let events = 0;

  const person = (at: bigint): Row => {
    const id = made.person++;
    return [id, `person ${id}`, cities[random.below(8)]!, states[random.below(6)]!, at];
  };
  const recent = (all: number, window: number): number => Math.max(0, all - window) + random.below(Math.min(all, window));
  const auction = (at: bigint): Row => {
    const id = made.auction++;
    const seller = random.unit() < 0.75 ? Math.floor((made.person - 1) / 10) * 10 : recent(made.person, 100);
    return [id, `item ${id}`, seller, 10 + random.below(5), 100 + random.below(9900), at, at + BigInt(1000 + random.below(20_000)) * 1000n];
  };
  const bid = (at: bigint): Row => {
    const chance = random.unit();
    const hot = Math.floor((made.auction - 1) / 100) * 100;
    const on = chance < 0.5 ? hot : chance < 0.95 ? recent(made.auction, 300) : random.below(made.auction);
    const price = Math.floor(Math.exp(random.unit() * 11.5));
    return [made.bid++, on, random.below(made.person), price, channels[random.below(6)]!, at];
  };
  const removal = (): readonly [string, Row] | undefined => {
    const chance = random.unit();
    const table = chance < 0.05 ? "person" : chance < 0.2 ? "auction" : "bid";
    const rows = live.get(table)!;
    if (rows.length === 0) return undefined;
    const at = random.below(rows.length);
    const row = rows[at]!;
    rows[at] = rows.at(-1)!;
    rows.pop();
    return [table, row];
  };

  return {
    next(count) {
      const step = new Map([...live.keys()].map((table) => [table, { added: [] as Row[], removed: [] as Row[] }]));
      for (let i = 0; i < count; i++) {
        const gone = removals > 0 && random.unit() < removals ? removal() : undefined;
        if (gone !== undefined) {
          step.get(gone[0])!.removed.push(gone[1]);
          continue;
        }
        const place = events++ % 50;
        const at = epoch + BigInt(events) * 1000n;
        const table = place === 0 ? "person" : place < 4 ? "auction" : "bid";
        const row = place === 0 ? person(at) : place < 4 ? auction(at) : bid(at);
        step.get(table)!.added.push(row);
        if (removals > 0) live.get(table)!.push(row);
      }
      return step;
    },
  };
}

/** Upserts and, one in ten, deletes of a keyed table `kv (key, bucket, val)`; the first call gives every key once. */
export function keyedEvents(seed: number, keys: number): EventSource {
  const random = seededNumbers(seed);
  const row = (key: number): Row => [key, random.below(1000), random.below(10_000)];
  let loaded = false;
  return {
    next(count) {
      const added: Row[] = [];
      const removed: Row[] = [];
      if (!loaded) for (let key = 0; key < keys; key++) added.push(row(key));
      else {
        const seen = new Set<number>();
        for (let i = 0; i < count; i++) {
          const key = random.below(keys);
          // One change per key and step: what comes first then makes no difference.
          if (seen.has(key)) continue;
          seen.add(key);
          if (random.unit() < 0.1) removed.push([key]);
          else added.push(row(key));
        }
      }
      loaded = true;
      return new Map([["kv", { added, removed }]]);
    },
  };
}
