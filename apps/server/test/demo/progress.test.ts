import { describe, expect, test } from "@jest/globals";
import { PassThrough } from "node:stream";
import { ProgressDisplay, progressLine } from "../../src/demo/progress.ts";

const shown = (stream: PassThrough): string => (stream.read() as Buffer | null)?.toString() ?? "";

describe("progress of the demo", () => {
  test("is a bar, a share, counts and a rate", () => {
    expect(progressLine({ done: 1_500_000, total: 3_000_000, elapsedMs: 3000 }, 10)).toBe(
      "flights █████░░░░░  50%  1,500,000 / 3,000,000 rows  500,000 rows/s",
    );
  });

  test("never shows more than all of it, nor divides by nothing", () => {
    expect(progressLine({ done: 5, total: 4, elapsedMs: 0 }, 4)).toBe("flights ████ 100%  5 / 4 rows  0 rows/s");
  });

  test("is redrawn in place on a terminal", () => {
    const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 20 });
    const display = new ProgressDisplay(stream);
    display.update("a line that is longer than the terminal");
    expect(shown(stream)).toBe("\r\u001b[2Ka line that is long");
  });

  test("is a new line now and then elsewhere", () => {
    let now = 0;
    const stream = new PassThrough();
    const display = new ProgressDisplay(stream, () => now);
    display.update("one");
    display.update("two");
    now = 2000;
    display.update("three");
    expect(shown(stream)).toBe("one\nthree\n");
  });
});
