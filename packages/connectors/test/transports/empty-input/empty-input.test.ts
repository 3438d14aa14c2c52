import { test } from "@jest/globals";
import { inputSuite } from "@headgate/connector-kit/acceptance";
import { emptyInput } from "../../../src/transports/empty-input/empty-input.ts";
import { inputContext } from "../contexts.ts";

inputSuite(
  { test },
  {
    definition: emptyInput,
    goodConfig: {},
    badConfigs: [{ config: [], names: ["empty_input", "an empty object", "list"] }],
    prepare: async () => ({ config: {}, context: inputContext(), content: "", close: async () => undefined }),
  },
);
