import { PipelineError } from "../errors.ts";

/** What orchestration looks at. */
export interface Dependent {
  readonly name: string;
  readonly config: { readonly labels: readonly string[]; readonly start_after: readonly string[] | null };
  /** The user's flag. */
  readonly paused: boolean;
  readonly finished: boolean;
}

/** @throws PipelineError `ConfigError.EmptyStartAfter` | `ConfigError.CyclicDependency` */
export function assertStartable(endpoints: readonly Pick<Dependent, "name" | "config">[]): void {
  const edges = new Map<string, Set<string>>();
  for (const { name, config } of endpoints) {
    if (config.start_after === null) continue;
    if (config.start_after.length === 0) {
      const text = `${name}: 'start_after' is an empty list: name at least one label, or remove it`;
      throw new PipelineError("ConfigError.EmptyStartAfter", text, { endpoint_name: name });
    }
    for (const label of config.labels) {
      const targets = edges.get(label) ?? new Set();
      for (const awaited of config.start_after) targets.add(awaited);
      edges.set(label, targets);
    }
  }
  const cycle = findCycle(edges);
  if (cycle !== undefined) {
    const text = `The connectors' labels and 'start_after' form a cycle, so that none could ever start: ${cycle.join(" → ")}`;
    throw new PipelineError("ConfigError.CyclicDependency", text, { cycle });
  }
}

function findCycle(edges: ReadonlyMap<string, ReadonlySet<string>>): string[] | undefined {
  const done = new Set<string>();
  for (const start of edges.keys()) {
    // Depth-first with an explicit path, so that a long chain of labels cannot overflow the stack.
    const path: { readonly label: string; readonly rest: string[] }[] = [];
    const enter = (label: string): void => {
      path.push({ label, rest: [...(edges.get(label) ?? [])] });
    };
    if (!done.has(start)) enter(start);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const next = top.rest.pop();
      if (next === undefined) {
        done.add(top.label);
        path.pop();
        continue;
      }
      const loop = path.findIndex((item) => item.label === next);
      if (loop >= 0) return [...path.slice(loop).map((item) => item.label), next];
      if (!done.has(next)) enter(next);
    }
  }
  return undefined;
}

/**
 * The connectors to start now that one has just finished: paused, with `start_after`, and none of the labels they wait for is on a
 * connector that is not finished. A label that nobody carries counts as satisfied.
 */
export function dependentsToStart<T extends Dependent>(endpoints: readonly T[]): T[] {
  const unfinished = new Set(endpoints.filter((endpoint) => !endpoint.finished).flatMap((endpoint) => endpoint.config.labels));
  return endpoints.filter(
    ({ paused, config }) => paused && config.start_after !== null && !config.start_after.some((label) => unfinished.has(label)),
  );
}
