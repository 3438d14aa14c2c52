import { ManagerError } from "@headgate/manager";
import { openManager } from "./open-manager.ts";
import type { ServerOptions } from "./options.ts";
import { UsageError } from "./usage-error.ts";

/** Makes an API key in the data folder and prints its secret on stdout, the only time it can be seen. The server must not be running. */
export async function createApiKey(options: ServerOptions, name: string, version: string): Promise<void> {
  const manager = await openManager({ dataDir: options.dataDir, version });
  try {
    const key = await manager.apiKeys.create(name, options.role);
    process.stderr.write(`API key '${key.name}' (${key.role}). It is shown this once:\n`);
    process.stdout.write(`${key.secret}\n`);
  } catch (error) {
    if (error instanceof ManagerError) throw new UsageError(error.message, { cause: error });
    throw error;
  } finally {
    await manager.close();
  }
}
