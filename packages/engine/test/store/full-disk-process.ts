/** A process that steps and commits until a commit is refused, and then does one step more; tells each on a line. */
import { compileProgram, createEngine, EngineError } from "@headgate/engine";

export const fullDiskProgram = "CREATE TABLE t (a INT, b VARCHAR) WITH ('materialized' = 'true');";

async function main(path: string): Promise<void> {
  const compiled = await compileProgram(fullDiskProgram);
  if (!compiled.ok) throw new Error("The program does not compile");
  const engine = await createEngine({ program: compiled.program, storage: { kind: "directory", path }, threads: 1 });
  const step = async (): Promise<number> => {
    const rows = Array.from({ length: 10_000 }, (_, i) => [i, `some text that is long enough ${i}`]);
    return (await engine.step({ changes: new Map([["t", [{ rows, ops: undefined }]]]), watch: new Set() })).step;
  };
  const tell = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
  for (;;) {
    await step();
    try {
      tell({ committed: (await engine.commit()).step });
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      const last = await step();
      tell({ refused: { code: error.code, message: error.message, pending: engine.pendingRecords, step: last } });
      process.exit(0);
    }
  }
}

if (process.argv[1]?.endsWith("full-disk-process.ts") === true && process.argv[2] !== undefined) await main(process.argv[2]);
