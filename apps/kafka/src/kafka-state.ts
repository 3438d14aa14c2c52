import { execFile } from "node:child_process";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { cacheDirectory } from "./directories.ts";
import type { KafkaAddresses } from "./shared-kafka.ts";
import { waitUntil } from "./wait-until.ts";

const run = promisify(execFile);
const path = (): string => join(cacheDirectory(), "up.json");

/** What `kafka:up` started. */
export interface KafkaState extends KafkaAddresses {
  readonly directory: string;
  readonly pids: readonly number[];
}

/** What an earlier `kafka:up` has left behind. */
export async function readKafkaState(): Promise<KafkaState | undefined> {
  const text = await readFile(path(), "utf8").catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as KafkaState);
}

export async function writeKafkaState(state: KafkaState): Promise<void> {
  await mkdir(cacheDirectory(), { recursive: true });
  await writeFile(path(), JSON.stringify(state, null, 2));
}

/** The processes of the state that still run. A number that another program has meanwhile is not among them. */
export async function runningPids({ directory, pids }: KafkaState): Promise<number[]> {
  const ours = await Promise.all(pids.map(async (pid) => (await commandOf(pid)).includes(directory)));
  return pids.filter((_, index) => ours[index]);
}

/** Ends what `kafka:up` started, removes its data, and forgets it. */
export async function endKafka(state: KafkaState): Promise<void> {
  for (const pid of await runningPids(state)) process.kill(pid, "SIGKILL");
  const gone = async (): Promise<true | undefined> => ((await runningPids(state)).length === 0 ? true : undefined);
  await waitUntil("The end of Kafka's processes", gone, { within: 20_000 });
  await rm(state.directory, { recursive: true, force: true });
  await rm(path(), { force: true });
}

async function commandOf(pid: number): Promise<string> {
  const { stdout } = await run("ps", ["-ww", "-o", "command=", "-p", String(pid)]).catch(() => ({ stdout: "" }));
  return stdout;
}
