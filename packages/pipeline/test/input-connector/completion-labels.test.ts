import { describe, expect, test } from "@jest/globals";
import { CompletionLabels } from "../../src/input-connector/completion-labels.ts";

describe("completion labels", () => {
  test("give each count the first step that consumed it", () => {
    const labels = new CompletionLabels();
    labels.request(3);
    labels.request(7);
    labels.consumed(2, 1);
    expect(labels.stepOf(3)).toBeNull();
    labels.consumed(5, 2);
    labels.consumed(9, 3);
    expect([labels.stepOf(3), labels.stepOf(7)]).toEqual([2, 3]);
  });

  test("label at once what was consumed before the token was asked for", () => {
    const labels = new CompletionLabels();
    labels.consumed(5, 4);
    labels.request(5);
    expect(labels.stepOf(5)).toBe(4);
  });

  test("resolve a count that was never issued to the next larger one, and one beyond all to nothing", () => {
    const labels = new CompletionLabels();
    labels.request(10);
    labels.consumed(10, 6);
    expect(labels.stepOf(4)).toBe(6);
    expect(labels.stepOf(11)).toBeNull();
  });

  test("do not grow when the same count is asked for again, and forget the oldest beyond their bound without ever being early", () => {
    const labels = new CompletionLabels(3);
    for (let count = 1; count <= 10_000; count += 1) {
      labels.request(count);
      labels.request(count);
      labels.consumed(count, count);
    }
    expect(labels.stepOf(1)).toBe(9998);
    expect(labels.stepOf(10_000)).toBe(10_000);
  });
});
