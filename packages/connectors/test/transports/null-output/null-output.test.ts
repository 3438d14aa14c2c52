import { test } from "@jest/globals";
import { outputSuite } from "@headgate/connector-kit/acceptance";
import { nullOutput } from "../../../src/transports/null-output/null-output.ts";
import { outputContext } from "../contexts.ts";

outputSuite(
  { test },
  {
    name: "null_output",
    config: { definition: nullOutput, good: {}, bad: [{ config: "x", names: ["null_output", '"x"'] }] },
    prepare: async () => ({
      transport: nullOutput.create({}, outputContext()),
      content: async () => undefined,
      close: async () => undefined,
    }),
  },
);
