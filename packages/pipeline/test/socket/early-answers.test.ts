import { mkdtemp, rm } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { Resources } from "../../src/metrics/resources.ts";
import { ConnectionLimit } from "../../src/runtime/connection-limit.ts";
import { SocketServer } from "../../src/socket/server.ts";
import { impatientClock, incarnation, TestPipeline } from "../support/test-pipeline.ts";

test("while steps are done again connectors answer and can be paused; everything else is told to wait", async () => {
  const directory = await mkdtemp(join(tmpdir(), "early-"));
  const socketPath = join(directory, "s.sock");
  const tested = new TestPipeline();
  tested.addSource("t.in");
  const { pipeline } = tested;
  const nothing = (): Promise<void> => Promise.resolve();
  const sources = { clock: impatientClock, maxRssMb: null, processedRecords: () => 0, storageBytes: () => Promise.resolve(0) };
  const server = new SocketServer({
    incarnation,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    scrub: (text) => text,
  });
  const ask = (method: string, path: string): Promise<{ status: number; body: string }> =>
    new Promise((resolve, reject) => {
      const call = request({ socketPath, method, path }, (answer) => {
        let body = "";
        answer.setEncoding("utf8").on("data", (part: string) => (body += part));
        answer.on("end", () => {
          resolve({ status: answer.statusCode ?? 0, body });
        });
      });
      call.on("error", reject);
      call.end();
    });
  try {
    await server.listen(socketPath);
    server.serveConnectors({
      pipeline,
      resources: new Resources(sources),
      lifetime: { startedAt: 0 },
      connections: new ConnectionLimit(1),
      setRunning: () => undefined,
      stop: nothing,
      suspend: nothing,
    });
    expect((await ask("POST", "/inputs/t.in/pause")).status).toBe(503);
    server.status = "Replaying";
    expect((await ask("POST", "/inputs/t.in/pause")).status).toBe(204);
    expect(JSON.parse((await ask("GET", "/inputs/t.in/stats")).body)).toMatchObject({ paused: true });
    expect((await ask("POST", "/inputs/t.other/start")).body).toContain("UnknownInputEndpoint");
    expect((await ask("GET", "/stats")).body).toContain("RestoreInProgress");
    server.status = "Bootstrapping";
    expect((await ask("POST", "/inputs/t.in/start")).status).toBe(204);
    expect((await ask("POST", "/pause")).body).toContain("BootstrapInProgress");
  } finally {
    await server.close();
    await pipeline.stop();
    await rm(directory, { recursive: true });
  }
});
