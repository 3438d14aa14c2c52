import { expect, test } from "@jest/globals";
import type { InputMessage, ParsedBatch, Parser } from "@headgate/connector-kit";
import { MessageByMessage } from "../../src/input-connector/message-by-message.ts";

const message = (value: string | null, offset: number): InputMessage => ({
  key: null,
  value: value === null ? null : Buffer.from(value),
  place: `offset ${String(offset)}`,
  metadata: undefined,
});
const fault = {
  description: "bad",
  eventNumber: 1,
  field: undefined,
  invalidText: "!",
  invalidBytes: undefined,
  suggestion: undefined,
  tag: undefined,
};

/** A row for each character, in batches of one; "!" is an error. `fails` throws once before the first one. */
function characters(fails = false): Parser {
  let pushed = "";
  let failing = fails;
  return {
    push: (bytes) => {
      pushed += Buffer.from(bytes).toString();
      return [];
    },
    finish: () => {
      const [...left] = pushed;
      pushed = "";
      const next = async (): Promise<IteratorResult<ParsedBatch>> => {
        if (failing) {
          failing = false;
          throw new Error("not now");
        }
        const one = left.shift();
        if (one === undefined) return { done: true, value: undefined };
        return {
          done: false,
          value: { batch: { rows: one === "!" ? [] : [[one]], ops: undefined }, bytes: 1, errors: one === "!" ? [fault] : [] },
        };
      };
      return { [Symbol.asyncIterator]: () => ({ next }) };
    },
  };
}
const shown = ({ batch, bytes, errors }: ParsedBatch): unknown[] => [
  batch.rows.flat().join(""),
  bytes,
  errors.map(({ description }) => description),
];

test("a message's last byte comes with its last batch, and its errors say where it stands", async () => {
  const batches: unknown[] = [];
  for await (const batch of new MessageByMessage(characters(), [message("abc", 1), message(null, 2), message("d!", 3)]))
    batches.push(shown(batch));
  expect(batches).toEqual([
    ["a", 1, []],
    ["b", 1, []],
    ["c", 1, []],
    ["", 1, []],
    ["d", 1, []],
    ["", 1, ["bad (offset 3)"]],
  ]);
});

test("a parser that could not go on is asked again, and nothing is lost", async () => {
  const batches = new MessageByMessage(characters(true), [message("a", 1), message("b", 2)]);
  await expect(batches.next()).rejects.toThrow("not now");
  expect(shown((await batches.next()).value!)).toEqual(["a", 1, []]);
  expect(shown((await batches.next()).value!)).toEqual(["b", 1, []]);
  expect((await batches.next()).done).toBe(true);
});
