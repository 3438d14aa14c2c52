import { createApiKey } from "./create-api-key.ts";
import { parseOptions } from "./options.ts";
import { runServer } from "./run-server.ts";
import { UsageError } from "./usage-error.ts";
import { readVersion } from "./version.ts";

/** Reads options and does what they ask for: run the server, or make a key. Sets exit code 1 when that fails. */
export async function main(argv: readonly string[]): Promise<void> {
  const version = readVersion();
  const options = parseOptions(argv, version);
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
}
