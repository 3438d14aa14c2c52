import { afterAll, beforeAll, describe } from "@jest/globals";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRecorder, type Recorder, type Target } from "../../src/index.ts";
import { runSuites } from "../run-suites.ts";
import { serverEntry, startBuiltServer, type BuiltServer } from "./built-server.ts";

let directory: string;
let server: BuiltServer;
let target: Target & { readonly recorder: Recorder };

/** The built server can be told nothing but what a user can tell it: it is not made to fail. */
(existsSync(serverEntry) ? describe : describe.skip)("the built server keeps the contract", () => {
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "headgate-conformance-"));
    const data = join(directory, "data");
    const key = (role: string) =>
      execFileSync(
        process.execPath,
        ["--conditions=headgate-source", serverEntry, "--data-dir", data, "--create-api-key", `conformance-${role}`, "--role", role],
        {
          encoding: "utf8",
          stdio: ["ignore", "pipe", "ignore"],
        },
      ).trim();
    const keys = { write: key("write"), read: key("read") };
    server = await startBuiltServer(["--no-demo", "--auth", "--log-level", "silent"], data);
    const recorder = createRecorder({ baseUrl: server.url });
    target = {
      baseUrl: server.url,
      recorder,
      fetch: recorder.fetch,
      keys,
      directory,
      readFile: (path) => readFile(path, "utf8"),
      faults: undefined,
    };
  });
  afterAll(async () => {
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  });
  runSuites(() => target, { capabilities: ["keys"] });
});
