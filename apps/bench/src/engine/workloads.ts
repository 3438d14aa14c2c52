import type { Row } from "@headgate/engine";
import { keyedEvents, nexmarkEvents, type EventSource } from "./event-source.ts";
import { avg, count, filter, group, join, max, project, sum, topRows, type Entries } from "./hand-wired/operators.ts";
import { nexmarkQueries, nexmarkTables } from "./nexmark.ts";

/** A view over a stream. */
export interface Workload {
  readonly name: string;
  readonly what: string;
  /** The program; its view is called `result`. */
  readonly program: string;
  readonly events: (seed: number) => EventSource;
  /** The same view wired from plain operators by hand: deltas of tables in, delta of the view out. */
  readonly handWired: (() => (changes: (table: string) => Entries) => Entries) | undefined;
}

const nexmark = (name: string, what: string, query: string, handWired: Workload["handWired"]): Workload => ({
  name,
  what,
  program: `${nexmarkTables}CREATE VIEW result AS ${query};`,
  events: (seed) => nexmarkEvents(seed),
  handWired,
});

const sellerStates = new Set(["OR", "ID", "CA"]);
const auctionsWithBids = (make: (auction: Row, bid: Row) => Row): ((changes: (table: string) => Entries) => Entries) => {
  // auction: id, item, seller, category; bid: id, auction, bidder, price
  const auctions = project((row) => [row[0]!, row[3]!]);
  const bids = project((row) => [row[1]!, row[3]!]);
  const joined = join((row) => row[0] as number, (row) => row[0] as number, make); // prettier-ignore
  return (changes) => joined(auctions(changes("auction")), bids(changes("bid")));
};

/** W1 to W6 of the engine's design. */
export const workloads: readonly Workload[] = [
  nexmark("W1", "filter", "SELECT id, auction, bidder, price FROM bid WHERE auction % 123 = 0", () => {
    const kept = filter((row) => (row[1] as number) % 123 === 0);
    const shown = project((row) => [row[0]!, row[1]!, row[2]!, row[3]!]);
    return (changes) => shown(kept(changes("bid")));
  }),
  nexmark("W2", "filter and join", nexmarkQueries["q3"]!, () => {
    const auctions = filter((row) => row[3] === 10);
    const people = filter((row) => sellerStates.has(row[3] as string));
    const joined = join((row) => row[2] as number, (row) => row[0] as number, (auction, person) => [person[1]!, person[2]!, person[3]!, auction[0]!]); // prettier-ignore
    return (changes) => joined(auctions(changes("auction")), people(changes("person")));
  }),
  nexmark(
    "W3",
    "join and group",
    `SELECT a.category, count(*) AS bids, max(b.price) AS most, avg(b.price) AS mean
     FROM auction a JOIN bid b ON b.auction = a.id GROUP BY a.category`,
    () => {
      const joined = auctionsWithBids((auction, bid) => [auction[1]!, bid[1]!]);
      const grouped = group((row) => row[0] as number, (row) => [row[0]!], [count, max(1), avg(1)]); // prettier-ignore
      return (changes) => grouped(joined(changes));
    },
  ),
  nexmark(
    "W4",
    "nested groups",
    `SELECT category, avg(most) AS mean FROM (
       SELECT a.id, a.category, max(b.price) AS most FROM auction a JOIN bid b ON b.auction = a.id GROUP BY a.id, a.category)
     GROUP BY category`,
    () => {
      const joined = auctionsWithBids((auction, bid) => [auction[0]!, auction[1]!, bid[1]!]);
      const inner = group((row) => `${String(row[0])}|${String(row[1])}`, (row) => [row[0]!, row[1]!], [max(2)]); // prettier-ignore
      const outer = group((row) => row[1] as number, (row) => [row[1]!], [avg(2)]); // prettier-ignore
      return (changes) => outer(inner(joined(changes)));
    },
  ),
  {
    name: "W5",
    what: "upserts of 100k keys, grouped",
    program: `CREATE TABLE kv (key INTEGER NOT NULL PRIMARY KEY, bucket INTEGER, val INTEGER);
      CREATE VIEW result AS SELECT bucket, count(*) AS n, sum(val) AS total FROM kv GROUP BY bucket;`,
    events: (seed) => keyedEvents(seed, 100_000),
    handWired: () => {
      const held = new Map<number, Row>();
      const grouped = group((row) => row[1] as number, (row) => [row[1]!], [count, sum(2)]); // prettier-ignore
      return (changes) => {
        const net: [Row, number][] = [];
        for (const [row, weight] of changes("kv")) {
          const before = held.get(row[0] as number);
          if (before !== undefined) net.push([before, -1]);
          if (weight > 0) {
            net.push([row, 1]);
            held.set(row[0] as number, row);
          } else held.delete(row[0] as number);
        }
        return grouped(net);
      };
    },
  },
  nexmark(
    "W6",
    "top 3 of each group",
    `SELECT auction, id, price FROM (
       SELECT auction, id, price, row_number() OVER (PARTITION BY auction ORDER BY price DESC, id) AS place FROM bid) WHERE place <= 3`,
    () => {
      const shown = project((row) => [row[1]!, row[0]!, row[3]!]);
      const order = (a: Row, b: Row): number => (b[2] as number) - (a[2] as number) || (a[1] as number) - (b[1] as number);
      const top = topRows((row) => row[0] as number, order, 3);
      return (changes) => top(shown(changes("bid")));
    },
  ),
];

/** Nexmark's own queries, for which there is nothing wired by hand. */
export const nexmarkWorkloads: readonly Workload[] = Object.entries(nexmarkQueries).map(([name, query]) =>
  nexmark(name, "Nexmark", query, undefined),
);
