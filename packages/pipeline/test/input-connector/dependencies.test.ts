import { describe, expect, test } from "@jest/globals";
import { assertStartable, dependentsToStart, type Dependent } from "../../src/input-connector/dependencies.ts";

const endpoint = (name: string, labels: string[], startAfter: string[] | null, state: Partial<Dependent> = {}): Dependent => ({
  name,
  config: { labels, start_after: startAfter },
  paused: startAfter !== null,
  finished: false,
  ...state,
});

describe("labels and start_after", () => {
  test("chains and diamonds are startable, however long", () => {
    const chain = Array.from({ length: 20_000 }, (_, i) =>
      endpoint(`c${String(i)}`, [`l${String(i)}`], i === 0 ? null : [`l${String(i - 1)}`]),
    );
    expect(() => {
      assertStartable(chain);
    }).not.toThrow();
    expect(() => {
      assertStartable([
        endpoint("a", ["a"], null),
        endpoint("b", ["b"], ["a"]),
        endpoint("c", ["c"], ["a"]),
        endpoint("d", ["d"], ["b", "c"]),
      ]);
    }).not.toThrow();
  });

  test("a cycle is refused and named", () => {
    const cycle = [endpoint("a", ["x"], ["z"]), endpoint("b", ["y"], ["x"]), endpoint("c", ["z"], ["y"])];
    expect(() => {
      assertStartable(cycle);
    }).toThrow(/x → z → y → x/);
  });

  test("a dependent starts only when nobody unfinished carries a label it waits for", () => {
    const waiting = endpoint("w", [], ["a", "b"]);
    const first = endpoint("1", ["a"], null, { finished: true });
    const second = endpoint("2", ["b"], null);
    expect(dependentsToStart([waiting, first, second])).toEqual([]);
    expect(dependentsToStart([waiting, first, { ...second, finished: true }])).toEqual([waiting]);
    expect(dependentsToStart([{ ...waiting, paused: false }, first])).toEqual([]);
    expect(dependentsToStart([endpoint("plain", [], null, { paused: true }), first])).toEqual([]);
  });
});
