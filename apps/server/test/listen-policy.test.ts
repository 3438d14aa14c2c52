import { describe, expect, test } from "@jest/globals";
import { isLoopback, listenPolicy } from "../src/listen-policy.ts";

describe("where the server may listen", () => {
  test.each(["127.0.0.1", "127.3.2.1", "::1", "localhost", "::ffff:127.0.0.1"])("%s is loopback", (host) => {
    expect(isLoopback(host)).toBe(true);
    expect(listenPolicy({ host, auth: undefined, insecure: false })).toEqual({ allowed: true, authentication: false });
  });

  test.each(["0.0.0.0", "::", "192.168.1.2", "example.org", "127.evil.org"])("%s is refused without keys, unless told in words", (host) => {
    expect(listenPolicy({ host, auth: undefined, insecure: false })).toMatchObject({
      allowed: false,
      reason: expect.stringContaining("--insecure"),
    });
    expect(listenPolicy({ host, auth: false, insecure: false })).toMatchObject({ allowed: false });
    expect(listenPolicy({ host, auth: true, insecure: false })).toEqual({ allowed: true, authentication: true });
    expect(listenPolicy({ host, auth: undefined, insecure: true })).toEqual({ allowed: true, authentication: false });
  });
});
