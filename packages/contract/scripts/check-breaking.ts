/**
 * Fails when the document breaks callers of the last release, or before any release of the commit before, and nobody has
 * approved it.
 *
 * usage: node packages/contract/scripts/check-breaking.ts [--repository <directory>]
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { parseApprovals, withoutApproved } from "./approved-breaks.ts";
import { findBase } from "./base-document.ts";
import { diffDocuments } from "./diff-documents.ts";

const documentPath = "packages/contract/src/generated/openapi.json";
const approvalsPath = "openapi/approved-breaks.txt";

const { values } = parseArgs({ options: { repository: { type: "string", default: join(import.meta.dirname, "../../..") } } });
const base = findBase(values.repository, documentPath);
if ("absent" in base) {
  console.log(`No document to compare with: ${base.absent}. Nothing was checked.`);
} else {
  const file = join(values.repository, approvalsPath);
  const approvals = parseApprovals(existsSync(file) ? readFileSync(file, "utf8") : "");
  const breaks = await diffDocuments(base.document, readFileSync(join(values.repository, documentPath), "utf8"));
  const open = withoutApproved(breaks, approvals);
  if (open.length === 0) {
    console.log(`Nothing breaks callers of ${base.ref}${breaks.length > 0 ? ` (${breaks.length} approved)` : ""}.`);
  } else {
    console.error(`The document breaks callers of ${base.ref}:`);
    for (const each of open) console.error(`  ${each.message}\n    ${each.rule} ${each.pointer}`);
    console.error(`Take the change back, or accept it with a line in ${approvalsPath} for each:`);
    for (const each of open) console.error(`  ${each.rule} ${each.pointer} -- <why callers can live with it>`);
    process.exitCode = 1;
  }
}
