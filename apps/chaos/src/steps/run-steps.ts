import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { isApiError, type Client } from "@headgate/client";
import { crashPoints } from "@headgate/pipeline";
import { feed, nothingSent, type Sent } from "./feeds.ts";
import { chaosPipeline, filesIn, pipelineName, type Files } from "./program.ts";
import { createRandom, type Random } from "./random.ts";
import { startServer, type ServerUnderTest } from "./server-under-test.ts";
import { until } from "./until.ts";
import { verify, verifyEnd } from "./verify.ts";

const usage = `Usage: npm run chaos -- steps [--kills 50] [--seed N] [--keep]

Kills a pipeline's process and the server with SIGKILL while rows flow, again and again, and compares what is left with what was
acknowledged. --kills: how often. --seed: repeats a run's choices. --keep: leaves the data folder and says where it is.`;

/** @throws Error when something was lost, came twice or differs from its recomputation. */
export async function runSteps(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      kills: { type: "string", default: "50" },
      seed: { type: "string" },
      keep: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return;
  }
  const kills = positive("--kills", values.kills);
  const seed = values.seed === undefined ? Date.now() % 1_000_000 : positive("--seed", values.seed);
  const folder = mkdtempSync(join(tmpdir(), "headgate-chaos-"));
  console.log(`${String(kills)} kills, seed ${String(seed)}, data in ${folder}`);
  const run = new Run(folder, createRandom(seed));
  try {
    await run.all(kills);
    if (!values.keep) rmSync(folder, { recursive: true, force: true });
  } catch (error) {
    console.error(`Failed; the data is kept in ${folder}. The server's last words:\n${run.log().slice(-4000)}`);
    throw error;
  } finally {
    await run.end();
  }
}

function positive(option: string, text: string): number {
  if (!/^[1-9][0-9]*$/.test(text)) throw new Error(`${option} must be a whole number from 1, but is '${text}'.\n\n${usage}`);
  return Number(text);
}

type Kill =
  { readonly victim: "pipeline" | "server" | "both"; readonly afterMs: number } | { readonly victim: "point"; readonly point: string };

class Run {
  readonly #random: Random;
  readonly #sent: Sent = nothingSent();
  readonly #files: Files;
  readonly #dataDir: string;
  readonly #counts = new Map<string, number>();
  #server: ServerUnderTest | undefined;

  constructor(folder: string, random: Random) {
    this.#random = random;
    this.#dataDir = join(folder, "data");
    this.#files = filesIn(folder);
    mkdirSync(this.#dataDir);
    writeFileSync(this.#files.source, "");
  }

  log(): string {
    return this.#server?.log() ?? "";
  }

  async end(): Promise<void> {
    await this.#server?.stop();
  }

  async all(kills: number): Promise<void> {
    this.#server = await startServer(this.#dataDir, undefined);
    await this.#server.client.pipelines.create(chaosPipeline(this.#files));
    const startedAt = performance.now();
    for (let i = 1; i <= kills; i++) {
      const kill = this.#choose();
      await this.#round(kill);
      const name = kill.victim === "point" ? kill.point : kill.victim;
      this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
      const thorough = i % 10 === 0 || i === kills;
      if (thorough) await this.#check();
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
      if (thorough) {
        console.log(
          `${String(i)}/${String(kills)} kills, ${seconds} s: ${String(this.#sent.entries.size)} entries, ${String(this.#sent.lines)} lines, nothing lost, nothing twice`,
        );
      }
    }
    const server = await this.#ready(undefined);
    await verifyEnd(server.client);
    await this.#check();
    for (const [name, count] of [...this.#counts].sort()) console.log(`  ${name}: ${String(count)}`);
    console.log(`survived ${String(kills)} kills`);
  }

  #choose(): Kill {
    const dice = this.#random.below(100);
    if (dice < 40) return { victim: "point", point: `${this.#random.pick(crashPoints)}:${String(1 + this.#random.below(20))}` };
    const victim = dice < 80 ? "pipeline" : dice < 95 ? "server" : "both";
    return { victim, afterMs: this.#random.below(600) };
  }

  async #round(kill: Kill): Promise<void> {
    const server = await this.#ready(kill.victim === "point" ? kill.point : undefined, kill.victim === "point");
    const stop = new AbortController();
    const feeding = feed(server.client, this.#files.source, this.#sent, this.#random, stop.signal);
    if (kill.victim === "point") {
      // A point that this run does not come to: random kills see to it instead.
      await until("the crash point", () => Promise.resolve(server.pipelineProcess() === undefined ? true : undefined), 3000).catch(() => {
        killProcess(server.pipelineProcess());
      });
      await server.kill();
      this.#server = undefined;
    } else {
      await sleep(kill.afterMs);
      if (kill.victim !== "server") killProcess(server.pipelineProcess());
      if (kill.victim !== "pipeline") {
        await server.kill();
        this.#server = undefined;
      } else await until("the server to learn of the kill", () => notRunning(server.client), 20_000);
    }
    stop.abort();
    await feeding;
  }

  async #check(): Promise<void> {
    const server = await this.#ready(undefined);
    await verify(server.client, this.#sent, this.#files);
  }

  /** A server with the pipeline running, or, where a crash point may come before that, at least started. */
  async #ready(crashPoint: string | undefined, mayCrash = false): Promise<ServerUnderTest> {
    if (crashPoint !== undefined) {
      await this.#server?.stop();
      this.#server = undefined;
    }
    this.#server ??= await startServer(this.#dataDir, crashPoint);
    const { client } = this.#server;
    await startPipeline(client);
    // The server may learn of the last kill only now: then the pipeline is started once more.
    if (!mayCrash)
      await until("the pipeline running", async () => {
        await startPipeline(client);
        return await running(client);
      });
    return this.#server;
  }
}

/** Starts it again after whatever became of it; a start while it still stops is tried again. */
async function startPipeline(client: Client): Promise<void> {
  await until("a start of the pipeline", async () => {
    const { deployment_status: status } = await client.pipelines.get(pipelineName, { selector: "status" });
    if (status === "Running") return true;
    try {
      await client.pipelines.start(pipelineName);
      return true;
    } catch (error) {
      if (isApiError(error)) return undefined;
      throw error;
    }
  });
}

async function running(client: Client): Promise<true> {
  const { deployment_status: status, deployment_error: error } = await client.pipelines.get(pipelineName, { selector: "status" });
  if (error !== null && error !== undefined) throw new Error(`The pipeline failed: ${JSON.stringify(error)}`);
  if (status !== "Running") throw new Error(`The pipeline is ${status}`);
  return true;
}

async function notRunning(client: Client): Promise<true | undefined> {
  const { deployment_status: status } = await client.pipelines.get(pipelineName, { selector: "status" });
  return status === "Running" ? undefined : true;
}

function killProcess(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has gone meanwhile.
  }
}
