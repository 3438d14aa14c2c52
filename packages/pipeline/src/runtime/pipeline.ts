import type { ConnectorRegistry } from "@headgate/connector-kit";
import { usesClock, type Engine, type Program, type Snapshot } from "@headgate/engine";
import type { Clock } from "../async/clock.ts";
import { Notifier } from "../async/notifier.ts";
import type { EndpointConfig } from "../connector-config.ts";
import { GroupCommit } from "../durability/group-commit.ts";
import type { DurableStorage } from "../durability/durable-storage.ts";
import type { InputResume } from "../durability/recovery.ts";
import { PipelineError, suspendRefused } from "../errors.ts";
import { InputConnector } from "../input-connector/input-connector.ts";
import { dependentsToStart } from "../input-connector/dependencies.ts";
import { PullLoop } from "../input-connector/pull-loop.ts";
import type { Log } from "../log.ts";
import { OutputConnector } from "../output-connector/output-connector.ts";
import type { RestoredOutput } from "../output-connector/output-options.ts";
import type { Progress } from "../output-connector/output-queue.ts";
import type { CompletionStatus, ResetStatus, RuntimeOptions, Token } from "../socket/protocol.ts";
import { assertIncarnation, decodeCompletionToken, decodeResetToken, encodeCompletionToken, encodeResetToken } from "../tokens.ts";
import type { OpenInput, OpenOutput } from "./open-connectors.ts";
import { StepLoop } from "./step-loop.ts";

/** What a running pipeline is made of. */
export interface PipelineParts {
  readonly incarnation: string;
  readonly program: Program;
  readonly engine: Engine;
  readonly registry: ConnectorRegistry;
  readonly options: RuntimeOptions;
  readonly clock: Clock;
  readonly log: Log;
  readonly scrub: (text: string) => string;
  readonly scratchDirectory: string;
  /** Keeps steps over a crash; absent when the pipeline has no storage. */
  readonly durable?: DurableStorage;
}

/** Where an output begins. */
export interface OutputStart {
  /** Steps up to this one are not its business: it was added while or after they ran, or its sink has them. */
  readonly since: Progress;
  readonly restored?: RestoredOutput | undefined;
  readonly retain?: boolean;
}

const drainMilliseconds = 2000;
const closeMilliseconds = 2000;

/** A running pipeline: connectors, step loop, and everything that the socket asks of them. */
export class Pipeline {
  readonly parts: PipelineParts;
  readonly inputs = new Map<string, InputConnector>();
  readonly outputs = new Map<string, OutputConnector>();
  /**
   * Snapshots before this step would be told again by it: the first content of all views, or of those that a changed program builds
   * anew (Law 3).
   */
  firstCut = 1;
  readonly loop: StepLoop;
  /** Fires when the pipeline is paused, resumed or stopped. */
  readonly changed = new Notifier();
  /** Aborts when the pipeline stops: ends whatever waits. */
  readonly stopping = new AbortController();
  readonly #pullLoops = new Map<string, PullLoop>();
  readonly #lives: Promise<void>[] = [];
  readonly #finished = new Set<string>();
  readonly #commits: GroupCommit;
  #running = false;
  #nextId = 0;
  #loopEnd: Promise<void> = Promise.resolve();

  constructor(parts: PipelineParts) {
    this.parts = parts;
    const { clock, engine, log, options } = parts;
    // Without storage too the engine hands over what it has gathered, or its memory would grow with every change.
    this.#commits = new GroupCommit({
      clock,
      pendingRecords: () => engine.pendingRecords,
      journalBytes: () => parts.durable?.journal.bytes ?? 0,
      commit: async () => {
        await (parts.durable?.commit() ?? engine.commit());
      },
      onFailure: (error) => {
        this.loop.fail(error);
      },
    });
    this.loop = new StepLoop({
      engine,
      journal: parts.durable,
      clockMicros: usesClock(parts.program) ? options.clockResolutionUsecs : undefined,
      inputs: this.inputs,
      outputs: this.outputs,
      workers: options.workers,
      minBatchSizeRecords: options.minBatchSizeRecords,
      maxBufferingDelayUsecs: options.maxBufferingDelayUsecs,
      clock,
      log,
      onStepDone: () => {
        this.#commits.stepDone();
      },
      onDrained: (input) => {
        this.#checkFinished(input);
      },
    });
  }

  get durable(): DurableStorage | undefined {
    return this.parts.durable;
  }
  get running(): boolean {
    return this.#running;
  }

  /** Bytes on disk: the store, the journal and what waits for sinks. */
  async storageBytes(): Promise<number> {
    const { durable, engine } = this.parts;
    const [store, journal] = await Promise.all([engine.storageBytes(), durable?.journalBytes() ?? 0]);
    return store + journal;
  }

  // ---- life ------------------------------------------------------------------------------------------------------------

  /** Gives every view its first content, unless an earlier run did. Comes before `run`. @throws what makes the pipeline unable to go on. */
  begin(): Promise<void> {
    return this.loop.begin();
  }

  /** Starts the step loop; resolves when it ends. @throws what makes the pipeline unable to go on. */
  run(initial: "running" | "paused"): Promise<void> {
    this.#loopEnd = this.loop.run();
    this.setRunning(initial === "running");
    return this.#loopEnd;
  }

  setRunning(running: boolean): void {
    if (this.#running === running) return;
    this.#running = running;
    this.parts.log.info(running ? "pipeline running" : "pipeline paused");
    this.changed.notify();
    for (const [name, input] of this.inputs) {
      input.changed.notify();
      if (!running) this.#pullLoops.get(name)?.interrupt();
    }
  }

  /** Ends at a step boundary; what outputs hold is sent if that takes no more than two seconds. Never throws. */
  async stop(): Promise<void> {
    const { log } = this.parts;
    await this.#halt();
    await this.#close();
    log.info("pipeline stopped");
  }

  /**
   * Ends at a step boundary with everything on disk, for a later start to go on from. @throws PipelineError `SuspendError` without storage
   */
  async suspend(): Promise<void> {
    const { durable, log } = this.parts;
    if (durable === undefined) throw suspendRefused();
    await this.#halt();
    await durable.checkpoints.take();
    await this.#close();
    log.info("pipeline suspended");
  }

  /** No step begins any more; what outputs hold is sent if that takes no more than two seconds. */
  async #halt(): Promise<void> {
    const { clock } = this.parts;
    this.#running = false;
    this.stopping.abort(new PipelineError("Terminating", "The pipeline is stopping."));
    this.changed.notify();
    this.loop.stop();
    await this.#loopEnd.catch(() => undefined);
    const deadline = clock.now() + drainMilliseconds;
    for (const output of this.outputs.values()) output.flush();
    const idle = (): boolean => [...this.outputs.values()].every((output) => output.idle);
    while (!idle() && clock.now() < deadline) await clock.sleep(5);
  }

  async #close(): Promise<void> {
    const { clock, durable, log } = this.parts;
    await this.#commits.stop();
    await durable?.close();
    for (const output of this.outputs.values()) output.stop();
    const late = clock.sleep(closeMilliseconds).then(() => "late" as const);
    const ended = await Promise.race([Promise.all(this.#lives).then(() => "ended" as const), late]);
    if (ended === "late") log.warn("some connectors did not close within two seconds and were left behind");
    await this.parts.engine.close().catch((error: unknown) => {
      log.warn(`the engine did not close cleanly: ${String(error)}`);
    });
    await durable?.release();
  }

  // ---- inputs ----------------------------------------------------------------------------------------------------------

  /** Registers an input endpoint; without `open` it is fed by HTTP requests. */
  addInput(name: string, config: EndpointConfig, open?: OpenInput, resume?: InputResume): InputConnector {
    const { clock, durable, log, scrub } = this.parts;
    const input: InputConnector = new InputConnector(
      this.#nextId++,
      name,
      config,
      {
        clock,
        scrub,
        onQueued: () => {
          this.loop.wake();
          this.#checkFinished(input);
        },
        // A request can wait, and what it sends too early is only late.
        ...(open === undefined ? { enough: () => this.loop.enoughQueued } : {}),
        ...(durable === undefined ? {} : { log: durable.rows.bind(durable) }),
      },
      open === undefined,
    );
    if (resume !== undefined) input.restore(resume.consumed, resume);
    this.inputs.set(name, input);
    if (open !== undefined && resume?.ended !== true) {
      const pull = new PullLoop({
        connector: input,
        ...open,
        resume: resume?.position,
        shouldRun: () => this.#running && !input.paused && !input.full,
        clock,
        log,
        signal: this.stopping.signal,
      });
      this.#pullLoops.set(name, pull);
      this.#lives.push(pull.run());
    }
    return input;
  }

  input(name: string): InputConnector {
    const input = this.inputs.get(name);
    if (input === undefined) {
      throw new PipelineError("UnknownInputEndpoint", `unknown input endpoint name '${name}'`, { endpoint_name: name });
    }
    return input;
  }

  setInputPaused(name: string, paused: boolean): void {
    const input = this.input(name);
    if (input.paused !== paused) this.parts.log.info(`input connector ${name}: ${paused ? "paused" : "started"}`);
    input.paused = paused;
    this.durable?.control({ type: "paused", input: name, paused });
    if (paused) this.#pullLoops.get(name)?.interrupt();
  }

  /** §3.4: each time an input finishes, whoever waits for labels that nobody unfinished carries is started. */
  #checkFinished(input: InputConnector): void {
    if (!input.finished || this.#finished.has(input.name)) return;
    this.#finished.add(input.name);
    const declared = [...this.inputs.values()].filter((other) => !other.transient);
    for (const dependent of dependentsToStart(declared)) {
      this.parts.log.info(`input connector ${dependent.name}: started, since ${input.name} has finished`);
      dependent.paused = false;
    }
  }

  completionToken(name: string): Token {
    const input = this.input(name);
    const { incarnation } = this.parts;
    return { token: encodeCompletionToken({ incarnation, endpoint: input.id, count: input.requestCompletion() }) };
  }

  completionStatus(token: string): CompletionStatus {
    const claim = decodeCompletionToken(token);
    assertIncarnation(claim.incarnation, this.parts.incarnation);
    const input = [...this.inputs.values()].find((candidate) => candidate.id === claim.endpoint);
    if (input === undefined) {
      const text = `The completion token names input endpoint ${String(claim.endpoint)}, which does not exist any more.`;
      throw new PipelineError("UnknownEndpointInCompletionToken", text, { endpoint_id: claim.endpoint });
    }
    const step = input.completionStep(claim.count);
    if (step === null && claim.count > input.totalRecords) {
      this.parts.log.warn(`a completion token of ${input.name} covers ${String(claim.count)} records, more than were ingested`);
    }
    return { status: step !== null && step <= this.loop.completed.step ? "complete" : "inprogress", step };
  }

  // ---- outputs ---------------------------------------------------------------------------------------------------------

  /** Registers an output endpoint whose transport is open, and starts it. Resolves `ended` when it has closed. */
  addOutput(
    name: string,
    config: EndpointConfig,
    open: OpenOutput,
    from: OutputStart = { since: this.loop.initiated },
  ): { readonly output: OutputConnector; readonly ended: Promise<void> } {
    const { clock, log, scrub } = this.parts;
    const output = new OutputConnector({
      id: this.#nextId++,
      name,
      config,
      ...open,
      since: from.since,
      restored: from.restored,
      retain: from.retain ?? false,
      cut: (step, signal) => this.cut(config.stream, step, signal),
      onProgress: () => {
        this.loop.progressed();
      },
      clock,
      log,
      scrub,
    });
    this.outputs.set(name, output);
    const ended = output.run();
    return { output, ended };
  }

  /** Registers an output endpoint of the program, which lives as long as the pipeline. */
  addDeclaredOutput(name: string, config: EndpointConfig, open: OpenOutput, from?: OutputStart): void {
    this.#lives.push(this.addOutput(name, config, open, from).ended);
  }

  removeOutput(name: string): void {
    this.outputs.get(name)?.stop();
    this.outputs.delete(name);
    this.loop.progressed();
  }

  output(name: string): OutputConnector {
    const output = this.outputs.get(name);
    if (output === undefined) {
      throw new PipelineError("UnknownOutputEndpoint", `unknown output endpoint name '${name}'`, { endpoint_name: name });
    }
    return output;
  }

  /** A snapshot that includes at least `step`, and the views' first content in any case. */
  async cut(relation: string, step: number, signal: AbortSignal): Promise<Snapshot> {
    const least = Math.max(step, this.firstCut);
    for (;;) {
      await this.loop.reached(least, signal);
      const snapshot = await this.parts.engine.snapshot(relation);
      if (snapshot.step >= least) return snapshot;
      await snapshot.close();
    }
  }

  resetOutput(name: string): Token {
    const output = this.output(name);
    const generation = output.requestReset();
    this.durable?.control({ type: "reset", output: name, generation });
    return { token: encodeResetToken({ incarnation: this.parts.incarnation, endpoint: output.id, generation }) };
  }

  resetStatus(token: string): ResetStatus {
    const claim = decodeResetToken(token);
    assertIncarnation(claim.incarnation, this.parts.incarnation);
    const output = [...this.outputs.values()].find((candidate) => candidate.id === claim.endpoint);
    if (output === undefined) {
      const text = `The reset token names output endpoint ${String(claim.endpoint)}, which does not exist any more.`;
      throw new PipelineError("UnknownEndpointInResetToken", text, { endpoint_id: claim.endpoint });
    }
    if (claim.generation < 1 || claim.generation > output.generation) {
      const error = `invalid reset token: generation ${String(claim.generation)} of '${output.name}' was never begun`;
      throw new PipelineError("InvalidParam", `Invalid parameter: ${error}`, { error });
    }
    return output.resetStatus(claim.generation);
  }
}
