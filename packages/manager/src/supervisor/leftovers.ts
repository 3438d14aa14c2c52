import { setTimeout as wait } from "node:timers/promises";
import type { Catalogue } from "../catalogue/catalogue.ts";
import { killGroup } from "./fork-child.ts";
import { processMark } from "./process-mark.ts";

const deadlineMs = 5000;

/**
 * Ends the processes of a server that died without ending them. They leave by themselves when their parent is gone, except
 * when stuck. A process id that belongs to somebody else by now has another mark, and is left alone.
 */
export async function endLeftovers(catalogue: Catalogue): Promise<number> {
  const ours = catalogue.processes().filter(({ pid, startMark }) => processMark(pid) === startMark);
  for (const { pid } of ours) killGroup(pid);
  const deadline = Date.now() + deadlineMs;
  for (const { pid, startMark } of ours) {
    // Not ours to reap, so there is no exit event to wait for.
    while (processMark(pid) === startMark && Date.now() < deadline) await wait(5);
  }
  for (const { pid } of catalogue.processes()) catalogue.deleteProcess(pid);
  return ours.length;
}
