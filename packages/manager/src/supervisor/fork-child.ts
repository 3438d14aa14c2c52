import { fork, type ChildProcess } from "node:child_process";

/**
 * Forks one of our process entries as the head of its own process group: a terminal's Ctrl-C does not reach it, and a kill
 * reaches whatever it started.
 */
export function forkChild(modulePath: string, options: { readonly heapLimitMb?: number | undefined } = {}): ChildProcess {
  const fromSource = modulePath.endsWith(".ts");
  const execArgv = [
    "--disable-warning=ExperimentalWarning",
    ...(fromSource ? ["--conditions=headgate-source"] : []),
    ...(options.heapLimitMb === undefined ? [] : [`--max-old-space-size=${String(options.heapLimitMb)}`]),
  ];
  return fork(modulePath, [], { execArgv, stdio: ["ignore", "pipe", "pipe", "ipc"], detached: true });
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
