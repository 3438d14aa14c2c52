import type { Client } from "@headgate/client";
import { pipelineName } from "./program.ts";

/** The rows of an ad-hoc query. */
export async function rowsOf<Row>(client: Client, sql: string, pipeline: string = pipelineName): Promise<Row[]> {
  const found: Row[] = [];
  for await (const row of await client.query<Row>(pipeline, sql)) found.push(row);
  return found;
}

/** The one number, named x, that an ad-hoc query gives. */
export async function numberOf(client: Client, sql: string, pipeline: string = pipelineName): Promise<number> {
  return (await rowsOf<{ x: number }>(client, sql, pipeline))[0]!.x;
}
