import type { TableChange } from "../oracle/changes.ts";
import { checkMaintained, type Checked, type Restart } from "../oracle/check-maintained.ts";

/** Asserts that a program's views equal DuckDB's after every step; the form in which the fuzzer prints what it finds. */
export async function expectMaintained(
  sql: string,
  steps: readonly Readonly<Record<string, readonly TableChange[]>>[],
  options: {
    /** `view.column` whose values are right up to rounding only. */
    readonly approximate?: readonly string[];
    readonly restarts?: readonly Restart[];
  } = {},
): Promise<Checked> {
  const maps = steps.map((step) => new Map(Object.entries(step)));
  const checked = await checkMaintained(sql, maps, {
    approximate: new Set(options.approximate),
    restarts: options.restarts,
  });
  if (checked.unbound !== undefined) throw new Error(`The program does not bind: ${checked.unbound}`);
  return checked;
}
