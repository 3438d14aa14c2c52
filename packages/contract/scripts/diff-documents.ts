import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A change that callers of the older document can notice. */
export interface Break {
  readonly rule: string;
  /** Where in the document, as a JSON pointer; the same for every use of a shared schema. */
  readonly pointer: string;
  readonly message: string;
}

interface Verdict {
  readonly ruleId: string;
  readonly impact: "major" | "minor" | "patch";
  readonly message: string;
  readonly location: { readonly pointer: string };
}

const redocly = join(import.meta.dirname, "../../../node_modules/@redocly/cli/bin/cli.js");
/** Any configuration turns the rules of `diff` off, unless it names them. */
const config = "extends: [recommended, diff-recommended]\n";

/** Compares two bundled documents with `redocly diff` and lists what breaks, each break once. */
export async function diffDocuments(base: string, revision: string): Promise<readonly Break[]> {
  const directory = await mkdtemp(join(tmpdir(), "headgate-diff-"));
  try {
    await Promise.all([
      writeFile(join(directory, "base.json"), base),
      writeFile(join(directory, "revision.json"), revision),
      writeFile(join(directory, "redocly.yaml"), config),
    ]);
    return parseReport(await runDiff(directory));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function runDiff(directory: string): Promise<string> {
  const options = ["base.json", "revision.json", "--format", "json", "--config", "redocly.yaml"];
  const env = { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" };
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [redocly, "diff", ...options],
      { cwd: directory, env, timeout: 60_000, maxBuffer: 64 << 20 },
      (error, stdout, stderr) => {
        // Exit code 1 with a report means that something breaks; without a report the comparison itself failed.
        if (error !== null && !stdout.includes("{")) reject(new Error(`redocly diff failed: ${stderr || error.message}`));
        else resolve(stdout);
      },
    );
  });
}

function parseReport(stdout: string): readonly Break[] {
  const report = JSON.parse(stdout.slice(stdout.indexOf("{"))) as { changes: readonly { verdicts?: readonly Verdict[] }[] };
  const breaks = new Map<string, Break>();
  for (const verdict of report.changes.flatMap((change) => change.verdicts ?? [])) {
    if (verdict.impact !== "major") continue;
    const found = { rule: verdict.ruleId, pointer: verdict.location.pointer, message: verdict.message };
    breaks.set(`${found.rule} ${found.pointer} ${found.message}`, found);
  }
  return [...breaks.values()];
}
