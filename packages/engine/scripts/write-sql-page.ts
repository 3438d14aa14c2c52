/** Writes docs/sql.md; with `--check` it writes nothing and fails when the page is stale. usage: npm run docs:sql [-- --check] */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { renderSqlPage } from "./render-sql-page.ts";

const page = join(import.meta.dirname, "../../../docs/sql.md");
const text = await renderSqlPage();
if (!process.argv.includes("--check")) await writeFile(page, text);
else if ((await readFile(page, "utf8")) !== text) {
  console.error("docs/sql.md is stale: npm run docs:sql writes it anew");
  process.exitCode = 1;
}
