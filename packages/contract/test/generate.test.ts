import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const packageRoot = join(import.meta.dirname, "..");
const repositoryRoot = join(packageRoot, "../..");
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "headgate-generate-"));
  cpSync(join(repositoryRoot, "openapi"), join(directory, "openapi"), { recursive: true });
  cpSync(join(packageRoot, "src/generated"), join(directory, "generated"), { recursive: true });
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function check(): Promise<{ readonly code: number; readonly output: string }> {
  const script = join(packageRoot, "scripts/generate.ts");
  const options = ["--check", "--spec", join(directory, "openapi/openapi.yaml"), "--out", join(directory, "generated")];
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...options], (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === "number" ? error.code : 0, output: stdout + stderr });
    });
  });
}
const edit = (file: string, from: string, to: string): void => {
  const path = join(directory, file);
  const text = readFileSync(path, "utf8");
  if (!text.includes(from)) throw new Error(`${file} does not hold '${from}'`);
  writeFileSync(path, text.replace(from, to));
};

test("the committed files are those that the document gives", async () => {
  expect(await check()).toEqual({ code: 0, output: "" });
});

test("a renamed field makes every file stale that holds it, and the last line says how to renew them", async () => {
  edit("openapi/schemas/ConnectorStats.yaml", "  num_errors:", "  error_count:");
  const { code, output } = await check();
  expect(code).toBe(1);
  for (const file of ["openapi.json", "openapi.ts", "schema.ts"]) expect(output).toContain(join("generated", file));
  expect(output).not.toContain("operations.ts");
  expect(output.trimEnd().split("\n").at(-1)).toBe("Run: npm run generate");
});

test("a new error code makes the operation table and the enums stale too", async () => {
  edit("openapi/schemas/ErrorCode.yaml", "  - UnknownPath", "  - UnknownPath\n  - UnknownPlace");
  edit("openapi/responses/Unauthorized.yaml", "[InvalidApiKey]", "[InvalidApiKey, UnknownPlace]");
  const { code, output } = await check();
  expect(code).toBe(1);
  for (const file of ["openapi.json", "openapi.ts", "schema.ts", "enums.ts", "operations.ts"]) expect(output).toContain(file);
});

test("a file that was edited by hand or is missing is named", async () => {
  edit("generated/operations.ts", "getHealth", "readHealth");
  rmSync(join(directory, "generated/enums.ts"));
  const { code, output } = await check();
  expect(code).toBe(1);
  expect(output).toContain("operations.ts");
  expect(output).toContain("enums.ts");
  expect(output).not.toContain("schema.ts");
});

test("a reference that leads nowhere is told with its file", async () => {
  edit("openapi/schemas/PipelineEvent.yaml", "ProgramStatus.yaml", "ProgrammeStatus.yaml");
  const { code, output } = await check();
  expect(code).toBe(1);
  expect(output).toContain("cannot be bundled");
  expect(output).toContain("PipelineEvent.yaml");
});
