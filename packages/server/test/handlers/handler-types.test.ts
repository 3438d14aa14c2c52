/** Compile errors that the types promise; `tsc` checks this file, the tests keep it running. */
import { expect, test } from "@jest/globals";
import type { Handlers } from "@headgate/contract";
import { createDispatch } from "../../src/dispatch.ts";
import type { createHandlers } from "../../src/handlers/handlers.ts";
import type { HandlersOf } from "../../src/handlers/services.ts";
import type { Sender } from "../../src/http/sender.ts";

type Own = ReturnType<typeof createHandlers>;
const complete = (handlers: Own): Handlers => handlers;
const reply = async (): Promise<never> => Promise.reject(new Error("never called"));

test("handlers that do not fit the contract do not compile", () => {
  // @ts-expect-error a handler is missing
  const missing = (handlers: Omit<Own, "resetOutputConnector">): Handlers => handlers;
  // @ts-expect-error `formatDisk` is no operation
  const unknown = { validateProgram: reply, formatDisk: reply } satisfies HandlersOf<"programs">;
  const undeclared = {
    // @ts-expect-error 204 is not declared
    validateProgram: async () => ({ status: 204 }),
  } satisfies HandlersOf<"programs">;
  const wrongBody = {
    // @ts-expect-error the body lacks its fields
    validateProgram: async () => ({ status: 200, body: { Success: {} } }),
  } satisfies HandlersOf<"programs">;
  const unknownParameter = {
    // @ts-expect-error the operation has no such path parameter
    deleteApiKey: async ({ params }) => ({ status: params.nothing ? 200 : 200 }),
  } satisfies Partial<HandlersOf<"api-keys">>;
  expect([complete, missing, unknown, undeclared, wrongBody, unknownParameter].every(Boolean)).toBe(true);
});

test("a server with an operation without a handler, or the other way round, does not start", () => {
  const sender = {} as Sender;
  expect(() => createDispatch({}, ["getHealth"], sender)).toThrow("Operations without a handler: getHealth");
  expect(() => createDispatch({ formatDisk: reply }, [], sender)).toThrow("Handlers without an operation: formatDisk");
});
