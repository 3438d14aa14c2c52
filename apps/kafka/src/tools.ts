import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { cachedLibraries } from "./libraries.ts";

const oldestJava = 17;
const advice = "On Debian: apt-get install openjdk-17-jre-headless maven";

/** The Java to run: JAVA_HOME's, else the one on the path. */
export const javaCommand = (): string => (process.env["JAVA_HOME"] === undefined ? "java" : join(process.env["JAVA_HOME"], "bin/java"));

/**
 * Why no Kafka can be started here, or undefined when one can. Synchronous, as a test file must know it while it declares its tests.
 * Maven is needed only until the jars are there.
 */
export function missingForKafka(): string | undefined {
  const { stderr, error } = spawnSync(javaCommand(), ["-version"], { encoding: "utf8", timeout: 20_000 });
  if (error !== undefined) return `there is no Java: ${javaCommand()} does not run. ${advice}`;
  const version = Number(/version "(\d+)/.exec(stderr)?.[1] ?? 0);
  if (version < oldestJava) return `Kafka needs Java ${String(oldestJava)} or later, found ${String(version)}. ${advice}`;
  if (cachedLibraries() === undefined && !onPath("mvn")) return `there is no Maven (mvn) to bring Kafka's jars. ${advice}`;
  return undefined;
}

function onPath(command: string): boolean {
  return (process.env["PATH"] ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, command), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
