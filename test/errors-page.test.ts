import { expect, test } from "@jest/globals";
import { errorCodeValues } from "@headgate/contract";
import { errorStatuses } from "@headgate/server";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const page = readFileSync(join(import.meta.dirname, "../docs/errors.md"), "utf8");
const rows = [...page.matchAll(/^\| `([\w.]+)`\s*\| (\d{3})\s*\|/gm)].map((match) => [match[1] as string, Number(match[2])] as const);

test("docs/errors.md has one row for each error code of the contract, and no other", () => {
  expect(rows.map(([code]) => code).sort()).toEqual([...errorCodeValues].sort());
});

test("docs/errors.md gives each code the status that the server answers with", () => {
  const statuses = errorStatuses as Readonly<Record<string, number>>;
  expect(rows.filter(([code, status]) => statuses[code] !== status)).toEqual([]);
});
