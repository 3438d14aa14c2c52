import { describe, expect, test } from "@jest/globals";
import { createSharedReads } from "../../src/interaction/shared-reads.ts";

/** A source that answers when told to, and a clock that moves when told to. */
function bench() {
  let time = 0;
  const waiting: ((answer: { n: number } | Error) => void)[] = [];
  let asked = 0;
  const reads = createSharedReads(() => time);
  return {
    reads,
    read: () =>
      reads.read("/stats", () => {
        const n = (asked += 1);
        return new Promise<{ n: number }>((resolve, reject) => {
          waiting.push((answer) => {
            if (answer instanceof Error) reject(answer);
            else resolve({ n });
          });
        });
      }),
    answer: async (answer: { n: number } | Error = { n: 0 }) => {
      waiting.shift()?.(answer);
      await new Promise((resolve) => setImmediate(resolve));
    },
    pass: (ms: number) => {
      time += ms;
    },
    asked: () => asked,
  };
}

describe("reads of one path", () => {
  test("share the request that is under way, and its very result", async () => {
    const { read, answer, asked } = bench();
    const both = [read(), read()];
    await answer();
    const [a, b] = await Promise.all(both);
    expect(a).toBe(b);
    expect(asked()).toBe(1);
  });

  test("one after another each get an answer of their own", async () => {
    const { read, answer } = bench();
    for (const n of [1, 2, 3]) {
      const one = read();
      await answer();
      expect((await one).n).toBe(n);
    }
  });

  test("in a crowd do not wait: the last answer serves while the next is under way, for at most 20 ms", async () => {
    const { read, answer, pass, asked } = bench();
    const crowd = Array.from({ length: 8 }, read);
    await answer();
    await Promise.all(crowd);
    expect((await read()).n).toBe(1);
    expect(asked()).toBe(1);
    pass(6);
    expect((await read()).n).toBe(1);
    expect(asked()).toBe(2);
    expect((await read()).n).toBe(1);
    pass(20);
    const late = read();
    await answer();
    expect((await late).n).toBe(2);
  });

  test("in a crowd ask less often for what takes long to get", async () => {
    const { read, answer, pass, asked } = bench();
    const crowd = Array.from({ length: 8 }, read);
    pass(4);
    await answer();
    await Promise.all(crowd);
    pass(11);
    expect((await read()).n).toBe(1);
    expect(asked()).toBe(1);
    pass(2);
    expect((await read()).n).toBe(1);
    expect(asked()).toBe(2);
  });

  test("end to be crowded when readers become few", async () => {
    const { read, answer, pass } = bench();
    const crowd = Array.from({ length: 8 }, read);
    await answer();
    await Promise.all(crowd);
    for (const n of [2, 3, 4]) {
      pass(30);
      const one = read();
      await answer();
      expect((await one).n).toBe(n);
    }
    const last = read();
    await answer();
    expect((await last).n).toBe(5);
  });

  test("after forget never get what was asked before it", async () => {
    const { reads, read, answer } = bench();
    const crowd = Array.from({ length: 8 }, read);
    await answer();
    await Promise.all(crowd);
    reads.forget();
    const one = read();
    await answer();
    expect((await one).n).toBe(2);
  });

  test("that fail are not remembered", async () => {
    const { read, answer } = bench();
    const failing = read();
    const seen = expect(failing).rejects.toThrow("gone");
    await answer(new Error("gone"));
    await seen;
    const one = read();
    await answer();
    expect((await one).n).toBe(2);
  });
});
