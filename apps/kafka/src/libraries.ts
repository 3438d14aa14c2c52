import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { cacheDirectory } from "./directories.ts";

const run = promisify(execFile);
const pom = join(import.meta.dirname, "../pom.xml");
/** The first time Maven brings about 120 MB. */
const resolveMs = 10 * 60_000;

/** Version of Kafka that the pom names. */
export const kafkaVersion: string = /<kafka\.version>([^<]+)</.exec(readFileSync(pom, "utf8"))?.[1] ?? "unknown";

/** Where the jars of this pom belong: another pom has another folder. */
function librariesDirectory(): string {
  const hash = createHash("sha256").update(readFileSync(pom)).digest("hex").slice(0, 12);
  return join(cacheDirectory(), `${kafkaVersion}-${hash}`);
}

/** The folder with Kafka's jars if it is there already. */
export function cachedLibraries(): string | undefined {
  const directory = librariesDirectory();
  return existsSync(directory) ? directory : undefined;
}

/**
 * The folder with Kafka's jars; Maven brings them the first time. Whoever comes at the same time does the same work in a folder of
 * their own, and the first rename wins, so that nobody ever sees half a folder.
 */
export async function resolveLibraries(signal?: AbortSignal): Promise<string> {
  const directory = librariesDirectory();
  if (existsSync(directory)) return directory;
  await mkdir(cacheDirectory(), { recursive: true });
  const incoming = await mkdtemp(join(cacheDirectory(), "incoming-"));
  try {
    await copyDependencies(incoming, signal);
    if (!(await readdir(incoming)).some((name) => name.startsWith("connect-runtime-"))) {
      throw new Error(`Maven ended well, and ${incoming} does not hold Kafka's jars.`);
    }
    await rename(incoming, directory);
  } catch (error) {
    await rm(incoming, { recursive: true, force: true });
    // Another process was quicker: its folder is as good as ours.
    if (!existsSync(directory)) throw error;
  }
  return directory;
}

async function copyDependencies(target: string, signal: AbortSignal | undefined): Promise<void> {
  const args = ["-B", "-q", "-f", pom, "dependency:copy-dependencies", "-DincludeScope=runtime", `-DoutputDirectory=${target}`];
  try {
    await run("mvn", args, { timeout: resolveMs, maxBuffer: 16 * 1024 * 1024, ...(signal === undefined ? {} : { signal }) });
  } catch (cause) {
    const output = (cause as { stdout?: string }).stdout ?? "";
    throw new Error(`Maven could not bring Kafka ${kafkaVersion}:\n${output.slice(-4000)}`, { cause });
  }
}
