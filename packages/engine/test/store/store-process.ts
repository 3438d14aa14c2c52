/** A process with a store: holds it, or steps and commits until it is killed. `step` of a row tells which step wrote it. */
import { compileProgram, createEngine, ChangeOp, type Row } from "@headgate/engine";

export const stepsProgram = `
  CREATE TABLE k (id INT PRIMARY KEY, step INT);
  CREATE TABLE m (n INT, step INT) WITH ('materialized' = 'true');
  CREATE MATERIALIZED VIEW per_step AS SELECT step, count(*) AS n FROM m GROUP BY step;
  CREATE MATERIALIZED VIEW sums AS SELECT count(*) AS n, sum(step) AS s FROM k;
  CREATE MATERIALIZED VIEW middle AS SELECT median(step) AS q FROM k;`;

/** What a step does, as a function of its number alone. */
export function changesOf(step: number): Map<string, { rows: Row[]; ops: Uint8Array | undefined }[]> {
  const k = Array.from({ length: 20 }, (_, i): Row => [(step * 7 + i * 3) % 200, step]);
  const m = Array.from({ length: 30 }, (_, i): Row => [i % 5, step]);
  // Every fifth step takes back part of the step before it.
  const gone = step % 5 === 0 ? m.slice(0, 10).map(([n]): Row => [n!, step - 1]) : [];
  return new Map([
    ["k", [{ rows: k, ops: undefined }]],
    [
      "m",
      [
        { rows: m, ops: undefined },
        { rows: gone, ops: new Uint8Array(gone.length).fill(ChangeOp.delete) },
      ],
    ],
  ]);
}

async function main(path: string, mode: string): Promise<void> {
  const compiled = await compileProgram(stepsProgram);
  if (!compiled.ok) throw new Error("The program does not compile");
  let step = 0;
  const engine = await createEngine({
    program: compiled.program,
    storage: { kind: "directory", path },
    threads: 1,
    commitData: () => `data ${step}`,
  });
  step = engine.restored?.step ?? 0;
  process.send!({ opened: step });
  if (mode === "hold") return void setInterval(() => undefined, 1_000);
  for (;;) {
    step = (await engine.step({ changes: changesOf(step + 1), watch: new Set() })).step;
    // Now and then awaited, mostly under way while steps go on.
    const commit = engine.commit().then((done) => process.send!({ committed: done.step }));
    if (step % 3 === 0) await commit;
    else await new Promise((resolve) => setImmediate(resolve));
  }
}

if (process.send !== undefined && process.argv[2] !== undefined && process.argv[1]?.endsWith("store-process.ts") === true)
  await main(process.argv[2], process.argv[3] ?? "");
