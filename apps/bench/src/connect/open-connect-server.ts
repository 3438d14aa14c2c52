import { writeFileSync } from "node:fs";
import { openBenchManager } from "../bench-manager.ts";
import { openOver } from "../open-over.ts";
import type { OpenServer } from "../server-process.ts";
import { benchCluster, connectorNames } from "./messages.ts";

/**
 * The server in front of a Kafka Connect worker, with a pipeline of as many connectors: `<worker's URL> <file to follow> <count>`. Without
 * keys and limits, as the worker is.
 */
export async function openConnectServer([url = "", file = "", count = "1"]: readonly string[]): Promise<OpenServer> {
  writeFileSync(file, '{"n": 1}\n', { flag: "a" });
  const bench = await openBenchManager(programOf(file, Number(count)), {}, [{ ...benchCluster, urls: [url] }]);
  return openOver(bench);
}

/** Inputs that wait for more, as Kafka Connect's file sources do. */
function programOf(path: string, count: number): string {
  const connectors = connectorNames(count).map((name) => ({
    name,
    transport: { name: "file_input", config: { path, follow: true } },
    format: { name: "json", config: { update_format: "raw" } },
  }));
  return `CREATE TABLE t (n BIGINT) WITH ('connectors' = '${JSON.stringify(connectors)}');`;
}
