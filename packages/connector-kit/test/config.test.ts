import { describe, expect, test } from "@jest/globals";
import {
  boolean,
  ConnectorError,
  integer,
  listOf,
  mapOf,
  noFields,
  number,
  object,
  oneOf,
  optional,
  parseConfig,
  secret,
  text,
  withDefault,
  type Check,
} from "../src/index.ts";

const messageOf = <T>(check: Check<T>, config: unknown): string => {
  try {
    parseConfig("my_connector", check, config);
  } catch (error) {
    expect(error).toBeInstanceOf(ConnectorError);
    expect(error).toMatchObject({ code: "invalid_config" });
    return (error as Error).message;
  }
  throw new Error("the configuration was accepted");
};

const shape = object({
  path: text(),
  follow: withDefault(boolean, false),
  limit: optional(integer({ min: 1, max: 10 })),
  ratio: optional(number({ max: 1 })),
  mode: withDefault(oneOf(["copy", "move"]), "copy"),
  plan: withDefault(listOf(object({ rate: integer() })), []),
  fields: optional(mapOf(integer())),
  password: optional(secret()),
});

describe("a configuration check", () => {
  test("fills in defaults for fields that are missing or null", () => {
    expect(parseConfig("c", shape, { path: "x", follow: null, limit: null })).toEqual({
      path: "x",
      follow: false,
      limit: undefined,
      ratio: undefined,
      mode: "copy",
      plan: [],
      fields: undefined,
      password: undefined,
    });
  });

  test.each([
    [undefined, 'my_connector: "path" is missing: expected a non-empty string.'],
    [[], "my_connector: the configuration must be an object, but is an empty list."],
    [{ path: 7 }, 'my_connector: "path" must be a non-empty string, but is 7.'],
    [{ path: null }, 'my_connector: "path" must be a non-empty string, but is null.'],
    [{ path: "x", follow: "yes" }, 'my_connector: "follow" must be true or false, but is the string "yes".'],
    [{ path: "x", limit: 11 }, 'my_connector: "limit" must be a whole number from 1 to 10, but is 11.'],
    [{ path: "x", limit: 1.5 }, 'my_connector: "limit" must be a whole number from 1 to 10, but is 1.5.'],
    [{ path: "x", ratio: 2 }, 'my_connector: "ratio" must be a number of at most 1, but is 2.'],
    [{ path: "x", mode: "link" }, 'my_connector: "mode" must be one of "copy", "move", but is the string "link".'],
    [{ path: "x", plan: [{ rate: 1 }, { rate: "1" }] }, 'my_connector: "plan[1].rate" must be a whole number, but is the string "1".'],
    [{ path: "x", fields: { a: {} } }, 'my_connector: "fields.a" must be a whole number, but is an object.'],
  ])("says of %j what is wrong", (config, message) => {
    expect(messageOf(shape, config)).toBe(message);
  });

  test("names an unknown field, the one that was probably meant, and the allowed ones", () => {
    const message = messageOf(object({ follow: optional(boolean), path: text() }), { path: "x", fallow: true });
    expect(message).toBe('my_connector: "fallow" is not a known field (did you mean "follow"?); allowed are "follow", "path".');
    expect(messageOf(noFields, { path: "x" })).toBe('my_connector: "path" is not a known field; no fields are allowed here.');
  });

  test("takes names that objects inherit for what they are", () => {
    expect(messageOf(shape, JSON.parse('{"path": "x", "__proto__": {}}'))).toContain('"__proto__" is not a known field');
    expect(messageOf(object({ constructor: text() }), {})).toContain('"constructor" is missing');
    const fields = parseConfig("c", mapOf(integer()), JSON.parse('{"__proto__": 1, "toString": 2}'));
    expect([...fields]).toEqual([
      ["__proto__", 1],
      ["toString", 2],
    ]);
  });

  test("never shows a secret", () => {
    for (const password of [5, "", { inner: "hush" }]) expect(messageOf(shape, { path: "x", password })).not.toMatch(/hush|5/);
  });

  test("cuts long values", () => {
    expect(messageOf(shape, { path: "x", mode: "m".repeat(5000) }).length).toBeLessThan(200);
  });
});
