import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { openCatalogue } from "../../src/catalogue/catalogue.ts";
import { freshDirectory } from "../fixtures/world.ts";

let directory = "";
beforeEach(() => {
  directory = freshDirectory();
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

test("a second owner is refused with the name of the directory, and let in once the first has left", () => {
  const first = openCatalogue(directory);
  expect(() => openCatalogue(directory)).toThrow(
    expect.objectContaining({ code: "DataDirectoryInUse", message: expect.stringContaining(directory) }),
  );
  first.close();
  openCatalogue(directory).close();
});

test("only its owner may read the catalogue and its journal, also where others may read the directory", () => {
  const catalogue = openCatalogue(directory);
  const modes = readdirSync(directory).map((name) => [name, statSync(join(directory, name)).mode & 0o777]);
  expect(modes).toContainEqual(["catalogue.sqlite-wal", 0o600]);
  expect(modes.filter(([, mode]) => mode !== 0o600)).toEqual([]);
  catalogue.close();
});

test("a damaged catalogue is named, with what to do", () => {
  writeFileSync(join(directory, "catalogue.sqlite"), "this is not a database, and it is long enough to be looked at as one".repeat(20));
  expect(() => openCatalogue(directory)).toThrow(
    expect.objectContaining({ code: "CatalogueCorrupt", message: expect.stringMatching(/catalogue\.sqlite.*backup/) }),
  );
});

test("a damaged page inside is found at the start, not at some later read", () => {
  const catalogue = openCatalogue(directory);
  for (let i = 0; i < 200; i++)
    catalogue.insertKey({
      id: `id-${String(i)}`,
      name: `name-${String(i)}`,
      role: "read",
      digest: Buffer.from(`digest-${String(i)}`.padEnd(64)),
    });
  catalogue.close();
  const file = join(directory, "catalogue.sqlite");
  const db = new DatabaseSync(file);
  const { root } = db.prepare("SELECT rootpage AS root FROM sqlite_schema WHERE name = 'api_keys'").get() as { root: number };
  const { page_size: size } = db.prepare("PRAGMA page_size").get() as { page_size: number };
  db.close();
  overwrite(file, (root - 1) * size, Buffer.alloc(size, 0xff));
  expect(() => openCatalogue(directory)).toThrow(expect.objectContaining({ code: "CatalogueCorrupt" }));
});

test("a catalogue of a newer server is left alone", () => {
  openCatalogue(directory).close();
  const db = new DatabaseSync(join(directory, "catalogue.sqlite"));
  db.exec("PRAGMA user_version = 999");
  db.close();
  expect(() => openCatalogue(directory)).toThrow(
    expect.objectContaining({ code: "CatalogueTooNew", message: expect.stringContaining("999") }),
  );
});

test("another application's database is not migrated", () => {
  const db = new DatabaseSync(join(directory, "catalogue.sqlite"));
  db.exec("CREATE TABLE theirs (x); PRAGMA user_version = 7");
  db.close();
  expect(() => openCatalogue(directory)).toThrow(expect.objectContaining({ message: expect.stringContaining("another application") }));
});

test("a directory that cannot be is one clear sentence", () => {
  const file = join(directory, "file");
  writeFileSync(file, "");
  expect(() => openCatalogue(join(file, "data"))).toThrow(expect.objectContaining({ code: "DataDirectoryUnusable" }));
  mkdirSync(join(directory, "odd/catalogue.sqlite"), { recursive: true });
  expect(() => openCatalogue(join(directory, "odd"))).toThrow(expect.objectContaining({ code: "DataDirectoryUnusable" }));
});

function overwrite(file: string, at: number, bytes: Buffer): void {
  const { openSync, writeSync, closeSync } = process.getBuiltinModule("node:fs");
  const handle = openSync(file, "r+");
  writeSync(handle, bytes, 0, bytes.length, at);
  closeSync(handle);
}
