import { existsSync, readFileSync, statSync } from "node:fs";
import type { Client } from "@headgate/client";
import { views, type Files } from "./program.ts";
import { numberOf, rowsOf } from "./rows-of.ts";
import { Hopeless, until } from "./until.ts";

const settleMs = 60_000;

/** Compares what sinks wrote with the views. @throws Error naming the first difference */
export async function verifyFiles(client: Client, files: Files): Promise<void> {
  const seen = new Set((await rowsOf<{ n: number; origin: string }>(client, views.seen)).map(seenText));
  await verifyGrowing(files.seen, seen);
  if (files.tight !== undefined) await verifyGrowing(files.tight, seen);
  await verifyPages(client, files.pages);
  await verifyChanging(client, "joined", files.joined);
  await verifyChanging(client, "best", files.best);
  await verifyChanging(client, "lonely", files.lonely);
}

type FileLine = { readonly insert: Record<string, unknown> } | { readonly delete: Record<string, unknown> };

/** Waits until the lines of a file are as wanted: `ready` gives undefined while they are not, and throws what waiting does not mend. */
async function lines<T>(what: string, path: string, ready: (lines: readonly FileLine[]) => T | undefined): Promise<T> {
  let looked = "";
  return until(
    what,
    () => {
      if (!existsSync(path)) return Promise.resolve(undefined);
      const { ino, mtimeMs, size } = statSync(path);
      const look = [ino, mtimeMs, size].join();
      if (look === looked) return Promise.resolve(undefined);
      looked = look;
      const text = readFileSync(path, "utf8");
      // A piece that is being written: it may still be cut off again.
      if (text !== "" && !text.endsWith("\n")) return Promise.resolve(undefined);
      const found = text
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as FileLine);
      return Promise.resolve(ready(found));
    },
    settleMs,
  );
}

function inserted(path: string, line: FileLine): Record<string, unknown> {
  if ("insert" in line) return line.insert;
  throw new Hopeless(`${path}: a deletion of a row that never went: ${JSON.stringify(line)}`);
}

const seenText = (row: Record<string, unknown>): string => `${String(row["origin"])} ${String(row["n"])}`;

/** A view that only grows, and whose sources rest: its file has each row exactly once. */
async function verifyGrowing(path: string, expected: ReadonlySet<string>): Promise<void> {
  await lines(`the ${String(expected.size)} rows of the view in ${path}`, path, (found) => {
    const seen = new Set<string>();
    for (const line of found) {
      const row = seenText(inserted(path, line));
      if (seen.has(row)) throw new Hopeless(`${path}: ${row} is there twice`);
      if (!expected.has(row)) throw new Hopeless(`${path}: ${row} is not in the view`);
      seen.add(row);
    }
    return seen.size === expected.size ? true : undefined;
  });
}

/** A view of a source that counts up and may still flow: the file has a gapless beginning, as long as the view was at the least. */
async function verifyPages(client: Client, path: string): Promise<void> {
  const least = await numberOf(client, "SELECT count(*) AS x FROM pages");
  await lines(`the first ${String(least)} pages in ${path}`, path, (found) => {
    const seen = new Set<number>();
    let most = -1;
    for (const line of found) {
      const n = Number(inserted(path, line)["n"]);
      if (seen.has(n)) throw new Hopeless(`${path}: page ${String(n)} is there twice`);
      seen.add(n);
      most = Math.max(most, n);
    }
    if (most + 1 !== seen.size)
      throw new Hopeless(`${path}: ${String(most + 1 - seen.size)} pages are missing before page ${String(most)}`);
    return seen.size >= least ? true : undefined;
  });
}

/** A view that changes: its file, replayed, never removes what is not there or adds what is, and ends as the view. */
async function verifyChanging(client: Client, view: "joined" | "best" | "lonely", path: string): Promise<void> {
  const text = (row: Record<string, unknown>): string => JSON.stringify(Object.entries(row).sort());
  const expected = (await rowsOf<Record<string, unknown>>(client, `SELECT * FROM ${view}`)).map(text).sort().join("\n");
  await lines(`${path} equal to the view`, path, (found) =>
    replayed(path, found, text).sort().join("\n") === expected ? true : undefined,
  );
}

function replayed(path: string, found: readonly FileLine[], text: (row: Record<string, unknown>) => string): string[] {
  const weights = new Map<string, number>();
  for (const line of found) {
    const [row, weight] = "insert" in line ? [text(line.insert), 1] : [text(line.delete), -1];
    weights.set(row, (weights.get(row) ?? 0) + weight);
  }
  const held: string[] = [];
  for (const [row, weight] of weights) {
    if (weight !== 0 && weight !== 1) throw new Hopeless(`${path}: ${row} comes ${String(weight)} times`);
    if (weight === 1) held.push(row);
  }
  return held;
}
