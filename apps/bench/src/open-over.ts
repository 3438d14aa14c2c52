import { createServer } from "@headgate/server";
import type { openBenchManager } from "./bench-manager.ts";
import type { OpenServer } from "./server-process.ts";
import { silentLogger } from "./silent-logger.ts";

/** The server over a manager of a benchmark, as in production but without keys and limits. */
export function openOver(bench: Awaited<ReturnType<typeof openBenchManager>>): OpenServer {
  const { server } = createServer({
    manager: bench.manager,
    version: { version: "bench" },
    validation: "production",
    logger: silentLogger,
    authentication: { required: false },
  });
  return { server, authorization: null, bench };
}
