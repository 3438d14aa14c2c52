import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { ConnectorRegistry } from "@headgate/connector-kit";
import type { Engine, EngineOptions, Program, ProgramChange } from "@headgate/engine";
import type { Clock } from "../async/clock.ts";
import type { EndpointConfig } from "../connector-config.ts";
import { PipelineError, toPipelineError } from "../errors.ts";
import { assertStartable } from "../input-connector/dependencies.ts";
import type { Log } from "../log.ts";
import type { Secrets } from "../secrets.ts";
import type { Deployment } from "../socket/protocol.ts";
import { assertDestinationsDiffer, bindInput, bindOutput } from "./bind.ts";
import type { OutputResume } from "../durability/recovery.ts";
import { openInput, openOutput, type OpenInput } from "./open-connectors.ts";
import { openStored, type Stored } from "./open-stored.ts";
import { Pipeline, type OutputStart } from "./pipeline.ts";

/** What building needs from outside. */
export interface BuildDependencies {
  readonly createEngine: (options: EngineOptions) => Promise<Engine>;
  readonly registry: ConnectorRegistry;
  readonly clock: Clock;
  readonly log: Log;
  readonly secrets: Secrets;
  readonly signal: AbortSignal;
  /** Tells how a program differs from the one that a directory's store belongs to. */
  readonly inspectStore: (directory: string, program: Program) => Promise<{ readonly found: boolean; readonly change: ProgramChange }>;
  /** Somebody has to approve a changed program: resolves when that has happened. */
  readonly approval: (change: ProgramChange) => Promise<{ readonly silent: boolean }>;
}

/**
 * Builds a pipeline from its deployment: everything that can be wrong with its connectors is found here, before a row moves.
 *
 * @throws PipelineError with a published code: the pipeline does not start.
 */
export async function buildPipeline(deployment: Deployment, dependencies: BuildDependencies): Promise<BuiltPipeline> {
  const { clock, log, registry, secrets, signal } = dependencies;
  const { compiled, incarnation, options, storageDirectory } = deployment;
  const { program } = compiled;
  const inputs = await resolveAll(compiled.inputConnectors, secrets);
  const outputs = await resolveAll(compiled.outputConnectors, secrets);
  assertStartable(inputs.map(([name, config]) => ({ name, config })));
  const boundInputs = inputs.map(([name, config]) => ({ name, config, bound: bindInput(name, config, program, registry) }));
  const boundOutputs = outputs.map(([name, config]) => ({ name, config, bound: bindOutput(name, config, program, registry) }));
  assertDestinationsDiffer(boundOutputs);

  const scratchDirectory = join(storageDirectory, "scratch");
  await mkdir(scratchDirectory, { recursive: true });
  const stored = options.storage ? await openStored(deployment, dependencies) : undefined;
  const cleanup: (() => Promise<unknown>)[] = [];
  try {
    const engine = stored?.engine ?? (await startEngine(deployment, dependencies, undefined));
    cleanup.push(() => engine.close());
    const pipeline = new Pipeline({
      incarnation,
      program,
      engine,
      registry,
      options,
      clock,
      log,
      scrub: secrets.scrub,
      scratchDirectory,
      ...(stored === undefined ? {} : { durable: stored.storage }),
    });
    stored?.serves(pipeline);
    const recovery = stored?.recovery;
    if (recovery?.programChanged === true) pipeline.firstCut = recovery.freshSince.step + 1;
    if (stored?.state !== undefined) pipeline.loop.restore(stored.state.loop);
    const keep = <T extends { readonly transport: { close(): Promise<void> } }>(open: T): T => {
      cleanup.push(() => open.transport.close());
      return open;
    };
    const openOutputs = await settleAll(
      boundOutputs.map(async ({ name, config, bound }) => {
        const resume = recovery?.output(name, config);
        const resumeAt = resume?.restored.needsSnapshot === true ? undefined : resume?.resumeAt;
        return { resume, open: keep(await openOutput(name, bound, signal, resumeAt)) };
      }),
    );
    const openInputs = await settleAll(
      boundInputs.map(async ({ name, config, bound }, index) => {
        const directory = join(scratchDirectory, `input-${String(index)}`);
        await mkdir(directory, { recursive: true });
        const resume = recovery?.input(name, config);
        const source = resume?.ended === true ? unread : await openInput(name, bound, directory, signal, resume?.position?.at);
        return { resume, open: keep(source) };
      }),
    );
    boundOutputs.forEach(({ name, config }, i) => {
      const opened = openOutputs[i];
      if (opened !== undefined) pipeline.addDeclaredOutput(name, config, opened.open, outputStart(name, opened, stored, log));
    });
    boundInputs.forEach(({ name, config }, i) => {
      const opened = openInputs[i];
      if (opened !== undefined) pipeline.addInput(name, config, opened.open, opened.resume);
    });
    return { pipeline, recover: async (report) => stored?.recovery.run(pipeline, stored.storage, report) };
  } catch (error) {
    for (const undo of cleanup.reverse()) await undo().catch(() => undefined);
    await stored?.storage.close();
    await stored?.storage.release();
    throw error;
  }
}

/** The source of a connector that has given everything: it is not read again. */
const unread: OpenInput = {
  transport: { open: () => Promise.resolve(), read: () => Promise.resolve(undefined), close: () => Promise.resolve() },
  parser: undefined,
  opened: true,
};

function outputStart(
  name: string,
  { open, resume }: { readonly open: { readonly lost: boolean }; readonly resume: OutputResume | undefined },
  stored: Stored | undefined,
  log: Log,
): OutputStart {
  if (stored === undefined) return { since: { step: 0, inputRecords: 0 } };
  if (resume === undefined) return { since: stored.recovery.freshSince, retain: true };
  const { restored, since } = resume;
  const needsSnapshot = restored.needsSnapshot || open.lost;
  if (open.lost) log.warn(`output connector ${name}: the sink does not hold any more what was written: it gets its whole content anew`);
  // The sink's place is about to change, and only a commit will tell the new one: a crash before it must not go back to the old one.
  if (needsSnapshot) stored.storage.control({ type: "reset", output: name, generation: restored.generation + 1 });
  return { since, restored: { ...restored, needsSnapshot }, retain: true };
}

/** A pipeline that stands, and what brings it to where an earlier run was. Call `recover` before anything else. */
export interface BuiltPipeline {
  readonly pipeline: Pipeline;
  readonly recover: (report: (status: "Bootstrapping" | "Replaying") => void) => Promise<void>;
}

/** @throws PipelineError with a published code */
export async function startEngine(
  { compiled, options, storageDirectory }: Deployment,
  { createEngine }: Pick<BuildDependencies, "createEngine">,
  commitData: (() => string) | undefined,
): Promise<Engine> {
  try {
    return await createEngine({
      program: compiled.program,
      storage: options.storage ? { kind: "directory", path: storageDirectory } : { kind: "memory" },
      ...(commitData === undefined ? {} : { commitData }),
      threads: options.workers,
      ...(options.memoryMbMax === null ? {} : { memoryLimitMb: options.memoryMbMax }),
    });
  } catch (error) {
    throw toPipelineError(error, "InitializationError");
  }
}

/** All at once; when one fails the others are waited for, so that nothing is left opening behind a failed start. */
async function settleAll<T>(opening: readonly Promise<T>[]): Promise<T[]> {
  const settled = await Promise.allSettled(opening);
  return settled.map((result) => {
    if (result.status === "rejected") throw result.reason;
    return result.value;
  });
}

async function resolveAll(
  connectors: Readonly<Record<string, EndpointConfig>>,
  secrets: Secrets,
): Promise<[name: string, config: EndpointConfig][]> {
  const resolved = Object.entries(connectors).map(async ([name, config]): Promise<[string, EndpointConfig]> => {
    try {
      const transport = (await secrets.resolve(config.transport)) as EndpointConfig["transport"];
      const format = (await secrets.resolve(config.format ?? null)) as NonNullable<EndpointConfig["format"]> | null;
      return [name, { ...config, transport, format }];
    } catch (error) {
      if (!(error instanceof PipelineError)) throw error;
      const details = { endpoint_name: name, error: error.message };
      throw new PipelineError(error.code, `${name}: ${error.message}`, details, { cause: error });
    }
  });
  return Promise.all(resolved);
}
