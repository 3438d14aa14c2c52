import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { network } from "../src/admission.ts";
import { createRateLimiter } from "../src/rate-limiter.ts";
import { startServer, type RunningServer } from "./support/running-server.ts";

const connectors = "/connect/v1/environments/default/clusters/lkc-1/connectors";
const start = Date.UTC(2026, 10, 22);
/** Only the calendar stands still: sockets and timers are real. */
beforeEach(() => {
  jest.useFakeTimers({
    now: start,
    doNotFake: [
      "hrtime",
      "nextTick",
      "performance",
      "queueMicrotask",
      "setImmediate",
      "clearImmediate",
      "setInterval",
      "clearInterval",
      "setTimeout",
      "clearTimeout",
    ],
  });
});
afterEach(() => {
  jest.useRealTimers();
});
const pass = (ms: number): void => jest.setSystemTime(Date.now() + ms);

const budget = (response: Response) => ["limit", "remaining", "reset"].map((name) => Number(response.headers.get(`x-ratelimit-${name}`)));

describe("a limiter", () => {
  test("counts each caller in windows that begin with the first request, and rounds waits up", async () => {
    const take = createRateLimiter({ requests: 2, seconds: 10 });
    expect(await take("a")).toEqual({ limit: 2, remaining: 1, resetSeconds: 10, exceeded: false });
    pass(2500);
    expect(await take("a")).toEqual({ limit: 2, remaining: 0, resetSeconds: 8, exceeded: false });
    expect(await take("a")).toMatchObject({ remaining: 0, exceeded: true });
    expect(await take("b")).toMatchObject({ remaining: 1, exceeded: false });
    pass(7400);
    expect(await take("a")).toMatchObject({ resetSeconds: 1, exceeded: true });
    pass(1000);
    expect(await take("a")).toMatchObject({ remaining: 1, exceeded: false });
  });

  test("takes the addresses of one IPv6 network for one caller", () => {
    expect(network("192.0.2.7")).toBe("192.0.2.7");
    expect(network("::ffff:192.0.2.7")).toBe("::ffff:192.0.2.7");
    expect(network("2001:db8:1:2:3:4:5:6")).toBe("2001:db8:1:2");
    expect(network("2001:db8:1:2::6")).toBe("2001:db8:1:2");
    expect(network("2001:db8::1:2:3:4")).toBe("2001:db8:0:0");
    expect(network("fe80::1%eth0")).toBe("fe80:0:0:0");
    expect(network("::1")).toBe("0:0:0:0");
  });
});

describe("a server with a limit", () => {
  const limited = (requests: number, required = false): Promise<RunningServer> =>
    startServer({
      connectRateLimit: { requests, seconds: 10 },
      authentication: { required },
      validation: "production",
      responseSampleRate: 1,
    });

  test("says in every answer what is left, and answers 429 without a body and with all five headers", async () => {
    await using server = await limited(2);
    expect(budget(await server.call(connectors))).toEqual([2, 1, 10]);
    const missing = await server.call(`${connectors}/no-such/status`);
    expect([missing.status, ...budget(missing)]).toEqual([404, 2, 0, 10]);
    pass(3200);
    const refused = await server.call(`POST ${connectors}`, { body: "{", headers: { "content-type": "application/json" } });
    expect([refused.status, await refused.text(), ...budget(refused)]).toEqual([429, "", 2, 0, 7]);
    expect(refused.headers.get("retry-after")).toBe("7");
    expect(refused.headers.get("x-request-id")).not.toBeNull();
    expect(refused.headers.get("content-type")).toBeNull();
    expect((await server.call("/v0/pipelines")).headers.get("x-ratelimit-limit")).toBeNull();
  });

  test("counts by key, and by address what shows no valid key, token exchanges included", async () => {
    await using server = await limited(2, true);
    const key = async (name: string) => (await server.manager.apiKeys.create(name, "write")).secret;
    const [one, other] = [await key("one"), await key("other")];
    const ask = async (secret: string) => (await server.call(connectors, { headers: { authorization: `Bearer ${secret}` } })).status;
    expect([await ask(one), await ask(one), await ask(one)]).toEqual([200, 200, 429]);
    expect(await ask(other)).toBe(200);
    expect([await ask("guess"), await ask("another")]).toEqual([401, 401]);
    expect(await ask("yet-another")).toBe(429);
    const exchange = await server.call("POST /sts/v1/oauth2/token", { body: new URLSearchParams({ subject_token: "x" }) });
    expect([exchange.status, exchange.headers.get("retry-after")]).toEqual([429, "10"]);
    expect(await exchange.json()).toMatchObject({ errors: [{ status: "429", code: "too_many_requests" }] });
    pass(10_000);
    expect([await ask(one), await ask("guess")]).toEqual([200, 401]);
  });

  test("a client that waits as it is told never sees a second 429, whenever it comes", async () => {
    await using server = await limited(3);
    let twice = 0;
    let refusals = 0;
    for (let request = 0; request < 40; request += 1) {
      pass((request * 977) % 1400);
      let response = await server.call(connectors);
      if (response.status === 429) {
        refusals += 1;
        pass(Number(response.headers.get("retry-after")) * 1000);
        response = await server.call(connectors);
        if (response.status === 429) twice += 1;
      }
      expect(response.status).toBe(200);
    }
    expect([refusals > 5, twice]).toEqual([true, 0]);
  });

  test("a client that heeds what is left sees no 429 at all", async () => {
    await using server = await limited(3);
    for (let request = 0; request < 20; request += 1) {
      const response = await server.call(connectors);
      expect(response.status).toBe(200);
      const [, remaining, reset = 0] = budget(response);
      pass(remaining === 0 ? reset * 1000 : 431);
    }
  });
});
