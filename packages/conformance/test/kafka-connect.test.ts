import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { describeWithKafka, sharedKafka } from "@headgate/app-kafka";
import { createManager, type Logger, type Manager } from "@headgate/manager";
import { createServer, type HeadgateServer } from "@headgate/server";
import { createRecorder, describeViolations, exceptions, suites, type Recorder, type Target } from "../src/index.ts";

const quiet: Logger = { info: () => undefined, warn: () => undefined, error: () => undefined };
const at = { environment: "env-conformance", cluster: "lkc-conformance" };

let directory: string;
let manager: Manager;
let server: HeadgateServer;
let target: Target & { readonly recorder: Recorder };

describeWithKafka(describe, "the Connect dialect on a Kafka Connect cluster", () => {
  beforeAll(async () => {
    const { connectUrls } = await sharedKafka({ workers: 1 });
    directory = await mkdtemp(join(tmpdir(), "headgate-conformance-kafka-"));
    const sourceFile = join(directory, "lines.txt");
    await writeFile(sourceFile, "one\ntwo\nthree\n");
    manager = await createManager({
      dataDirectory: join(directory, "data"),
      platformVersion: "0.1.0",
      connectClusters: [{ ...at, urls: connectUrls }],
    });
    server = createServer({
      manager,
      logger: quiet,
      authentication: { required: false },
      version: { version: "0.1.0" },
      validation: "test",
    });
    server.server.listen(0, "127.0.0.1");
    await once(server.server, "listening");
    const baseUrl = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
    const recorder = createRecorder({ baseUrl });
    const kafkaConnect = { ...at, sourceFile };
    const readText = (path: string): Promise<string> => readFile(path, "utf8");
    target = { baseUrl, recorder, fetch: recorder.fetch, keys: undefined, directory, readFile: readText, faults: undefined, kafkaConnect };
  }, 240_000);
  afterAll(async () => {
    await server.close();
    await manager.close();
    await rm(directory, { recursive: true, force: true });
  });
  afterEach(() => {
    expect(describeViolations(target.recorder.takeViolations())).toBe("");
  });

  const slow = (title: string, run: () => Promise<void>): void => test(title, run, 90_000);
  for (const [title, suite] of Object.entries(suites)) {
    if (!title.startsWith("connect-")) continue;
    describe(title, () => suite({ test: slow, assert, target: () => target, clusters: ["kafka-connect"] }));
  }

  test("everything was seen that only such a cluster can answer", () => {
    const only = exceptions.filter(({ without }) => without === "kafka-connect");
    const replies = only.flatMap(({ operations = [], statuses = [] }) => operations.flatMap((id) => statuses.map((s) => `${id} ${s}`)));
    expect(replies).toHaveLength(4);
    expect(replies.filter((reply) => !target.recorder.coverage.replies.has(reply))).toEqual([]);
  });
});
