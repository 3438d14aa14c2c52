import { openBenchManager } from "../bench-manager.ts";
import { openOver } from "../open-over.ts";
import type { OpenServer } from "../server-process.ts";
import { programOf } from "./program.ts";

/** The server over the end-to-end program: `<output file> durable|memory`. */
export async function openPipelineServer([output = "", mode = "durable"]: readonly string[]): Promise<OpenServer> {
  const bench = await openBenchManager(programOf(output), mode === "memory" ? { storage: null } : {});
  return openOver(bench);
}
