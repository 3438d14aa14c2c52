import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { DataflowNode } from "../dataflow/operator.ts";
import { EngineError } from "../errors.ts";
import type { RunningProgram } from "./running-program.ts";

const mebibyte = 2 ** 20;
/** The part of the process's heap that state may take, when nothing else is said. */
const defaultShare = 0.75;
/** By how much state must have grown before it is worth measuring anew. */
const growth = 1.02;

export interface StateLimit {
  /** Cheap enough for each step. @throws EngineError `state_limit` */
  check(): void;
}

/**
 * Ends a program before the process runs out of memory. The heap holds garbage too: when it looks full, a collection tells what is
 * really held, and not again until there is more state.
 */
export function createStateLimit(running: RunningProgram, limitMb: number | undefined): StateLimit {
  const heapLimit = getHeapStatistics().heap_size_limit;
  const wanted = limitMb === undefined ? Infinity : heldNow() + limitMb * mebibyte;
  const limit = Math.min(wanted, heapLimit * defaultShare);
  let measuredAt = -1;
  return {
    check() {
      if (getHeapStatistics().used_heap_size <= limit) return;
      const retained = retainedRows(running);
      if (measuredAt >= 0 && retained <= measuredAt * growth) return;
      const held = heldNow();
      if (held <= limit) {
        measuredAt = retained;
        return;
      }
      const suggestion =
        "Give the pipeline more memory, have the program keep less (group before joining, keep a time window, filter early), or delete rows";
      throw new EngineError(
        "state_limit",
        `The program's state has outgrown the memory that it may take: ${megabytes(held)} MiB are held, the limit is ${megabytes(limit)} MiB. ` +
          `Most is held by ${largest(running)}. ${suggestion}`,
        { suggestion },
      );
    },
  };
}

const megabytes = (bytes: number): number => Math.round(bytes / mebibyte);

let collect: (() => void) | undefined;

/** Bytes on the heap that are not garbage. */
function heldNow(): number {
  if (collect === undefined) {
    setFlagsFromString("--expose-gc");
    collect = runInNewContext("gc") as () => void;
  }
  collect();
  return getHeapStatistics().used_heap_size;
}

function retainedRows({ tables, dataflow }: RunningProgram): number {
  let rows = dataflow.retained;
  for (const table of tables.values()) rows += table.retained;
  return rows;
}

const named = 3;

/** The tables and views that hold most, with how much. */
function largest({ tables, graph, program }: RunningProgram): string {
  const own = program.tables.filter((table) => table.internal !== true);
  const holders = own.map(({ name }) => ({ name: `table '${name}'`, unit: "rows", retained: tables.get(name)!.retained }));
  const counted = new Set<DataflowNode>();
  const count = (node: DataflowNode): number => {
    if (counted.has(node)) return 0;
    counted.add(node);
    return (node.operator?.retained ?? 0) + node.inputs.reduce((sum, input) => sum + count(input), 0);
  };
  for (const { name } of program.views) {
    const node = graph.relations.get(name);
    if (node !== undefined) holders.push({ name: `view '${name}'`, unit: "rows and groups", retained: count(node) });
  }
  return holders
    .sort((a, b) => b.retained - a.retained)
    .slice(0, named)
    .filter(({ retained }, i) => i === 0 || retained > 0)
    .map(({ name, unit, retained }) => `${name} (${retained} ${unit})`)
    .join(", ");
}
