import { clockTable } from "../program/clock-table.ts";
import type { StepInput } from "../engine.ts";
import type { Program } from "../types.ts";

/** Whether a view of the program uses NOW(), so that time alone makes a step worth taking. */
export const usesClock = (program: Program): boolean => program.tables.some((table) => table.name === clockTable.name);

/** The step's changes with its time in the clock's one row; a time that does not move on changes nothing. */
export function withClock(program: Program, { changes, now }: StepInput): StepInput["changes"] {
  if (now === undefined || !usesClock(program)) return changes;
  return new Map([...changes, [clockTable.name, [{ rows: [[0, now]], ops: undefined }]]]);
}
