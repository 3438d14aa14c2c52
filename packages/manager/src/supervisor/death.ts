import type { DeploymentError } from "../api.ts";
import type { ProcessExit } from "./pipeline-process.ts";

/** The deployment error of a process that ended without having been asked to. */
export function deathOf(name: string, exit: ProcessExit): DeploymentError {
  const how = exit.signal === null ? `exit code ${String(exit.exitCode)}` : `signal ${exit.signal}`;
  const why = exit.lastErrorLine === undefined ? "" : `; its last words: ${exit.lastErrorLine}`;
  const details = { pipeline_name: name, exit_code: exit.exitCode, signal: exit.signal, last_error_line: exit.lastErrorLine ?? null };
  if (exit.outOfMemory) {
    const message = `The process of pipeline '${name}' ran out of memory (${how}); raise resources.memory_mb_max`;
    return { code: "RuntimeError.OutOfMemory", message, details };
  }
  return { code: "RuntimeError.ProcessDied", message: `The process of pipeline '${name}' died (${how})${why}`, details };
}
