import { describe, expect, test } from "@jest/globals";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const packages = readdirSync(join(root, "packages")).sort();

/** docs/architecture.md: package → what it may import. */
const table = new Map<string, string[]>();
for (const line of read("docs/architecture.md").split("\n")) {
  const cells = line.split("|").map((cell) => cell.trim());
  const name = /^`([a-z-]+)`$/.exec(cells[1] ?? "")?.[1];
  if (name === undefined || cells.length < 5) continue;
  table.set(name, cells[3] === "nothing of ours" ? [] : [...(cells[3] ?? "").matchAll(/`([a-z-]+)`/g)].map((match) => match[1] as string));
}

const manifest = (name: string): { dependencies?: Record<string, string>; devDependencies?: Record<string, string> } =>
  JSON.parse(read(`packages/${name}/package.json`)) as { dependencies?: Record<string, string> };

describe("the import table of docs/architecture.md", () => {
  test("lists every package, and nothing else", () => {
    expect([...table.keys()].sort()).toEqual(packages);
  });

  test.each(packages)("%s depends on no package of ours that the table does not allow it", (name) => {
    const ours = Object.keys(manifest(name).dependencies ?? {}).flatMap((dependency) => /^@headgate\/(.+)$/.exec(dependency)?.[1] ?? []);
    expect(ours.filter((dependency) => !table.get(name)?.includes(dependency))).toEqual([]);
  });

  test.each(packages)("%s has a project reference for each package of ours that it depends on, and no other", (name) => {
    const config = JSON.parse(read(`packages/${name}/tsconfig.json`)) as { references?: { path: string }[] };
    const references = (config.references ?? []).map((reference) => reference.path.replace("../../packages/", "")).sort();
    const ours = Object.keys(manifest(name).dependencies ?? {}).flatMap((dependency) => /^@headgate\/(.+)$/.exec(dependency)?.[1] ?? []);
    expect(references).toEqual(ours.sort());
  });
});
