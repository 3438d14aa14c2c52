import { planKey } from "../dataflow/plan-key.ts";
import type { WindowCall } from "../plan/types.ts";

/** Positions of a window's calls, those over the same partitions together. */
export function callsByPartition(calls: readonly WindowCall[]): number[][] {
  const groups = new Map<string, number[]>();
  calls.forEach((call, position) => {
    const partitions = planKey(call.partitions);
    groups.set(partitions, [...(groups.get(partitions) ?? []), position]);
  });
  return [...groups.values()];
}
