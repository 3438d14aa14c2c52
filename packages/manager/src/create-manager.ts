import { rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { compilerProcessPath, pipelineProcessPath } from "@headgate/pipeline";
import type { ApiKeyService, Logger, Manager, ManagerOptions } from "./api.ts";
import { openCatalogue, type Catalogue } from "./catalogue/catalogue.ts";
import { createClock } from "./clock.ts";
import { createCompileLoop } from "./compiler/compile-loop.ts";
import { createCompiler } from "./compiler/compiler.ts";
import { createConnectService, firstOf } from "./connect/connect-service.ts";
import { findEmbedded } from "./connect/embedded/find-embedded.ts";
import { createKafkaConnectClusters } from "./connect/kafka-connect/kafka-connect-clusters.ts";
import { createInteractionService } from "./interaction/service.ts";
import { createApiKeyService } from "./keys/api-key-service.ts";
import { loadPepper } from "./keys/pepper.ts";
import { recovered } from "./lifecycle/happenings.ts";
import { createLogBook } from "./logs/log-book.ts";
import { createRegistry } from "./pipelines/registry.ts";
import { createPipelineService, finishClearing } from "./pipelines/service.ts";
import { endLeftovers } from "./supervisor/leftovers.ts";
import { processMark } from "./supervisor/process-mark.ts";
import { makeSocketDirectory } from "./supervisor/socket-directory.ts";
import { createSupervisor } from "./supervisor/supervisor.ts";
import { standardTiming, type Timing } from "./timing.ts";

/** What tests put in the place of the real thing. */
export interface Internals {
  readonly pipelineProcess: string;
  readonly compilerProcess: string;
  readonly timing: Timing;
}

const silent: Logger = { info: () => undefined, warn: () => undefined, error: () => undefined };

/**
 * Opens a data directory and brings every pipeline in it to its desired state.
 * @throws StartupError when the directory is in use, damaged, or of a newer version.
 */
export function createManager(options: ManagerOptions): Promise<Manager> {
  return createManagerWith(options, {
    pipelineProcess: pipelineProcessPath,
    compilerProcess: compilerProcessPath,
    timing: standardTiming,
  });
}

/**
 * Opens only the API keys of a data directory; no pipeline is touched.
 * @throws StartupError as {@link createManager} does, also while a server runs on the directory.
 */
export function openApiKeys(options: Pick<ManagerOptions, "dataDirectory">): { readonly apiKeys: ApiKeyService; close(): void } {
  const dataDirectory = resolve(options.dataDirectory);
  const catalogue = openCatalogue(dataDirectory);
  try {
    const apiKeys = createApiKeyService(catalogue, loadPepper(dataDirectory, catalogue.keys().length > 0));
    return {
      apiKeys,
      close: () => {
        catalogue.close();
      },
    };
  } catch (error) {
    catalogue.close();
    throw error;
  }
}

/** Does what `createManager` does, with other processes or other timing. */
export async function createManagerWith(options: ManagerOptions, internals: Internals): Promise<Manager> {
  const catalogue = openCatalogue(resolve(options.dataDirectory));
  try {
    return await assemble(options, internals, catalogue);
  } catch (error) {
    catalogue.close();
    throw error;
  }
}

async function assemble(options: ManagerOptions, internals: Internals, catalogue: Catalogue): Promise<Manager> {
  const { platformVersion, logger = silent } = options;
  const { timing } = internals;
  const dataDirectory = resolve(options.dataDirectory);
  const apiKeys = createApiKeyService(catalogue, loadPepper(dataDirectory, catalogue.keys().length > 0));
  const ended = await endLeftovers(catalogue);
  if (ended > 0) logger.warn({ processes: ended }, "Ended processes that an earlier server left behind.");
  const socketDirectory = makeSocketDirectory(dataDirectory);
  const codeCache = join(dataDirectory, "code-cache");
  const clock = createClock();
  const registry = createRegistry(catalogue, clock, logger);
  const logs = createLogBook();
  const compiler = createCompiler({
    modulePath: internals.compilerProcess,
    deadlineMs: timing.compileMs,
    idleMs: timing.compilerIdleMs,
    codeCache,
    onFork: (pid) => {
      const startMark = processMark(pid);
      if (startMark !== undefined) catalogue.insertProcess({ pid, startMark });
    },
    onExit: (pid) => {
      if (!closed) catalogue.deleteProcess(pid);
    },
  });
  const supervisor = createSupervisor({
    registry,
    catalogue,
    clock,
    logger,
    timing,
    dataDirectory,
    socketDirectory,
    codeCache,
    modulePath: internals.pipelineProcess,
    logOf: logs.of,
  });
  const compileLoop = createCompileLoop({
    compiler,
    registry,
    clock,
    platformVersion,
    onEnd: (pipeline) => {
      supervisor.settle(pipeline.id);
    },
  });
  const interaction = createInteractionService(registry, supervisor, timing);
  const parts = {
    registry,
    catalogue,
    clock,
    logger,
    supervisor,
    interaction,
    compiler,
    compileLoop,
    logs,
    dataDirectory,
    platformVersion,
  };
  const pipelines = createPipelineService(parts);
  const embedded = findEmbedded({ registry, interaction, compiler, tables: catalogue, now: Date.now });
  const clusters = createKafkaConnectClusters(options.connectClusters ?? [], { tables: catalogue, logger });
  const connect = createConnectService(firstOf(clusters.find, embedded));
  let closed = false;

  for (const { id } of registry.list()) {
    const pipeline = registry.observe(id, (p) => recovered(p, clock()));
    if (pipeline?.programStatus === "Pending") compileLoop.enqueue(id);
    if (pipeline?.storageStatus === "Clearing") void finishClearing(parts, pipeline);
    supervisor.settle(id);
  }

  return {
    pipelines,
    interaction,
    connect,
    apiKeys,
    close: async ({ deadlineMs = timing.closeMs } = {}) => {
      if (closed) return;
      closed = true;
      compileLoop.close();
      compiler.close();
      clusters.close();
      await supervisor.close(deadlineMs);
      logs.closeAll();
      catalogue.close();
      rmSync(socketDirectory, { recursive: true, force: true });
    },
  };
}
