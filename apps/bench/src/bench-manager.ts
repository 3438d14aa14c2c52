import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ConnectClusterOptions, createManager, type Manager } from "@headgate/manager";

/** A real manager in a folder of its own, whose pipeline `bench` runs in its own process. */
export interface BenchManager {
  readonly manager: Manager;
  readonly startMs: number;
  /** Ends everything, and removes the folder. */
  close(): Promise<void>;
}

export const benchPipeline = "bench";
const deadlineMs = 30_000;
const pollMs = 5;

/** @throws Error when the pipeline does not run within half a minute */
export async function openBenchManager(
  programCode: string,
  runtimeConfig: Readonly<Record<string, unknown>> = {},
  connectClusters: readonly ConnectClusterOptions[] = [],
): Promise<BenchManager> {
  const directory = mkdtempSync(join(tmpdir(), "headgate-bench-"));
  const manager = await createManager({ dataDirectory: directory, platformVersion: "bench", connectClusters });
  const close = async (): Promise<void> => {
    await manager.close({ deadlineMs: 5000 });
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    await manager.pipelines.create({ name: benchPipeline, programCode, runtimeConfig });
    return { manager, startMs: await startPipeline(manager), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startPipeline(manager: Manager): Promise<number> {
  const deadline = Date.now() + deadlineMs;
  const wait = async (ready: (state: Awaited<ReturnType<Manager["pipelines"]["get"]>>) => boolean): Promise<void> => {
    for (;;) {
      const state = await manager.pipelines.get(benchPipeline);
      if (ready(state)) return;
      const { deploymentError, programStatus } = state;
      if (deploymentError !== null || Date.now() > deadline)
        throw new Error(`The bench pipeline did not run: program ${programStatus}, ${JSON.stringify(deploymentError)}`);
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  };
  await wait(({ programStatus }) => programStatus === "Success");
  const started = performance.now();
  await manager.pipelines.start(benchPipeline, {});
  await wait(({ runtimeStatus }) => runtimeStatus === "Running");
  return performance.now() - started;
}
