import { compileTextWriter } from "@headgate/connectors";
import type { QueryRows, Row } from "@headgate/engine";

const maxCell = 64;
/** Column widths are taken from this many rows; wider cells further down stick out rather than hold the whole result in memory. */
const measuredRows = 10_000;

/** A result as an ASCII table with cells cut at 64 characters. */
export async function* textTable(result: QueryRows): AsyncGenerator<string> {
  const { columns } = result;
  const writers = columns.map((column) => compileTextWriter(column.columnType));
  const cells = (row: Row): string[] =>
    writers.map((write, i) => {
      const value = row[i] ?? null;
      return value === null ? "NULL" : cut(write(value));
    });
  const widths = columns.map((column) => cut(column.name).length);
  const line = (): string => `+${widths.map((width) => "-".repeat(width + 2)).join("+")}+\n`;
  const print = (row: readonly string[]): string => `| ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(" | ")} |\n`;
  const head = (): string => line() + print(columns.map((column) => cut(column.name))) + line();
  let measured: string[][] | undefined = [];
  const release = (): string => {
    const text = head() + (measured ?? []).map(print).join("");
    measured = undefined;
    return text;
  };
  for await (const rows of result.rows()) {
    const texts = rows.map(cells);
    if (measured === undefined) {
      yield texts.map(print).join("");
      continue;
    }
    for (const text of texts) {
      text.forEach((cell, i) => {
        widths[i] = Math.max(widths[i] ?? 0, cell.length);
      });
      measured.push(text);
    }
    if (measured.length >= measuredRows) yield release();
  }
  if (measured !== undefined) yield release();
  yield line();
}

function cut(text: string): string {
  const oneLine = text.replaceAll(/[\r\n\t]/g, " ");
  return oneLine.length <= maxCell ? oneLine : `${oneLine.slice(0, maxCell - 3)}...`;
}
