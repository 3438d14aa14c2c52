import { expect, test } from "@jest/globals";
import { createLogRing } from "../../src/logs/log-ring.ts";

async function take(lines: AsyncIterable<string>, count: number): Promise<string[]> {
  const taken: string[] = [];
  for await (const line of lines) if (taken.push(line) >= count) break;
  return taken;
}

test("a reader gets past lines, then live ones, until the ring closes", async () => {
  const ring = createLogRing();
  ring.append("past");
  const reading = Promise.all([take(ring.follow(new AbortController().signal), 9), take(ring.follow(new AbortController().signal), 9)]);
  await Promise.resolve();
  ring.append("live");
  ring.close();
  ring.append("after");
  expect(await reading).toEqual([
    ["past", "live"],
    ["past", "live"],
  ]);
});

test("only the last lines are kept, by number and by size", async () => {
  const byNumber = createLogRing({ lines: 3, characters: 1000 });
  for (let i = 0; i < 10; i++) byNumber.append(String(i));
  expect(await take(byNumber.follow(new AbortController().signal), 3)).toEqual(["7", "8", "9"]);
  const bySize = createLogRing({ lines: 100, characters: 10 });
  for (const line of ["aaaa", "bbbb", "cccc", "x".repeat(50)]) bySize.append(line);
  expect(await take(bySize.follow(new AbortController().signal), 1)).toEqual(["x".repeat(50)]);
});

test("a slow reader is told how many lines it missed", async () => {
  const ring = createLogRing({ lines: 2, characters: 1000 });
  ring.append("0");
  const reader = ring.follow(new AbortController().signal)[Symbol.asyncIterator]();
  expect(await reader.next()).toMatchObject({ value: "0" });
  for (let i = 1; i < 6; i++) ring.append(String(i));
  expect(await reader.next()).toMatchObject({ value: "... 3 lines left out, the reader was too slow" });
  expect(await reader.next()).toMatchObject({ value: "4" });
});

test("an abort ends a reader that waits", async () => {
  const ring = createLogRing();
  const controller = new AbortController();
  const reading = take(ring.follow(controller.signal), 1);
  controller.abort();
  expect(await reading).toEqual([]);
});
