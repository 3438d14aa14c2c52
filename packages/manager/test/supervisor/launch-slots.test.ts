import { expect, jest, test } from "@jest/globals";
import { createLaunchSlots } from "../../src/supervisor/launch-slots.ts";

test("only so many begin at a time, the others in their order, and a slow one gives up its place after a while", () => {
  jest.useFakeTimers();
  const begun: string[] = [];
  const unwanted = new Set<string>();
  const begin = (id: string): void => void (!unwanted.has(id) && slots.take(id) && begun.push(id));
  const slots = createLaunchSlots(2, 5000, begin);
  for (const id of ["a", "b", "c", "d", "e", "f"]) begin(id);
  expect(begun).toEqual(["a", "b"]);
  slots.free("a");
  slots.free("a");
  expect(begun).toEqual(["a", "b", "c"]);
  unwanted.add("d");
  slots.free("c");
  expect(begun).toEqual(["a", "b", "c", "e"]);
  slots.free("somebody else");
  jest.advanceTimersByTime(5000);
  expect(begun).toEqual(["a", "b", "c", "e", "f"]);
  jest.useRealTimers();
});
