import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { ConnectorRegistry } from "@headgate/connector-kit";
import type { Engine, EngineOptions } from "@headgate/engine";
import type { Clock } from "../async/clock.ts";
import type { EndpointConfig } from "../connector-config.ts";
import { PipelineError, toPipelineError } from "../errors.ts";
import { assertStartable } from "../input-connector/dependencies.ts";
import type { Log } from "../log.ts";
import type { Secrets } from "../secrets.ts";
import type { Deployment } from "../socket/protocol.ts";
import { assertDestinationsDiffer, bindInput, bindOutput } from "./bind.ts";
import { openInput, openOutput } from "./open-connectors.ts";
import { Pipeline } from "./pipeline.ts";

/** What building needs from outside. */
export interface BuildDependencies {
  readonly createEngine: (options: EngineOptions) => Promise<Engine>;
  readonly registry: ConnectorRegistry;
  readonly clock: Clock;
  readonly log: Log;
  readonly secrets: Secrets;
  readonly signal: AbortSignal;
}

/**
 * Builds a pipeline from its deployment: everything that can be wrong with its connectors is found here, before a row moves.
 *
 * @throws PipelineError with a published code: the pipeline does not start.
 */
export async function buildPipeline(deployment: Deployment, dependencies: BuildDependencies): Promise<Pipeline> {
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
  const engine = await startEngine(deployment, dependencies);
  const pipeline = new Pipeline({ incarnation, program, engine, registry, options, clock, log, scrub: secrets.scrub, scratchDirectory });
  const opened: { readonly transport: { close(): Promise<void> } }[] = [];
  const keep = <T extends { readonly transport: { close(): Promise<void> } }>(open: T): T => {
    opened.push(open);
    return open;
  };
  try {
    const openOutputs = await settleAll(boundOutputs.map(async ({ name, bound }) => keep(await openOutput(name, bound, signal))));
    const openInputs = await settleAll(
      boundInputs.map(async ({ name, bound }, index) => {
        const directory = join(scratchDirectory, `input-${String(index)}`);
        await mkdir(directory, { recursive: true });
        return keep(await openInput(name, bound, directory, signal));
      }),
    );
    boundOutputs.forEach(({ name, config }, i) => {
      const open = openOutputs[i];
      if (open !== undefined) pipeline.addDeclaredOutput(name, config, open);
    });
    boundInputs.forEach(({ name, config }, i) => {
      const open = openInputs[i];
      if (open !== undefined) pipeline.addInput(name, config, open);
    });
    return pipeline;
  } catch (error) {
    for (const { transport } of opened) await transport.close();
    await engine.close().catch(() => undefined);
    throw error;
  }
}

async function startEngine({ compiled, options, storageDirectory }: Deployment, { createEngine }: BuildDependencies): Promise<Engine> {
  try {
    return await createEngine({
      program: compiled.program,
      storage: options.storage ? { kind: "directory", path: storageDirectory } : { kind: "memory" },
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
