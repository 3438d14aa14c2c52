/** Nexmark's auction site: who sells, what is on sale, who bids. */
export const nexmarkTables = `
CREATE TABLE person (id INTEGER NOT NULL, name VARCHAR, city VARCHAR, state VARCHAR, ts TIMESTAMP);
CREATE TABLE auction (id INTEGER NOT NULL, item VARCHAR, seller INTEGER, category INTEGER, reserve INTEGER, opened TIMESTAMP, expires TIMESTAMP);
CREATE TABLE bid (id INTEGER NOT NULL, auction INTEGER, bidder INTEGER, price INTEGER, channel VARCHAR, ts TIMESTAMP);
`;

const bidRanks = (what: string, distinct: string): string =>
  [
    `count(*) AS ${what}_bids`,
    `count(*) FILTER (WHERE price < 1000) AS ${what}_low_bids`,
    `count(*) FILTER (WHERE price >= 1000 AND price < 10000) AS ${what}_middle_bids`,
    `count(*) FILTER (WHERE price >= 10000) AS ${what}_high_bids`,
    `count(DISTINCT ${distinct}) AS ${what}_${distinct}s`,
    `count(DISTINCT ${distinct}) FILTER (WHERE price < 1000) AS ${what}_low_${distinct}s`,
    `count(DISTINCT ${distinct}) FILTER (WHERE price >= 10000) AS ${what}_high_${distinct}s`,
  ].join(", ");

/** Nexmark's queries in our wording. Where the benchmark leaves ties open, the bid's number settles them. */
export const nexmarkQueries: Readonly<Record<string, string>> = {
  q0: "SELECT auction, bidder, price, ts FROM bid",
  q1: "SELECT auction, bidder, 0.908 * price AS price, ts FROM bid",
  q2: "SELECT auction, price FROM bid WHERE auction % 123 = 0",
  q3: `SELECT p.name, p.city, p.state, a.id FROM auction a JOIN person p ON a.seller = p.id
    WHERE a.category = 10 AND p.state IN ('OR', 'ID', 'CA')`,
  q4: `SELECT category, avg(final) AS price FROM (
      SELECT a.category, max(b.price) AS final FROM auction a JOIN bid b ON a.id = b.auction
      WHERE b.ts BETWEEN a.opened AND a.expires GROUP BY a.id, a.category)
    GROUP BY category`,
  q5: `WITH counts AS (
      SELECT auction, window_start AS starts, count(*) AS bids
      FROM TABLE(HOP(TABLE bid, DESCRIPTOR(ts), INTERVAL '2' SECOND, INTERVAL '10' SECOND)) GROUP BY auction, window_start)
    SELECT c.auction, c.starts, c.bids FROM counts c
    JOIN (SELECT starts, max(bids) AS most FROM counts GROUP BY starts) m ON c.starts = m.starts AND c.bids >= m.most`,
  q6: `SELECT id, seller, avg(price) OVER (PARTITION BY seller ORDER BY ts, id ROWS BETWEEN 10 PRECEDING AND CURRENT ROW) AS price
    FROM (SELECT a.id, a.seller, b.price, b.ts, row_number() OVER (PARTITION BY a.id ORDER BY b.price DESC, b.ts, b.id) AS place
      FROM auction a JOIN bid b ON a.id = b.auction WHERE b.ts BETWEEN a.opened AND a.expires)
    WHERE place = 1`,
  q7: `SELECT b.auction, b.bidder, b.price, b.ts FROM bid b
    JOIN (SELECT max(price) AS most, window_start AS starts, window_end AS ends
      FROM TABLE(TUMBLE(TABLE bid, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end) m
    ON b.price = m.most AND b.ts >= m.starts AND b.ts < m.ends`,
  q8: `SELECT p.id, p.name, p.starts
    FROM (SELECT id, name, window_start AS starts FROM TABLE(TUMBLE(TABLE person, DESCRIPTOR(ts), INTERVAL '10' SECOND))
      GROUP BY id, name, window_start) p
    JOIN (SELECT seller, window_start AS starts FROM TABLE(TUMBLE(TABLE auction, DESCRIPTOR(opened), INTERVAL '10' SECOND))
      GROUP BY seller, window_start) a
    ON p.id = a.seller AND p.starts = a.starts`,
  q15: `SELECT CAST(ts AS DATE) AS day, ${bidRanks("all", "bidder")}, ${bidRanks("any", "auction")} FROM bid GROUP BY CAST(ts AS DATE)`,
  q16: `SELECT channel, CAST(ts AS DATE) AS day, max(strftime(ts, '%H:%M')) AS minute, ${bidRanks("all", "bidder")} FROM bid
    GROUP BY channel, CAST(ts AS DATE)`,
  q17: `SELECT auction, CAST(ts AS DATE) AS day, count(*) AS bids, count(*) FILTER (WHERE price < 1000) AS low_bids,
      count(*) FILTER (WHERE price >= 10000) AS high_bids, min(price) AS least, max(price) AS most, avg(price) AS mean, sum(price) AS total
    FROM bid GROUP BY auction, CAST(ts AS DATE)`,
  q18: `SELECT auction, bidder, price, channel, ts
    FROM (SELECT *, row_number() OVER (PARTITION BY bidder, auction ORDER BY ts DESC, id DESC) AS place FROM bid) WHERE place <= 1`,
  q19: `SELECT auction, bidder, price, channel, ts, place
    FROM (SELECT *, row_number() OVER (PARTITION BY auction ORDER BY price DESC, id) AS place FROM bid) WHERE place <= 10`,
  q20: `SELECT b.auction, b.bidder, b.price, b.channel, b.ts, a.item, a.seller, a.reserve, a.expires
    FROM bid b JOIN auction a ON b.auction = a.id WHERE a.category = 10`,
};
