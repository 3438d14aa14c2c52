import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "@jest/globals";

const root = join(import.meta.dirname, "..");
const readme = join(root, "README.md");
const marker = /<!-- example: ([a-z-]+) -->\n(?:\n```ts\n[\s\S]*?\n```\n)?/g;

/** Fix: `UPDATE_README=1 npm test -- packages/client/test/readme.test.ts` */
test("the README shows every example as it is in examples/ (else run this test with UPDATE_README=1)", async () => {
  const names = (await readdir(join(root, "examples"))).map((file) => file.replace(/\.ts$/, ""));
  const code = new Map<string, string>();
  for (const name of names) code.set(name, await readFile(join(root, "examples", `${name}.ts`), "utf8"));
  const text = await readFile(readme, "utf8");
  const shown = [...text.matchAll(marker)].map(([, name = ""]) => name);
  expect([...shown].sort()).toEqual([...names].sort());
  const expected = text.replaceAll(
    marker,
    (_, name: string) => `<!-- example: ${name} -->\n\n\`\`\`ts\n${code.get(name)?.trimEnd()}\n\`\`\`\n`,
  );
  if (process.env["UPDATE_README"] === "1") await writeFile(readme, expected);
  else expect(text).toBe(expected);
});
