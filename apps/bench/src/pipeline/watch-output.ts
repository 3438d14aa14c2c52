import { open } from "node:fs/promises";

/** Follows the output file and notes when each batch's effect can first be read there. */
export interface OutputWatch {
  /** By batch: when a line that includes it was read. */
  readonly seen: readonly (number | undefined)[];
  /** Resolves once a line of this batch or a later one was read. */
  until(batch: number, deadlineMs: number): Promise<void>;
  stop(): Promise<void>;
}

const pollMs = 2;

export async function watchOutput(path: string): Promise<OutputWatch> {
  const file = await open(path, "r");
  const buffer = Buffer.alloc(1 << 20);
  const seen: number[] = [];
  let rest = "";
  let stopped = false;
  const note = (text: string, now: number): void => {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) {
      const latest = /"insert":.*"latest":(\d+)/.exec(line);
      // A batch counts as seen with the first line that includes it or a later one.
      if (latest !== null) for (let batch = seen.length; batch <= Number(latest[1]); batch++) seen.push(now);
    }
  };
  const follow = async (): Promise<void> => {
    while (!stopped) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length, null);
      if (bytesRead > 0) note(buffer.toString("utf8", 0, bytesRead), performance.now());
      else await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  };
  const following = follow();
  return {
    seen,
    async until(batch, deadlineMs) {
      const deadline = performance.now() + deadlineMs;
      while (seen.length <= batch) {
        if (performance.now() > deadline) throw new Error(`Batch ${batch} did not reach the file within ${deadlineMs} ms`);
        await new Promise((resolve) => setTimeout(resolve, pollMs));
      }
    },
    async stop() {
      stopped = true;
      await following;
      await file.close();
    },
  };
}
