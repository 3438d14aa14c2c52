import type { QueryRows } from "@headgate/engine";
import { structColumn } from "./arrow-column.ts";

/** The end of an Arrow stream: a continuation mark and the length 0. */
const endBytes = 8;

/** A result as an Arrow IPC stream: the schema, one record batch for each chunk of rows, the end. */
export async function* arrowStream(result: QueryRows): AsyncGenerator<Uint8Array> {
  // Only here: loading it costs more than most queries.
  const arrow = await import("apache-arrow");
  const row = structColumn(arrow, result.columns);
  const schema = new arrow.Schema(row.type.children);
  const stream = (batches: InstanceType<typeof arrow.RecordBatch>[]): Uint8Array =>
    arrow.tableToIPC(new arrow.Table(schema, batches), "stream");
  const empty = stream([]);
  const head = empty.byteLength - endBytes;
  yield empty.subarray(0, head);
  for await (const rows of result.rows()) {
    if (rows.length === 0) continue;
    const whole = stream([new arrow.RecordBatch(schema, row.data(rows) as never)]);
    yield whole.subarray(head, whole.byteLength - endBytes);
  }
  yield empty.subarray(head);
}
