import { expect, test } from "@jest/globals";
import type { Delta, Row } from "@headgate/engine";
import { column, encode, parse, required, table } from "./support.ts";

const count = 40_000;
const schema = table([
  required("id", "INTEGER"),
  column("delay", "BIGINT"),
  column("date", "TIMESTAMP"),
  column("origin", "VARCHAR"),
  column("destination", "VARCHAR"),
]);
const delta: Delta = Array.from({ length: count }, (_, id) => {
  const row: Row = [id, BigInt(id % 100), 978_307_260_000_000n + BigInt(id) * 1_000_000n, "ORD", "Los Angeles, CA"];
  return [row, 1];
});

/** Rates inside jest are a floor: its sandbox slows every access to a global. */
function report(what: string, start: number): void {
  console.log(`${what}: ${Math.round(count / (performance.now() - start))} thousand rows a second`);
}

test.each(["json", "csv"])("%s is written and read at a rate that is printed, and nothing is lost", async (format) => {
  for (const round of ["cold", "warm"]) {
    const written = performance.now();
    const { chunks } = encode(format, {}, schema, delta);
    report(`${format} out, ${round}`, written);
    const read = performance.now();
    const { rows, errors } = await parse({ format, schema }, ...chunks);
    report(`${format} in, ${round}`, read);
    expect([rows.length, rows.at(-1), errors]).toEqual([count, delta.at(-1)?.[0], []]);
  }
});
