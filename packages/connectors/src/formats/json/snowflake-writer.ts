import { randomInt } from "node:crypto";
import type { Row } from "@headgate/engine";

/**
 * Writes rows as Snowflake's connector takes them: the columns, and which change it is. Stream and sequence number tell its loader
 * in which order changes were made.
 */
export function createSnowflakeWriter(writeRow: (row: Row) => string): (row: Row, weight: number) => string {
  // A stream is one run of one encoder; two runs must not share a number.
  const stream = randomInt(2 ** 48 - 1);
  let sequence = 0;
  return (row, weight) => {
    const columns = writeRow(row).slice(0, -1);
    const separator = columns === "{" ? "" : ",";
    const action = weight > 0 ? "insert" : "delete";
    return `${columns}${separator}"__action":"${action}","__stream_id":${stream},"__seq_number":${sequence++}}`;
  };
}
