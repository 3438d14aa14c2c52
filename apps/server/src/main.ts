#!/usr/bin/env node
/** The server's entry: reads options, wires catalogue, pipelines and HTTP together, forwards signals. Nothing else. */
import { enableCompileCache } from "node:module";
import { createApiKey } from "./create-api-key.ts";
import { UsageError } from "./usage-error.ts";
import { parseOptions } from "./options.ts";
import { runServer } from "./run-server.ts";
import { readVersion } from "./version.ts";

enableCompileCache();
const version = readVersion();
const options = parseOptions(process.argv.slice(2), version);
try {
  if (options.createApiKey === undefined) await runServer(options, version);
  else await createApiKey(options, options.createApiKey);
} catch (error) {
  // What a user can mend is one sentence; anything else is a defect, and its stack says where.
  process.stderr.write(
    `headgate-server: ${error instanceof UsageError ? error.message : error instanceof Error ? error.stack : String(error)}\n`,
  );
  process.exitCode = 1;
}
