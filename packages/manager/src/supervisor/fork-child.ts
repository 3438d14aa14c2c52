import { fork, type ChildProcess } from "node:child_process";
import { getHeapStatistics } from "node:v8";

/** How a process is forked. */
export interface ForkOptions {
  readonly heapLimitMb?: number | undefined;
  /** Where Node keeps compiled modules, which halves the time until a process is ready. */
  readonly codeCache?: string | undefined;
}

/**
 * Where memory allows, rows live long enough in the young heap that those of a step are gone before they are copied: a restart with
 * many rows then takes half of the time. It grows only as far as a process needs it.
 */
const youngHeapMb = 64;
const largeHeapMb = 2048;
const defaultHeapMb = (): number => getHeapStatistics().heap_size_limit / 2 ** 20;

/**
 * Forks one of our process entries as the head of its own process group: a terminal's Ctrl-C does not reach it, and a kill
 * reaches whatever it started.
 */
export function forkChild(modulePath: string, options: ForkOptions = {}): ChildProcess {
  const fromSource = modulePath.endsWith(".ts");
  const execArgv = [
    "--disable-warning=ExperimentalWarning",
    ...(fromSource ? ["--conditions=headgate-source"] : []),
    ...(options.heapLimitMb === undefined ? [] : [`--max-old-space-size=${String(options.heapLimitMb)}`]),
    ...((options.heapLimitMb ?? defaultHeapMb()) < largeHeapMb ? [] : [`--max-semi-space-size=${String(youngHeapMb)}`]),
  ];
  const env = { ...(options.codeCache === undefined ? {} : { NODE_COMPILE_CACHE: options.codeCache }), ...process.env };
  return fork(modulePath, [], { execArgv, env, stdio: ["ignore", "pipe", "pipe", "ipc"], detached: true });
}

/** SIGKILL to the process and to all that it started. Safe when it is gone. */
export function killGroup(pid: number): void {
  for (const target of [-pid, pid]) {
    try {
      process.kill(target, "SIGKILL");
    } catch {
      // It is gone, which is what was wanted.
    }
  }
}
