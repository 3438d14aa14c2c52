import type { Engine } from "@headgate/engine";
import type { EndpointConfig } from "../connector-config.ts";
import { PipelineError, toPipelineError } from "../errors.ts";
import { Journal } from "../journal/journal.ts";
import { Outbox } from "../journal/outbox.ts";
import { connectorFingerprint, programFingerprint } from "../durability/fingerprint.ts";
import { readDurableState, type DurableState } from "../durability/durable-state.ts";
import { DurableStorage, journalFiles, outboxFiles, takeStorage } from "../durability/durable-storage.ts";
import { droppedTables, JournalReader } from "../durability/journal-scan.ts";
import { isChange, Recovery } from "../durability/recovery.ts";
import type { CompiledPipeline, Deployment } from "../socket/protocol.ts";
import { findRelation } from "./bind.ts";
import { startEngine, type BuildDependencies } from "./build-pipeline.ts";
import type { Pipeline } from "./pipeline.ts";

/** A pipeline's storage, open, and what it says about an earlier run. */
export interface Stored {
  readonly engine: Engine;
  readonly storage: DurableStorage;
  readonly recovery: Recovery;
  readonly state: DurableState | undefined;
  /** Tells the storage which pipeline it serves, before the first step. */
  readonly serves: (pipeline: Pipeline) => void;
}

/**
 * Takes the storage directory and opens the store and the journal in it. Asks first when the program is another one than the store's.
 *
 * @throws PipelineError `StorageError`, `BootstrapRejected`
 */
export async function openStored(deployment: Deployment, dependencies: BuildDependencies): Promise<Stored> {
  const { storageDirectory: directory } = deployment;
  const lock = await takeStorage(directory);
  const undo: (() => Promise<unknown>)[] = [() => lock.release()];
  try {
    const { silent } = await permission(deployment, dependencies);
    const made: { pipeline?: Pipeline; storage?: DurableStorage } = {};
    const engine = await startEngine(deployment, dependencies, () => {
      if (made.storage === undefined) throw new Error("The store was committed before the pipeline stood.");
      return made.storage.commitData();
    });
    undo.push(() => engine.close());
    const { restored } = engine;
    const state = restored === undefined || restored.data === "" ? undefined : readDurableState(restored.data, restored.step, directory);
    const { journal, segments } = await Journal.open(journalFiles(directory), state?.journal ?? 1);
    undo.push(() => journal.close());
    const { outbox, segments: outboxSegments } = await Outbox.open(outboxFiles(directory), state?.outbox ?? 1);
    const { program } = deployment.compiled;
    const fingerprints = fingerprintsOf(deployment.compiled);
    const parts = { directory, program, programFingerprint: programFingerprint(program), fingerprints };
    const storage = new DurableStorage(parts, { journal, outbox, lock }, () => {
      if (made.pipeline === undefined) throw new Error("The storage was used before the pipeline stood.");
      return made.pipeline;
    });
    made.storage = storage;
    if (state !== undefined) {
      storage.initialStart = state.initialStart;
      storage.checkpoints.restore(state.checkpoints);
    }
    const reader = new JournalReader(journalFiles(directory), segments, storage.codecs, droppedTables(restored?.changed));
    const scan = await reader.scan();
    const recovery = new Recovery({
      state,
      changed: restored?.changed,
      silent,
      fingerprints,
      reader,
      scan,
      outboxFiles: outboxFiles(directory),
      outboxSegments,
    });
    return { engine, storage, recovery, state, serves: (served) => (made.pipeline = served) };
  } catch (error) {
    for (const step of undo.reverse()) await step().catch(() => undefined);
    throw error;
  }
}

/** @throws PipelineError `BootstrapRejected` */
async function permission(
  { bootstrap, compiled, storageDirectory }: Deployment,
  { approval, inspectStore }: BuildDependencies,
): Promise<{ readonly silent: boolean }> {
  const { policy, silent } = bootstrap;
  if (policy === "allow") return { silent };
  const { change, found } = await inspectStore(storageDirectory, compiled.program).catch((error: unknown) => {
    throw toPipelineError(error, "StorageError");
  });
  if (!found || !isChange(change)) return { silent };
  if (policy === "await_approval") return approval(change);
  const text =
    "The program differs from the one that the storage belongs to, and bootstrap_policy is 'reject'. " +
    "Start it with bootstrap_policy=allow, restore the program, or clear the storage.";
  throw new PipelineError("BootstrapRejected", text, change);
}

function fingerprintsOf({ inputConnectors, outputConnectors, program }: CompiledPipeline): Map<string, string> {
  const prints = new Map<string, string>();
  const add = ([name, config]: [string, EndpointConfig]): void => {
    const relation = findRelation(program, config.stream);
    if (relation !== undefined) prints.set(name, connectorFingerprint(config, relation));
  };
  Object.entries(inputConnectors).forEach(add);
  Object.entries(outputConnectors).forEach(add);
  return prints;
}
