import { ConnectError } from "../api.ts";

/** Lets the changes of one name happen one after another, in the order of their calls. */
export type Locks = <T>(name: string, work: () => Promise<T>) => Promise<T>;

const limit = 16;

/** Locks for the connectors of one cluster; at most 16 changes wait for one connector. */
export function createLocks(): Locks {
  const queues = new Map<string, { tail: Promise<unknown>; waiting: number }>();
  return async (name, work) => {
    const queue = queues.get(name) ?? { tail: Promise.resolve(), waiting: 0 };
    if (queue.waiting >= limit) {
      throw new ConnectError("EngineUnavailable", `${String(limit)} changes of '${name}' are under way already; try again later`);
    }
    queues.set(name, queue);
    queue.waiting += 1;
    const mine = queue.tail.then(work);
    queue.tail = mine.catch(() => undefined);
    try {
      return await mine;
    } finally {
      queue.waiting -= 1;
      if (queue.waiting === 0) queues.delete(name);
    }
  };
}
