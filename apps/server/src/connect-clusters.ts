import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { assertDistinct, parseConnectCluster, parseConnectClusters, StartupError, type ConnectClusterOptions } from "@headgate/manager";
import { parse } from "yaml";
import type { ServerOptions } from "./options.ts";
import { UsageError } from "./usage-error.ts";

/** The Kafka Connect clusters that flags and the configuration file name. @throws UsageError when they cannot be used */
export function readConnectClusters({ connectConfig, connectCluster }: Pick<ServerOptions, "connectConfig" | "connectCluster">) {
  try {
    const clusters: readonly ConnectClusterOptions[] = [
      ...(connectConfig === undefined ? [] : readFile(connectConfig)),
      ...connectCluster.map(parseConnectCluster),
    ];
    assertDistinct(clusters);
    return clusters;
  } catch (error) {
    if (error instanceof StartupError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

function readFile(path: string): readonly ConnectClusterOptions[] {
  // A certificate stands beside the file that names it, wherever the server is started.
  const beside = (file: string): string => readFileSync(resolve(dirname(path), file), "utf8");
  return parseConnectClusters(readYaml(path), { env: process.env, readFile: beside });
}

/** JSON is YAML too. */
function readYaml(path: string): unknown {
  try {
    return parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new UsageError(`The configuration of Connect clusters ${path} cannot be read: ${(cause as Error).message.split("\n")[0] ?? ""}`, {
      cause,
    });
  }
}
