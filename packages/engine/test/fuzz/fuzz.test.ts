import { expect, test } from "@jest/globals";
import { fuzzBatch, type BatchReport } from "./fuzz-batch.ts";

/** Milliseconds for each batch; `npm run fuzz -- engine` runs without end. */
const time = Number(process.env["HEADGATE_FUZZ_MS"] ?? 6000);

async function cleanBatch(seed: number): Promise<BatchReport> {
  const report = await fuzzBatch({ seed, runs: 100_000, time, shrinkTime: 10_000 });
  const { failure } = report;
  if (failure !== undefined)
    throw new Error(
      `${failure.error}\n\n${failure.scenario}\n\nReplay: npm run fuzz -- engine --seed ${failure.seed} --path ${failure.path}`,
    );
  return report;
}

test("random programs equal DuckDB after every step, from a fixed seed", async () => {
  const { programs, steps } = await cleanBatch(20261122);
  expect(programs).toBeGreaterThan(0);
  expect(steps).toBeGreaterThan(programs);
});

test("random programs equal DuckDB after every step, from a seed of the day", async () => {
  const { programs } = await cleanBatch(Date.now() & 0x7fffffff);
  expect(programs).toBeGreaterThan(0);
});
