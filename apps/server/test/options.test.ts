import { afterEach, describe, expect, test } from "@jest/globals";
import { parseOptions } from "../src/options.ts";

const names = ["PORT", "HOST", "DATA_DIR", "DEMO", "LOG_LEVEL", "AUTH", "INSECURE"].map((name) => `HEADGATE_${name}`);
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
      createApiKey: undefined,
    });
  });

  test("come from the environment too", () => {
    process.env["HEADGATE_PORT"] = "0";
    process.env["HEADGATE_DEMO"] = "false";
    process.env["HEADGATE_AUTH"] = "true";
    expect(parseOptions([], "1")).toMatchObject({ port: 0, demo: false, auth: true });
  });

  test("a flag wins over the environment", () => {
    process.env["HEADGATE_PORT"] = "1";
    process.env["HEADGATE_DEMO"] = "true";
    expect(parseOptions(["--port", "2", "--no-demo", "--auth"], "1")).toMatchObject({ port: 2, demo: false, auth: true });
  });
});
