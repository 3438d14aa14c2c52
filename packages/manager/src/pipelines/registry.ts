import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { Logger, Pipeline, PipelineEvent } from "../api.ts";
import type { Catalogue } from "../catalogue/catalogue.ts";
import type { Clock } from "../clock.ts";
import { ManagerError } from "../errors.ts";

/** All pipelines as they are now: immutable objects, replaced on change. Reads never touch the disk. */
export interface Registry {
  list(): readonly Pipeline[];
  /** @throws ManagerError `UnknownPipelineName` */
  get(name: string): Pipeline;
  has(name: string): boolean;
  byId(id: string): Pipeline | undefined;
  insert(pipeline: Pipeline): void;
  /** Changes a pipeline as a user asked: on disk first, else not at all. */
  decide(id: string, next: (pipeline: Pipeline) => Pipeline): Pipeline;
  /** Takes note of what has happened: true whether or not the disk takes it. Undefined when the pipeline is gone. */
  observe(id: string, next: (pipeline: Pipeline) => Pipeline): Pipeline | undefined;
  /** What was counted or read in passing: no event, and on disk only with the next change. */
  glimpse(id: string, seen: Partial<Pick<Pipeline, "connectorErrors" | "checkpoints">>): void;
  remove(pipeline: Pipeline): void;
}

const eventKeys = [
  "resourcesStatus",
  "resourcesDesiredStatus",
  "runtimeStatus",
  "runtimeDesiredStatus",
  "deploymentError",
  "programStatus",
  "storageStatus",
] as const satisfies readonly (keyof PipelineEvent & keyof Pipeline)[];

/** Loads all pipelines of the catalogue. */
export function createRegistry(catalogue: Catalogue, clock: Clock, logger: Logger): Registry {
  const byId = new Map(catalogue.pipelines().map((p) => [p.id, p]));
  const ids = new Map([...byId.values()].map((p) => [p.name, p.id]));

  const set = (before: Pipeline, after: Pipeline): void => {
    byId.set(after.id, after);
    if (before.name === after.name) return;
    ids.delete(before.name);
    ids.set(after.name, after.id);
  };
  const save = (before: Pipeline, after: Pipeline): void => {
    const moved = eventKeys.some((key) => before[key] !== after[key]);
    catalogue.updatePipeline(before, after, moved ? eventOf(after, clock()) : undefined);
  };
  const known = (id: string): Pipeline => {
    const pipeline = byId.get(id);
    if (pipeline === undefined) throw new Error(`There is no pipeline with id ${id}.`);
    return pipeline;
  };

  return {
    list: () => [...byId.values()],
    has: (name) => ids.has(name),
    byId: (id) => byId.get(id),
    get: (name) => {
      const pipeline = byId.get(ids.get(name) ?? "");
      if (pipeline === undefined) throw new ManagerError("UnknownPipelineName", `Unknown pipeline name '${name}'`, { pipeline_name: name });
      return pipeline;
    },
    insert: (pipeline) => {
      catalogue.insertPipeline(pipeline, eventOf(pipeline, clock()));
      byId.set(pipeline.id, pipeline);
      ids.set(pipeline.name, pipeline.id);
    },
    decide: (id, next) => {
      const before = known(id);
      const after = next(before);
      if (after === before) return before;
      save(before, after);
      set(before, after);
      return after;
    },
    observe: (id, next) => {
      const before = byId.get(id);
      if (before === undefined) return undefined;
      const after = next(before);
      if (after === before) return before;
      set(before, after);
      try {
        save(before, after);
      } catch (error) {
        logger.error({ err: error, pipeline: after.name }, "A pipeline's state could not be saved in the catalogue.");
      }
      return after;
    },
    glimpse: (id, seen) => {
      const pipeline = byId.get(id);
      if (pipeline === undefined) return;
      const glimpsed = { ...pipeline, ...seen };
      if (!isDeepStrictEqual(glimpsed, pipeline)) byId.set(id, glimpsed);
    },
    remove: (pipeline) => {
      catalogue.deletePipeline(pipeline.id);
      byId.delete(pipeline.id);
      ids.delete(pipeline.name);
    },
  };
}

function eventOf(pipeline: Pipeline, now: string): PipelineEvent {
  const { resourcesStatus, resourcesDesiredStatus, runtimeStatus, runtimeDesiredStatus } = pipeline;
  const { deploymentError, programStatus, storageStatus } = pipeline;
  return {
    eventId: randomUUID(),
    recordedAt: now,
    resourcesStatus,
    resourcesDesiredStatus,
    runtimeStatus,
    runtimeDesiredStatus,
    deploymentError,
    programStatus,
    storageStatus,
  };
}
