import { type ConnectClusterOptions, createManager, type Logger, type Manager, openApiKeys, StartupError } from "@headgate/manager";
import { resolve } from "node:path";
import { UsageError } from "./usage-error.ts";

/** Opens the data folder and brings its pipelines to their desired states. @throws UsageError when the folder cannot be used. */
export function openManager(options: {
  readonly dataDir: string;
  readonly version: string;
  readonly logger: Logger;
  readonly connectClusters: readonly ConnectClusterOptions[];
}): Promise<Manager> {
  const { dataDir, version, logger, connectClusters } = options;
  return explained(() => createManager({ dataDirectory: resolve(dataDir), platformVersion: version, logger, connectClusters }));
}

/** Opens only the API keys in the data folder. @throws UsageError when the folder cannot be used, also while a server uses it. */
export function openKeys(dataDir: string): Promise<ReturnType<typeof openApiKeys>> {
  return explained(() => openApiKeys({ dataDirectory: resolve(dataDir) }));
}

/** The message of a StartupError names the file and what to do: it is for the user as it is. */
async function explained<T>(open: () => T | Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    if (error instanceof StartupError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}
