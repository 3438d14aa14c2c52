import { ManagerError } from "@headgate/manager";
import { openKeys } from "./open-manager.ts";
import type { ServerOptions } from "./options.ts";
import { UsageError } from "./usage-error.ts";

/** Makes an API key in the data folder and prints its secret on stdout, the only time it can be seen. The server must not be running. */
export async function createApiKey(options: ServerOptions, name: string): Promise<void> {
  const keys = await openKeys(options.dataDir);
  try {
    const key = await keys.apiKeys.create(name, options.role);
    process.stderr.write(`API key '${key.name}' (${key.role}). It is shown this once:\n`);
    process.stdout.write(`${key.secret}\n`);
  } catch (error) {
    if (error instanceof ManagerError) throw new UsageError(error.message, { cause: error });
    throw error;
  } finally {
    keys.close();
  }
}
