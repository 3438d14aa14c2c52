import type { Pipeline } from "../api.ts";
import type { Clock } from "../clock.ts";
import { ManagerError } from "../errors.ts";
import { compilationFailed } from "../lifecycle/happenings.ts";
import { compileBegan, compileEnded, type CompileOutcome } from "../lifecycle/program.ts";
import type { Registry } from "../pipelines/registry.ts";
import type { Compiler } from "./compiler.ts";

/** Brings every Pending program to its end, one at a time, in the order in which they became Pending. */
export interface CompileLoop {
  /** At most one entry a pipeline, so the queue is bounded by their number. */
  enqueue(id: string): void;
  close(): void;
}

/** What the loop works with. */
export interface CompileLoopOptions {
  readonly compiler: Compiler;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly platformVersion: string;
  /** The program of this pipeline has come to its end, good or bad. */
  readonly onEnd: (pipeline: Pipeline) => void;
}

/** Creates the loop; it runs whenever there is something in the queue. */
export function createCompileLoop({ compiler, registry, clock, platformVersion, onEnd }: CompileLoopOptions): CompileLoop {
  const waiting = new Set<string>();
  let busy = false;
  let closed = false;

  const compileOne = async (id: string): Promise<void> => {
    const begun = registry.observe(id, (p) => (p.programStatus === "Pending" ? compileBegan(p, clock()) : p));
    if (begun?.programStatus !== "CompilingSql") return;
    const outcome = await compileSafely(compiler, begun.programCode);
    const now = registry.byId(id);
    // An edit made it another program, which is in the queue by itself.
    if (closed || now?.programVersion !== begun.programVersion || now.programStatus !== "CompilingSql") return;
    for (const state of compileEnded(now, outcome, platformVersion, clock)) registry.observe(id, () => state);
    const ended = registry.observe(id, (p) => (p.programStatus === "Success" ? p : compilationFailed(p, clock())));
    if (ended !== undefined) onEnd(ended);
  };
  const run = async (): Promise<void> => {
    busy = true;
    for (const id of waiting) {
      if (closed) break;
      waiting.delete(id);
      await compileOne(id);
    }
    busy = false;
  };
  return {
    enqueue: (id) => {
      waiting.add(id);
      if (!busy) void run();
    },
    close: () => {
      closed = true;
    },
  };
}

async function compileSafely(compiler: Compiler, program: string): Promise<CompileOutcome> {
  try {
    return await compiler.compile(program);
  } catch (error) {
    if (error instanceof ManagerError) return { systemError: error.message };
    throw error;
  }
}
