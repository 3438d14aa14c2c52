import { afterEach, describe, expect, test } from "@jest/globals";
import { createProgram, parseOptions } from "../src/options.ts";

const names = ["PORT", "HOST", "DATA_DIR", "DEMO", "LOG_LEVEL", "AUTH", "INSECURE", "CONNECT_RATE_LIMIT", "CONNECT_CONFIG"].map(
  (name) => `HEADGATE_${name}`,
);
afterEach(() => {
  for (const name of names) delete process.env[name];
});

describe("the server's options", () => {
  test("have defaults that need nothing installed and reach nobody else", () => {
    expect(parseOptions([], "1")).toMatchObject({
      port: 8080,
      host: "127.0.0.1",
      dataDir: ".headgate",
      demo: true,
      logLevel: "info",
      auth: undefined,
      insecure: false,
      connectRateLimit: { requests: 1000, seconds: 1 },
      createApiKey: undefined,
    });
  });

  test("come from the environment too", () => {
    process.env["HEADGATE_PORT"] = "0";
    process.env["HEADGATE_DEMO"] = "false";
    process.env["HEADGATE_AUTH"] = "true";
    process.env["HEADGATE_CONNECT_RATE_LIMIT"] = "off";
    expect(parseOptions([], "1")).toMatchObject({ port: 0, demo: false, auth: true, connectRateLimit: undefined });
  });

  test("a flag wins over the environment", () => {
    process.env["HEADGATE_PORT"] = "1";
    process.env["HEADGATE_DEMO"] = "true";
    expect(parseOptions(["--port", "2", "--no-demo", "--auth"], "1")).toMatchObject({ port: 2, demo: false, auth: true });
  });

  test("Kafka Connect clusters come from a file, and from as many flags as there are clusters", () => {
    process.env["HEADGATE_CONNECT_CONFIG"] = "clusters.yaml";
    expect(parseOptions([], "1")).toMatchObject({ connectConfig: "clusters.yaml", connectCluster: [] });
    expect(parseOptions(["--connect-cluster", "a/b=http://x", "--connect-cluster", "c/d=http://y"], "1").connectCluster).toEqual([
      "a/b=http://x",
      "c/d=http://y",
    ]);
  });

  test("a rate limit is requests by seconds, and nothing else", () => {
    expect(parseOptions(["--connect-rate-limit", "10/2"], "1").connectRateLimit).toEqual({ requests: 10, seconds: 2 });
    expect(parseOptions(["--connect-rate-limit", "OFF"], "1").connectRateLimit).toBeUndefined();
    const parser = createProgram("1")
      .exitOverride()
      .configureOutput({ writeErr: () => undefined });
    for (const wrong of ["10", "0/5", "5/0", "5/86401", "a/b", "-1/2", "1/2/3", ""]) {
      expect(() => parser.parse(["--connect-rate-limit", wrong], { from: "user" })).toThrow("expected <requests>/<seconds>");
    }
  });
});
