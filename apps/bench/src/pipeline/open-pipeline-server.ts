import { createServer } from "@headgate/server";
import { openBenchManager } from "../bench-manager.ts";
import type { OpenServer } from "../server-process.ts";
import { silentLogger } from "../silent-logger.ts";
import { programOf } from "./program.ts";

/** The server over the end-to-end program: `<output file> durable|memory`. */
export async function openPipelineServer([output = "", mode = "durable"]: readonly string[]): Promise<OpenServer> {
  const bench = await openBenchManager(programOf(output), mode === "memory" ? { storage: null } : {});
  const { server } = createServer({
    manager: bench.manager,
    version: { version: "bench" },
    validation: "production",
    logger: silentLogger,
    authentication: { required: false },
  });
  return { server, authorization: null, bench };
}
