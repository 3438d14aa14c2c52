import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseApprovals, withoutApproved } from "../scripts/approved-breaks.ts";

interface Fixture {
  paths: Record<string, unknown>;
  components: { schemas: { Status: { required: string[]; properties: Record<string, unknown> }; Order: { properties: { name: object } } } };
}
/** A small document, so that each comparison is quick; the command treats it like the real one. */
const document = (): Fixture & Record<string, unknown> => ({
  openapi: "3.1.0",
  info: { title: "Fixture", version: "1.0.0" },
  paths: {
    "/status": { get: { operationId: "getStatus", responses: answer } },
    "/orders": {
      post: {
        operationId: "createOrder",
        requestBody: { content: { "application/json": { schema: { $ref: "#/components/schemas/Order" } } } },
        responses: answer,
      },
    },
  },
  components: {
    schemas: {
      Status: { type: "object", required: ["phase"], properties: { phase: { type: "string" } } },
      Order: { type: "object", properties: { name: { type: "string" } } },
    } as never,
  },
});
const answer = {
  200: { description: "The status.", content: { "application/json": { schema: { $ref: "#/components/schemas/Status" } } } },
};

let repository: string;
const git = (...args: string[]): void => {
  const identity = ["-c", "user.name=test", "-c", "user.email=test@example.invalid", "-c", "commit.gpgsign=false"];
  execFileSync("git", [...identity, ...args], { cwd: repository, stdio: "ignore" });
};
const write = (file: string, content: string): void => {
  const path = join(repository, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
};
const writeDocument = (edit: (document: Fixture) => void = () => undefined): void => {
  const edited = document();
  edit(edited);
  write("packages/contract/src/generated/openapi.json", JSON.stringify(edited, null, 2));
};
const commit = (): void => {
  git("add", "-A");
  git("commit", "-q", "--allow-empty", "-m", "change");
};
function check(directory = repository): Promise<{ readonly code: number; readonly output: string }> {
  const script = join(import.meta.dirname, "../scripts/check-breaking.ts");
  return new Promise((resolve) => {
    execFile(process.execPath, [script, "--repository", directory], (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === "number" ? error.code : 0, output: stdout + stderr });
    });
  });
}

beforeEach(() => {
  repository = mkdtempSync(join(tmpdir(), "headgate-breaking-"));
  git("init", "-q");
  writeDocument();
});
afterEach(() => rmSync(repository, { recursive: true, force: true }));

const removeOperation = (edited: Fixture): void => {
  delete edited.paths["/status"];
};
const renameField = ({ components }: Fixture): void => {
  components.schemas.Status = { ...components.schemas.Status, required: ["stage"], properties: { stage: { type: "string" } } };
};
const addConstraint = ({ components }: Fixture): void => {
  components.schemas.Order.properties.name = { type: "string", maxLength: 10 };
};

test.each([
  ["a removed operation", removeOperation, "/status"],
  ["a renamed field", renameField, "phase"],
  ["a new constraint on a request", addConstraint, "maxLength"],
])("%s fails, says where, and says what to do", async (_name, edit, word) => {
  commit();
  writeDocument(edit);
  const { code, output } = await check();
  expect(code).toBe(1);
  expect(output).toContain("breaks callers of HEAD:");
  expect(output).toContain(word);
  expect(output).toContain("Take the change back, or accept it with a line in openapi/approved-breaks.txt");
});

test("a break is accepted by the line that the message gives", async () => {
  commit();
  writeDocument(addConstraint);
  const { output } = await check();
  const line = output.split("\n").find((each) => each.includes("-- <")) as string;
  write("openapi/approved-breaks.txt", `${line.trim().replace(/<.*>$/, "nobody sends longer names")}\n`);
  expect(await check()).toEqual({ code: 0, output: "Nothing breaks callers of HEAD (1 approved).\n" });
});

test("an addition passes", async () => {
  commit();
  writeDocument(({ components }) => {
    components.schemas.Status.properties["note"] = { type: "string" };
  });
  expect(await check()).toEqual({ code: 0, output: "Nothing breaks callers of HEAD.\n" });
});

test("a committed break is compared with the commit before, and with the last release once there is one", async () => {
  commit();
  git("tag", "v1.0.0");
  git("tag", "other");
  writeDocument(removeOperation);
  commit();
  commit();
  expect((await check()).output).toContain("breaks callers of v1.0.0:");
  git("tag", "-d", "v1.0.0");
  expect(await check()).toEqual({ code: 0, output: "Nothing breaks callers of HEAD~1.\n" });
});

test("without an earlier document it says so and passes", async () => {
  expect((await check()).output).toContain("there is no commit yet");
  commit();
  expect(await check()).toMatchObject({ code: 0, output: expect.stringContaining("this is the first commit") });
  commit();
  const clone = mkdtempSync(join(tmpdir(), "headgate-shallow-"));
  try {
    execFileSync("git", ["clone", "-q", "--depth", "1", `file://${repository}`, clone], { stdio: "ignore" });
    expect(await check(clone)).toMatchObject({ code: 0, output: expect.stringContaining("the clone is shallow") });
  } finally {
    rmSync(clone, { recursive: true, force: true });
  }
});

test("an approval without a reason is refused with its line", () => {
  expect(() => parseApprovals("# accepted\n\nrule #/a -- because\nrule #/b\n")).toThrow("approved-breaks.txt:4");
  const found = { rule: "rule", pointer: "#/a", message: "gone" };
  expect(withoutApproved([found], parseApprovals("rule #/a -- because"))).toEqual([]);
  expect(withoutApproved([found], parseApprovals("rule #/b -- because"))).toEqual([found]);
});
