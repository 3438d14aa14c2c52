import { readFile } from "node:fs/promises";
import { expect, test } from "@jest/globals";
import { renderSqlPage } from "../../scripts/render-sql-page.ts";

test("docs/sql.md says what the engine does; npm run docs:sql writes it anew", async () => {
  expect(await readFile("docs/sql.md", "utf8")).toBe(await renderSqlPage());
});
