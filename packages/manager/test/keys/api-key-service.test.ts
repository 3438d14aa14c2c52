import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { createWorld } from "../fixtures/world.ts";

test("a secret opens its key until the key is deleted, and is nowhere on disk", async () => {
  await using world = await createWorld();
  const { apiKeys } = world.manager;
  const { secret, ...key } = await apiKeys.create("robot", "write");
  const other = await apiKeys.create("reader", "read");
  expect(secret).toMatch(/^apikey:[A-Za-z0-9_-]{43}$/);
  expect(other.secret).not.toBe(secret);
  expect(apiKeys.authenticate(secret)).toEqual(key);
  expect(apiKeys.authenticate(`${secret}x`)).toBeUndefined();
  expect(apiKeys.authenticate(secret.slice(0, -1))).toBeUndefined();
  expect(apiKeys.authenticate(secret.slice("apikey:".length))).toBeUndefined();
  expect(apiKeys.authenticate(`apikey:${"x".repeat(1_000_000)}`)).toBeUndefined();
  expect(await apiKeys.list()).toEqual([key, { id: other.id, name: "reader", role: "read" }]);
  for (const file of ["catalogue.sqlite", "catalogue.sqlite-wal", "api-key-pepper"]) {
    expect(readFileSync(join(world.directory, file)).includes(secret.slice("apikey:".length))).toBe(false);
  }
  expect(statSync(join(world.directory, "api-key-pepper")).mode & 0o777).toBe(0o600);
  await apiKeys.delete("robot");
  expect(apiKeys.authenticate(secret)).toBeUndefined();
  await expect(apiKeys.get("robot")).rejects.toMatchObject({ code: "UnknownApiKey", details: { name: "robot" } });
  await expect(apiKeys.delete("robot")).rejects.toMatchObject({ code: "UnknownApiKey" });
});

test("names of keys are checked", async () => {
  await using world = await createWorld();
  const { apiKeys } = world.manager;
  await apiKeys.create("a".repeat(100), "read");
  await expect(apiKeys.create("a".repeat(100), "read")).rejects.toMatchObject({ code: "DuplicateName" });
  await expect(apiKeys.create("", "read")).rejects.toMatchObject({ code: "EmptyName" });
  await expect(apiKeys.create("a".repeat(101), "read")).rejects.toMatchObject({
    code: "TooLongName",
    details: { length: 101, maximum: 100 },
  });
});

test("keys without their pepper stop the server from starting, rather than silently opening nothing", async () => {
  await using world = await createWorld();
  await world.manager.apiKeys.create("robot", "read");
  await world.manager.close();
  const file = join(world.directory, "api-key-pepper");
  const pepper = readFileSync(file);
  rmSync(file);
  await expect(world.reopen()).rejects.toMatchObject({ code: "PepperMissing", message: expect.stringContaining(file) });
  writeFileSync(file, pepper.subarray(0, 5));
  await expect(world.reopen()).rejects.toMatchObject({ code: "PepperInvalid" });
  writeFileSync(file, pepper);
  await world.reopen();
});
