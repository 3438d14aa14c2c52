import { expect, test } from "@jest/globals";
import { builtinConnectors } from "../src/index.ts";

test("the registry lists every built-in connector and format under its own name", () => {
  const { inputTransports, outputTransports, inputFormats, outputFormats } = builtinConnectors;
  expect([...inputTransports.keys()].sort()).toEqual(["datagen", "empty_input", "file_input", "kafka_input", "url_input"]);
  expect([...outputTransports.keys()].sort()).toEqual(["file_output", "kafka_output", "null_output"]);
  for (const map of [inputTransports, outputTransports, inputFormats, outputFormats]) {
    for (const [name, definition] of map) expect(definition.name).toBe(name);
    expect(map.size).toBeGreaterThan(0);
  }
});
