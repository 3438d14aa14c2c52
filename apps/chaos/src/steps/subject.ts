import { isApiError, type Client } from "@headgate/client";
import { pipelineName } from "./program.ts";
import type { Random } from "./random.ts";
import { arm, startServer, type ServerUnderTest } from "./server-under-test.ts";
import { Hopeless, until } from "./until.ts";

/** How the last process of the pipeline stands. */
interface Status {
  readonly status: string;
  readonly error: { readonly message: string } | null;
}

/** The server and its one pipeline: brings them up from whatever state they are in, and takes them down. */
export class Subject {
  readonly #dataDir: string;
  readonly #random: Random;
  #server: ServerUnderTest | undefined;
  #log = "";

  constructor(dataDir: string, random: Random) {
    this.#dataDir = dataDir;
    this.#random = random;
  }

  log(): string {
    return this.#server?.log() ?? this.#log;
  }

  /** The server, started if it is not there. */
  async server(): Promise<ServerUnderTest> {
    return (this.#server ??= await startServer(this.#dataDir));
  }

  /** A pipeline that has just been asked to start, with a process that dies at `crashPoint`. */
  async started(crashPoint: string | undefined): Promise<ServerUnderTest> {
    if (this.#server !== undefined) await this.#pipelineStopped(this.#server.client);
    arm(this.#dataDir, crashPoint);
    const server = await this.server();
    await startPipeline(server.client);
    return server;
  }

  /** A pipeline that runs. */
  async running(): Promise<ServerUnderTest> {
    arm(this.#dataDir, undefined);
    const server = await this.server();
    await until("the pipeline running", async () => {
      const { error, status } = await statusOf(server.client);
      if (status === "Running") return true;
      if (error !== null && !wasKilled(error)) throw new Hopeless(`The pipeline failed: ${error.message}`);
      // The server may learn of the last kill only now: then the pipeline is started once more.
      if (status === "Stopped") await startPipeline(server.client);
      return undefined;
    });
    return server;
  }

  /** Resolves when the pipeline runs, or its process has died. */
  async up(): Promise<void> {
    const { client } = await this.server();
    await until("the pipeline running or dead", async () => {
      const { error, status } = await statusOf(client);
      return status === "Running" || error !== null ? true : undefined;
    });
  }

  /** Resolves true when the pipeline's process has died by a kill, false when that takes longer than `timeoutMs`. */
  async died(timeoutMs: number): Promise<boolean> {
    const { client } = await this.server();
    const death = async (): Promise<true | undefined> => {
      const { error } = await statusOf(client);
      if (error !== null && !wasKilled(error)) throw new Hopeless(`The pipeline failed: ${error.message}`);
      return error === null ? undefined : true;
    };
    try {
      return await until("the end of the pipeline's process", death, timeoutMs);
    } catch (error) {
      if (error instanceof Hopeless) throw error;
      return false;
    }
  }

  /** SIGKILL to the pipeline's process, also to one that is only about to be started. Resolves when the server has learned of it. */
  async killPipeline(): Promise<void> {
    const server = await this.server();
    for (let i = 0; i < 100; i++) {
      if (await this.died(0)) return;
      server.killPipeline();
      if (await this.died(200)) return;
    }
    throw new Error("The pipeline's process did not die of SIGKILL, or the server did not learn of it, within 20 seconds.");
  }

  async killServer(): Promise<void> {
    this.#log = this.log();
    await this.#server?.kill();
    this.#server = undefined;
  }

  async stop(): Promise<void> {
    this.#log = this.log();
    await this.#server?.stop();
    this.#server = undefined;
  }

  /** One that runs is stopped, by force or with a checkpoint. */
  async #pipelineStopped(client: Client): Promise<void> {
    let asked = false;
    await until("the pipeline stopped", async () => {
      const { status } = await statusOf(client);
      if (status === "Stopped") return true;
      if (!asked && status === "Running") {
        asked = true;
        await client.pipelines.stop(pipelineName, { force: this.#random.below(2) === 0 });
      }
      return undefined;
    });
  }
}

/** A kill is what this is about; every other end of a process is a bug. */
const wasKilled = ({ message }: { readonly message: string }): boolean => message.includes("signal SIGKILL");

async function statusOf(client: Client): Promise<Status> {
  const { deployment_error: error, deployment_status: status } = await client.pipelines.get(pipelineName, { selector: "status" });
  return { status, error: error ?? null };
}

/** Starts it; a start while it still stops is tried again. */
async function startPipeline(client: Client): Promise<void> {
  await until("a start of the pipeline", async () => {
    try {
      await client.pipelines.start(pipelineName);
      return true;
    } catch (error) {
      if (isApiError(error)) return undefined;
      throw error;
    }
  });
}
