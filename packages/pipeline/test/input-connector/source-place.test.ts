import { expect, test } from "@jest/globals";
import type { InputTransport, Parser, TableSchema } from "@headgate/connector-kit";
import { builtinConnectors } from "@headgate/connectors";
import fc from "fast-check";
import { SourcePlace } from "../../src/input-connector/source-place.ts";
import type { ResumePoint } from "../../src/journal/records.ts";

const schema: TableSchema = {
  name: "t",
  fields: [
    { name: "id", caseSensitive: false, unused: false, columnType: { type: "INTEGER", nullable: false } },
    { name: "name", caseSensitive: false, unused: false, columnType: { type: "VARCHAR", nullable: true, precision: -1 } },
  ],
  primaryKey: undefined,
};
const records = Array.from({ length: 300 }, (_, i) => ({ id: i, name: `größe\n${"x".repeat(i % 40)}` }));
const pretty = records.map((record, i) => (i % 3 === 0 ? JSON.stringify(record, undefined, 2) : JSON.stringify(record)));
const broken = pretty.flatMap((text, i) => (i % 50 === 7 ? [text, "{not json", text] : [text]));
const weighted = records.map((record, i) => JSON.stringify({ weight: i === 20 ? 9000 : 1, data: record }));
const csv = records.map(({ id, name }) => `${String(id)},"${name}"`);

const formats: readonly (readonly [what: string, name: string, config: object, content: string])[] = [
  ["JSON records over several lines, some broken", "json", { update_format: "raw" }, broken.join("\n")],
  ["JSON in one array", "json", { update_format: "raw", array: true }, `[${pretty.join(",")}]`],
  ["JSON with weights", "json", { update_format: "weighted" }, weighted.join("\n")],
  ["CSV with a header", "csv", { headers: true }, `id,name\n${csv.join("\n")}\n`],
];

function parserOf(name: string, config: object): Parser {
  const format = builtinConnectors.inputFormats.get(name);
  if (format === undefined) throw new Error(name);
  return format.createParser(format.parseConfig(config, schema), schema, { scratchDirectory: "/nonexistent" });
}

interface Piece {
  readonly rows: readonly string[];
  readonly position: ResumePoint | undefined;
}

/** Reads `content` from a place to its end in pieces, as the pull loop does. */
async function readFrom(content: Buffer, parser: Parser, from: ResumePoint | undefined, pieceBytes: number): Promise<Piece[]> {
  let at = (from?.at as number | undefined) ?? 0;
  const transport: Pick<InputTransport, "position"> = { position: (held) => at - held };
  const place = new SourcePlace(transport as InputTransport, parser, from?.skip ?? 0);
  const pieces: Piece[] = [];
  const take = async (batches: ReturnType<Parser["push"]>): Promise<void> => {
    for await (const { batch, bytes } of batches) {
      const placed = place.take(batch, bytes);
      if (placed === undefined || placed.batch.rows.length === 0) continue;
      pieces.push({ rows: placed.batch.rows.map((row) => JSON.stringify(row)), position: placed.position });
    }
  };
  while (at < content.length) {
    place.beforeRead();
    const piece = content.subarray(at, at + pieceBytes);
    at += piece.length;
    place.pushed(piece.length);
    await take(parser.push(piece));
  }
  await take(parser.finish());
  return pieces;
}

test.each(formats)("%s: read on behind any batch, however often, gives exactly the rest", async (_what, name, config, text) => {
  const content = Buffer.from(text);
  const parser = (): Parser => parserOf(name, config);
  const all = (await readFrom(content, parser(), undefined, content.length)).flatMap(({ rows }) => rows);
  expect(all.length).toBeGreaterThanOrEqual(300);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.nat(), fc.integer({ min: 7, max: 4000 })), { minLength: 1, maxLength: 4 }), async (stops) => {
      const seen: string[] = [];
      let from: ResumePoint | undefined;
      for (const [choice, pieceBytes] of stops) {
        const pieces = await readFrom(content, parser(), from, pieceBytes);
        // The process dies behind one of the batches.
        const count = pieces.length === 0 ? 0 : 1 + (choice % pieces.length);
        for (const { rows } of pieces.slice(0, count)) seen.push(...rows);
        if (count > 0) from = pieces[count - 1]?.position;
      }
      for (const { rows } of await readFrom(content, parser(), from, 500)) seen.push(...rows);
      expect(seen).toEqual(all);
    }),
    { numRuns: 40 },
  );
});
