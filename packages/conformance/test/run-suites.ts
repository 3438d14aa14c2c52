import assert from "node:assert/strict";
import { afterEach, describe, expect, test } from "@jest/globals";
import { describeViolations, reportCoverage, suites, type Capability, type Recorder, type Target } from "../src/index.ts";

/** Runs every suite under jest, each case checked for violations, and then the coverage. */
export function runSuites(
  target: () => Target & { readonly recorder: Recorder },
  options: { readonly capabilities: readonly Capability[] },
): void {
  afterEach(() => {
    expect(describeViolations(target().recorder.takeViolations())).toBe("");
  });
  for (const [title, suite] of Object.entries(suites)) {
    describe(title, () => suite({ test, assert, target }));
  }
  describe("coverage", () => {
    test("every documented status of every operation, and every error code, was provoked or is excused", () => {
      const { missingReplies, missingCodes, staleExceptions } = reportCoverage(target().recorder.coverage, new Set(options.capabilities));
      expect({ missingReplies, missingCodes, staleExceptions }).toEqual({ missingReplies: [], missingCodes: [], staleExceptions: [] });
    });
  });
}
