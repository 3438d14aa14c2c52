import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/**
 * Tells one life of a process id from another: its start time, as the kernel has it. Undefined when there is no such
 * process (a zombie counts as none).
 */
export function processMark(pid: number): string | undefined {
  return process.platform === "linux" ? linuxMark(pid) : posixMark(pid);
}

function linuxMark(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, "utf8");
    // The command name may hold spaces and brackets; the fixed fields stand after its last closing one.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (fields[0] === "Z" || fields[0] === "X") return undefined;
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return `${boot}:${fields[19] ?? ""}`;
  } catch {
    return undefined;
  }
}

function posixMark(pid: number): string | undefined {
  try {
    return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8", timeout: 2000 }).trim() || undefined;
  } catch {
    return undefined;
  }
}
