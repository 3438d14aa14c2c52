import { createClient } from "@headgate/client";

export async function quickStart(baseUrl: string): Promise<object[]> {
  const client = createClient({ baseUrl });
  await client.pipelines.createOrReplace({
    name: "orders",
    program_code: `
      CREATE TABLE orders (customer INT, amount INT);
      CREATE MATERIALIZED VIEW totals AS SELECT customer, SUM(amount) AS amount FROM orders GROUP BY customer;`,
  });
  await client.pipelines.startAndWait("orders");

  const orders = [
    { customer: 1, amount: 5 },
    { customer: 1, amount: 7 },
    { customer: 2, amount: 3 },
  ];
  await client.ingress("orders", "orders", orders, { wait: true });

  const rows: object[] = [];
  for await (const row of await client.query("orders", "SELECT * FROM totals ORDER BY customer")) rows.push(row);
  return rows;
}
