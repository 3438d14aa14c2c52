/** Regions that customers are in, and so lines that each step writes. */
export const regions = 16;
export const customers = 10_000;

/** Orders by key, joined with their customers and summed by region, out to a file. `latest` tells which orders a line includes. */
export const programOf = (output: string): string => `
CREATE TABLE customer (id INT NOT NULL PRIMARY KEY, region INT NOT NULL);
CREATE TABLE orders (id BIGINT NOT NULL PRIMARY KEY, customer INT NOT NULL, amount INT NOT NULL, batch INT NOT NULL);
CREATE VIEW totals WITH ('connectors' = '[{
  "name": "out",
  "transport": { "name": "file_output", "config": { "path": ${JSON.stringify(output)} } },
  "format": { "name": "json" }
}]') AS
  SELECT c.region, count(*) AS orders, sum(o.amount) AS amount, max(o.batch) AS latest
  FROM orders o JOIN customer c ON o.customer = c.id GROUP BY c.region;
`;
