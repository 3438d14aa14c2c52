import { rm } from "node:fs/promises";
import type { ConnectorRegistry } from "@headgate/connector-kit";
import type { Engine, EngineOptions, ProgramChange } from "@headgate/engine";
import type { Clock } from "../async/clock.ts";
import { messageOf, PipelineError, toPipelineError, toSocketError } from "../errors.ts";
import type { Log } from "../log.ts";
import { Resources } from "../metrics/resources.ts";
import { Secrets } from "../secrets.ts";
import { takeCheckpoints } from "./take-checkpoints.ts";
import type { ChildMessage, Deployment, RuntimeStatus } from "../socket/protocol.ts";
import type { RouteContext } from "../socket/routes.ts";
import { SocketServer } from "../socket/server.ts";
import { buildPipeline, type BuildDependencies } from "./build-pipeline.ts";
import { ConnectionLimit } from "./connection-limit.ts";
import type { Pipeline } from "./pipeline.ts";

/** What the process gives its host. */
export interface ProcessDependencies {
  readonly createEngine: (options: EngineOptions) => Promise<Engine>;
  readonly inspectStore: BuildDependencies["inspectStore"];
  readonly registry: ConnectorRegistry;
  readonly clock: Clock;
  readonly createLog: (scrub: (text: string) => string) => Log;
  /** Sends to the parent; calls `sent` when the message has left. */
  readonly send: (message: ChildMessage, sent: () => void) => void;
  readonly exit: (code: number) => void;
}

const maxApiConnections = 100;
const lastWordMilliseconds = 500;

/** Turns a deployment into a served pipeline, and every fault into one last message and exit code 1. */
export class PipelineProcess {
  readonly #dependencies: ProcessDependencies;
  readonly #abort = new AbortController();
  #scrub: (text: string) => string = (text) => text;
  #log: Log;
  #pipeline: Pipeline | undefined;
  #server: SocketServer | undefined;
  #deployment: Deployment | undefined;
  #stopping: Promise<void> | undefined;
  #failed = false;

  constructor(dependencies: ProcessDependencies) {
    this.#dependencies = dependencies;
    this.#log = dependencies.createLog((text) => this.#scrub(text));
  }

  deploy(deployment: Deployment): void {
    if (this.#deployment !== undefined) return;
    this.#deployment = deployment;
    this.#start(deployment).catch((error: unknown) => {
      this.#fail(toPipelineError(error, "InitializationError"));
    });
  }

  async #start(deployment: Deployment): Promise<void> {
    const { clock, createEngine, inspectStore, registry } = this.#dependencies;
    const lifetime = { startedAt: clock.now() };
    const { incarnation, initial, options, pipelineName, socketPath } = deployment;
    const secrets = new Secrets({ env: { ...process.env, ...options.env }, directory: process.env["HEADGATE_SECRETS_DIR"] });
    this.#scrub = secrets.scrub;
    this.#log.info(`pipeline ${pipelineName}: starting incarnation ${incarnation}`);
    await rm(socketPath, { force: true });
    const server = new SocketServer({ incarnation, log: this.#log, scrub: secrets.scrub });
    await server.listen(socketPath);
    this.#server = server;
    this.#report("Initializing");
    const signal = this.#abort.signal;
    const { pipeline, recover } = await buildPipeline(deployment, {
      createEngine,
      inspectStore,
      registry,
      clock,
      log: this.#log,
      secrets,
      signal,
      approval: (change) => this.#approval(server, deployment, change),
    });
    this.#pipeline = pipeline;
    if (signal.aborted) return;
    const resources = new Resources({
      clock,
      maxRssMb: options.maxRssMb,
      processedRecords: () => pipeline.loop.processed.inputRecords,
      storageBytes: () => pipeline.storageBytes(),
    });
    const context: RouteContext = {
      pipeline,
      resources,
      lifetime,
      connections: new ConnectionLimit(maxApiConnections),
      setRunning: (running) => {
        pipeline.setRunning(running);
        this.#report(running ? "Running" : "Paused");
      },
      stop: async () => {
        await this.#stop();
        // Exits once the answer has been written.
        setImmediate(() => void this.#exitStopped());
      },
      suspend: async () => {
        // Its steps have ended by then, so it cannot go on without the checkpoint; what it accepted is in the journal.
        await this.#suspend(pipeline).catch((error: unknown) => {
          this.panic(error);
          throw error;
        });
        setImmediate(() => void this.#exitStopped());
      },
    };
    server.serveConnectors(context);
    await recover((status) => {
      server.status = status;
      this.#report(status);
    });
    await pipeline.begin();
    if (signal.aborted) return;
    server.serve(context);
    const loop = pipeline.run(initial);
    this.#report(initial === "running" ? "Running" : "Paused");
    this.#log.info(`pipeline ${pipelineName}: ready after ${(clock.now() - lifetime.startedAt).toFixed(0)} ms`);
    void takeCheckpoints(pipeline, options.checkpointIntervalSecs).catch((error: unknown) => {
      this.panic(error);
    });
    void resources.run(pipeline.stopping.signal).catch((error: unknown) => {
      this.panic(error);
    });
    await loop.catch((error: unknown) => {
      if (!pipeline.stopping.signal.aborted) this.panic(error);
    });
  }

  /** SIGTERM: stops at a step boundary, then exits 0. */
  terminate(): void {
    this.#abort.abort(new PipelineError("Terminating", "The pipeline is stopping."));
    this.#stop()
      .then(() => this.#exitStopped())
      .catch((error: unknown) => {
        this.panic(error);
      });
  }

  /** A fault that nobody handled: the pipeline cannot be trusted to go on. */
  panic(error: unknown): void {
    const { code, message } = toPipelineError(error);
    const published = code === "StorageError" || code === "RuntimeError.OutOfMemory" ? code : "RuntimeError.WorkerPanic";
    if (error instanceof Error && error.stack !== undefined) this.#log.error(error.stack);
    this.#fail(new PipelineError(published, message, { error: message }));
  }

  #fail(error: PipelineError): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#log.error(`pipeline failed: ${error.code}: ${error.message}`);
    const exit = (): void => {
      this.#dependencies.exit(1);
    };
    // The parent must hear why, but a broken channel must not keep the process alive.
    setTimeout(exit, lastWordMilliseconds);
    try {
      this.#dependencies.send({ type: "failed", error: toSocketError(error, this.#scrub) }, exit);
    } catch (sendError) {
      this.#log.error(`could not report the failure: ${messageOf(sendError)}`);
      exit();
    }
  }

  #report(status: RuntimeStatus): void {
    this.#dependencies.send({ type: "status", status }, () => undefined);
  }

  /** Resolves when somebody approves what a changed program will do. */
  #approval(server: SocketServer, { bootstrap }: Deployment, change: ProgramChange): Promise<{ readonly silent: boolean }> {
    this.#log.info("the program changed: waiting for approval (POST /approve)");
    this.#report("AwaitingApproval");
    return server.awaitApproval(change, bootstrap.silent).finally(() => {
      this.#report("Initializing");
    });
  }

  #suspend(pipeline: Pipeline): Promise<void> {
    this.#stopping ??= (async () => {
      await pipeline.suspend();
      await rm(pipeline.parts.scratchDirectory, { recursive: true, force: true });
      this.#report("Suspended");
    })();
    return this.#stopping;
  }

  #stop(): Promise<void> {
    this.#stopping ??= (async () => {
      await this.#pipeline?.stop();
      const scratch = this.#pipeline?.parts.scratchDirectory;
      if (scratch !== undefined) await rm(scratch, { recursive: true, force: true });
    })();
    return this.#stopping;
  }

  async #exitStopped(): Promise<void> {
    const late = new Promise<void>((resolve) => setTimeout(resolve, lastWordMilliseconds));
    await Promise.race([this.#server?.close(), late]);
    if (this.#deployment !== undefined) await rm(this.#deployment.socketPath, { force: true });
    this.#dependencies.exit(0);
  }
}
