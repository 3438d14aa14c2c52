import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "../../..");
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "headgate-lint-"));
  cpSync(join(root, "openapi"), join(directory, "openapi"), { recursive: true });
  cpSync(join(root, "redocly.yaml"), join(directory, "redocly.yaml"));
  writeFileSync(join(directory, "package.json"), '{ "type": "module" }');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** What the linter finds in the copy: rule and message of each problem. */
function lint(): Promise<readonly string[]> {
  const cli = join(root, "node_modules/@redocly/cli/bin/cli.js");
  const env = { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" };
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [cli, "lint", "openapi/openapi.yaml", "--format", "json"],
      { cwd: directory, env },
      (_error, stdout, stderr) => {
        if (!stdout.includes("{")) return reject(new Error(stderr));
        const report = JSON.parse(stdout.slice(stdout.indexOf("{"))) as { problems: { ruleId: string; message: string }[] };
        resolve(report.problems.map(({ ruleId, message }) => `${ruleId}: ${message}`));
      },
    );
  });
}
function edit(file: string, from: string | RegExp, to: string): void {
  const path = join(directory, "openapi", file);
  const text = readFileSync(path, "utf8");
  const edited = text.replace(from, to);
  if (edited === text) throw new Error(`${file} does not hold '${String(from)}'`);
  writeFileSync(path, edited);
}

test("the document has no problem, and no warning", async () => {
  expect(await lint()).toEqual([]);
});

test("an operation that owes its callers something is told what", async () => {
  edit("paths/programs.yaml", /\n {4}security:\n {6}- apiKey: \[write\]/, "");
  edit("paths/programs.yaml", "operationId: validateProgram", "operationId: validate_program");
  edit("paths/programs.yaml", "tags: [programs]", "tags: [pipelines]");
  edit("paths/programs.yaml", /\n {6}"415":\n.*/, "");
  edit("paths/api-keys.yaml", /\n {6}"401":\n.*/, "");
  const problems = await lint();
  for (const expected of [
    "security-defined",
    "house/role-of-security: Say who may call",
    "house/camel-case-ids: An operationId is a verb and a noun in camel case",
    "house/tag-is-file: Operations in paths/programs.yaml have the one tag programs",
    "house/declared-errors: Declare the answer 415",
    "house/declared-errors: Declare the answer 401",
  ]) {
    expect(problems.filter((problem) => problem.startsWith(expected))).not.toEqual([]);
  }
});

test("an error answer has the one error body, its codes, and Retry-After with 503", async () => {
  edit("responses/PipelineUnavailable.yaml", /headers:\n.*\n.*\n/, "");
  edit("responses/UnknownPipeline.yaml", /x-error-codes: .*\n/, "");
  edit("responses/Unauthorized.yaml", "ErrorResponse.yaml", "DeploymentError.yaml");
  const problems = await lint();
  for (const expected of [
    "A 503 answer carries Retry-After",
    "List the codes that the answer 404",
    "The answer 401 must be application/json",
  ]) {
    expect(problems.filter((problem) => problem.startsWith(`house/error-body: ${expected}`))).not.toEqual([]);
  }
});

test("the Connect dialect keeps its own rules", async () => {
  edit("paths/connect-status.yaml", "operationId: readConnectv1ConnectorStatus", "operationId: getConnectorStatus");
  edit("paths/connect-status.yaml", /\n {6}- confluent-sts-access-token: \[read\]/, "");
  edit("paths/connect-lifecycle.yaml", /\n {6}"429":\n.*/, "");
  edit("responses/ConnectTooManyRequests.yaml", / {2}X-RateLimit-Reset:\n.*\n/, "");
  edit("responses/ConnectBadRequest.yaml", "ConnectError.yaml", "ErrorResponse.yaml");
  const problems = await lint();
  for (const expected of [
    "house/camel-case-ids: An operationId is",
    "house/role-of-security: Say who may call: `security: [{ cloud-api-key: [read] }, { confluent-sts-access-token: [read] }]`",
    "house/declared-errors: Declare the answer 429",
    "house/error-body: The answer 429 carries X-RateLimit-Reset",
    "house/error-body: The answer 400 must be application/json with the schema ConnectError",
  ]) {
    expect([expected, problems.filter((problem) => problem.startsWith(expected)).length > 0]).toEqual([expected, true]);
  }
});

test("an example that does not fit, an object left open and paths that overlap are problems", async () => {
  edit("paths/output-connectors.yaml", "phase: snapshotting", "phase: sending");
  edit("schemas/ConnectorStats.yaml", "additionalProperties: false\n", "");
  edit("openapi.yaml", "/v0/pipelines/{pipeline_name}/events/{event_id}:", "/v0/pipelines/{pipeline_name}/ingress/{event_id}:");
  const problems = await lint();
  for (const expected of ["no-invalid-media-type-examples", "house/closed-objects", "house/distinct-paths"]) {
    expect(problems.filter((problem) => problem.startsWith(expected))).not.toEqual([]);
  }
});
