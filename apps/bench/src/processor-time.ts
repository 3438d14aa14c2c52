import { readFileSync } from "node:fs";

/** Processor time of a process in milliseconds, from Linux's accounts in hundredths of a second. */
export function processorTime(pid: string): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
