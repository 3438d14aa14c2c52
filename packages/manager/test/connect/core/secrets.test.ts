import { expect, test } from "@jest/globals";
import { isSecret, mask, maskConfig, scrub, secretsOf, withoutMasks } from "../../../src/connect/core/secrets.ts";

test.each([
  ["connection.password", "x"],
  ["kafka.api.secret", "x"],
  ["kafka.api.key", "x"],
  ["aws.secret.access.key", "x"],
  ["aws.access.key.id", "x"],
  ["azure.account.key", "x"],
  ["oauth.token", "x"],
  ["consumer.override.sasl.jaas.config", "x"],
  ["value.converter.basic.auth.user.info", "x"],
  ["ssl.keystore.key", "x"],
  ["connection.url", "jdbc:postgresql://db/shop?user=me&password=hunter2"],
  ["uri", "mongodb://me:hunter2@db:27017/"],
  ["headers", '[{"name":"x-token":"abc"}]'],
  ["transport.config.url", "https://me:hunter2@host/file"],
])("the value of %s is a secret", (key, value) => {
  expect(isSecret(key, value)).toBe(true);
});

test.each([
  ["key.converter", "org.apache.kafka.connect.json.JsonConverter"],
  ["value.converter.schemas.enable", "false"],
  ["pk.fields", "id"],
  ["message.key.columns", "a:b"],
  ["primary.key", "id"],
  ["topics", "secretarial"],
  ["connection.url", "jdbc:postgresql://db:5432/shop?user=me"],
  ["file", "/data/in.txt"],
  ["sasl.mechanism", "PLAIN"],
  ["config.provider", "design=1"],
])("the value of %s is not", (key, value) => {
  expect(isSecret(key, value)).toBe(false);
});

test("a masked configuration shows no secret, and tells an empty value from a hidden one", () => {
  const config = { name: "c", "db.password": "hunter2", "db.token": "", odd: "swordfish" };
  expect(maskConfig(config, (key) => key === "odd")).toEqual({ name: "c", "db.password": mask, "db.token": "", odd: mask });
});

test("secrets are taken out of any text, also the password within a URL, also one that contains another", () => {
  const secrets = secretsOf({ "db.password": "hunter2", "db.secret": "hunter2-and-more", url: "mongodb://me:s3same@db/" });
  const clean = scrub("login with hunter2-and-more, hunter2 or s3same failed at mongodb://me:s3same@db/", secrets);
  expect(clean).not.toMatch(/hunter2|s3same|and-more/);
});

test("short values are left in texts, which they would make unreadable", () => {
  expect(scrub("a task on the table", secretsOf({ password: "a" }))).toBe("a task on the table");
});

test("a mask that comes back stands for the value of before; one that stands for nothing is named", () => {
  const before = { "db.password": "hunter2", kept: "1" };
  expect(withoutMasks({ "db.password": mask, "db.token": "**", kept: "2" }, before)).toEqual({
    config: { "db.password": "hunter2", "db.token": "**", kept: "2" },
    unknown: ["db.token"],
  });
});
