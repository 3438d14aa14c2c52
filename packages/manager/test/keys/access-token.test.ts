import { expect, test } from "@jest/globals";
import { readAccessToken, signAccessToken } from "../../src/keys/access-token.ts";
import { createWorld } from "../fixtures/world.ts";

const secret = Buffer.alloc(32, 7);
const claims = { keyId: "7c2a3c0e", issuedAt: 1000, expiresAt: 1900 };
const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

test("a token is read as it was written, until its time is over", () => {
  const token = signAccessToken(claims, secret);
  expect(token.split(".")).toHaveLength(3);
  expect(readAccessToken(token, secret, 1899)).toEqual(claims);
  expect(readAccessToken(token, secret, 1900)).toBeUndefined();
});

test("a token that was touched, or is of another server, or of no algorithm, is nothing", () => {
  const [header = "", payload = "", signature = ""] = signAccessToken(claims, secret).split(".");
  const longer = encoded({ iss: "headgate", sub: "7c2a3c0e", iat: 1000, exp: 9_999_999_999 });
  for (const token of [
    `${header}.${longer}.${signature}`,
    `${encoded({ alg: "none", typ: "JWT" })}.${payload}.`,
    `${header}.${payload}.`,
    `${header}.${payload}`,
    `${header}.${payload}.${signature.slice(0, -2)}`,
    `${header}.`,
    "",
    "x".repeat(5000),
  ]) {
    expect(readAccessToken(token, secret, 1500)).toBeUndefined();
  }
  expect(readAccessToken(`${header}.${payload}.${signature}`, Buffer.alloc(32, 8), 1500)).toBeUndefined();
});

test("a token outlives a restart, and ends with its key, also when another takes its name", async () => {
  await using world = await createWorld();
  const key = await world.manager.apiKeys.create("robot", "read");
  const token = world.manager.apiKeys.issueToken(key, 60);
  expect(world.manager.apiKeys.authenticateToken(token)).toEqual({ id: key.id, name: "robot", role: "read" });
  expect(world.manager.apiKeys.authenticate(token)).toBeUndefined();
  await world.manager.close();
  await world.reopen();
  const { apiKeys } = world.manager;
  expect(apiKeys.authenticateToken(token)).toEqual({ id: key.id, name: "robot", role: "read" });
  await apiKeys.delete("robot");
  await apiKeys.create("robot", "write");
  expect(apiKeys.authenticateToken(token)).toBeUndefined();
});
