import { createManager, type Logger, type Manager, StartupError } from "@headgate/manager";
import { resolve } from "node:path";
import { UsageError } from "./usage-error.ts";

/** Opens the data folder. @throws UsageError when it cannot be used: the message names the file and what to do. */
export async function openManager(options: {
  readonly dataDir: string;
  readonly version: string;
  readonly logger?: Logger;
}): Promise<Manager> {
  try {
    return await createManager({
      dataDirectory: resolve(options.dataDir),
      platformVersion: options.version,
      ...(options.logger === undefined ? {} : { logger: options.logger }),
    });
  } catch (error) {
    if (error instanceof StartupError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}
