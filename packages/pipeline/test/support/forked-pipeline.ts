import { fork, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { request, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  compilerProcessPath,
  pipelineProcessPath,
  type ChildMessage,
  type CompilePipelineResult,
  type Deployment,
} from "../../src/index.ts";
import { until } from "./until.ts";

const execArgv = ["--conditions=headgate-source"];

/** Compiles in the real compiler process. */
export async function compileInProcess(program: string): Promise<CompilePipelineResult> {
  const child = fork(compilerProcessPath, { execArgv, stdio: ["ignore", "inherit", "inherit", "ipc"] });
  try {
    return await new Promise((resolve, reject) => {
      child.once("message", (message: { id: number; result: CompilePipelineResult }) => {
        resolve(message.result);
      });
      child.once("exit", (code) => {
        reject(new Error(`the compiler exited with ${String(code)}`));
      });
      child.send({ id: 1, program });
    });
  } finally {
    if (child.connected) child.disconnect();
  }
}

export interface SocketAnswer {
  readonly status: number;
  readonly body: string;
}

/** States that pass by themselves; a process that waits for approval is as far as it gets alone. */
const starting = new Set(["", "Initializing", "Bootstrapping", "Replaying"]);
/** Programs are compiled once for all restarts of a test. */
const compiled = new Map<string, CompilePipelineResult>();

/** A real pipeline process in a folder of its own. */
export class ForkedPipeline {
  readonly incarnation = randomUUID();
  readonly messages: ChildMessage[] = [];
  readonly directory: string;
  readonly child: ChildProcess;
  output = "";
  exit: { readonly code: number | null; readonly signal: string | null } | undefined;

  constructor(directory: string, env: Record<string, string>) {
    this.directory = directory;
    this.child = fork(pipelineProcessPath, { execArgv, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe", "ipc"] });
    const capture = (data: Buffer): void => {
      this.output += data.toString();
    };
    this.child.stdout?.on("data", capture);
    this.child.stderr?.on("data", capture);
    this.child.on("message", (message: ChildMessage) => this.messages.push(message));
    this.child.on("exit", (code, signal) => {
      this.exit = { code, signal };
    });
  }

  static async create(env: Record<string, string> = {}): Promise<ForkedPipeline> {
    return new ForkedPipeline(await mkdtemp(join(tmpdir(), "pipe-")), env);
  }

  get socketPath(): string {
    return join(this.directory, "s.sock");
  }
  get status(): string | undefined {
    const last = this.messages.at(-1);
    return last?.type === "status" ? last.status : last?.type;
  }

  async deploy(
    program: string,
    options: {
      readonly initial?: Deployment["initial"];
      readonly env?: Record<string, string>;
      readonly storage?: boolean;
      readonly bootstrap?: Deployment["bootstrap"];
    } = {},
  ): Promise<void> {
    const result = await (compiled.get(program) ?? compileInProcess(program));
    compiled.set(program, result);
    if (!result.ok) throw new Error(JSON.stringify(result.messages));
    const deployment: Deployment = {
      pipelineName: "test",
      incarnation: this.incarnation,
      socketPath: this.socketPath,
      storageDirectory: join(this.directory, "storage"),
      compiled: result.compiled,
      options: {
        workers: 1,
        minBatchSizeRecords: 0,
        maxBufferingDelayUsecs: 0,
        maxRssMb: null,
        memoryMbMax: null,
        storage: options.storage ?? false,
        checkpointIntervalSecs: null,
        clockResolutionUsecs: null,
        env: options.env ?? {},
      },
      initial: options.initial ?? "running",
      bootstrap: options.bootstrap ?? { policy: "allow", silent: false },
    };
    this.child.send({ type: "deploy", deployment });
    await until("the process is up or has failed", () => this.exit !== undefined || !starting.has(this.status ?? ""), 25_000);
  }

  open(method: string, path: string, body?: string | AsyncIterable<string>): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const outgoing = request({ socketPath: this.socketPath, method, path }, resolve);
      outgoing.on("error", reject);
      if (body === undefined || typeof body === "string") outgoing.end(body);
      else {
        void (async () => {
          for await (const piece of body) outgoing.write(piece);
          outgoing.end();
        })();
      }
    });
  }

  async ask(method: string, path: string, body?: string | AsyncIterable<string>): Promise<SocketAnswer> {
    const response = await this.open(method, path, body);
    let text = "";
    for await (const piece of response) text += String(piece);
    return { status: response.statusCode ?? 0, body: text };
  }
  async json<T>(method: string, path: string, body?: string): Promise<T> {
    const { body: text, status } = await this.ask(method, path, body);
    if (status !== 200) throw new Error(`${String(status)} ${text}`);
    return JSON.parse(text) as T;
  }

  async remove(): Promise<void> {
    if (this.exit === undefined) this.child.kill("SIGKILL");
    await until("the process is gone", () => this.exit !== undefined);
    await rm(this.directory, { recursive: true, force: true });
  }
}
