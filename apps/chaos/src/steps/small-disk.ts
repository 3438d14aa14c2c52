import { execFileSync } from "node:child_process";
import { closeSync, cpSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from "node:fs";
import { join } from "node:path";

/** A disk of its own that can be filled up and emptied. */
export interface SmallDisk {
  readonly path: string;
  fill(): void;
  free(): void;
  /** Copies what is on it. */
  save(directory: string): void;
  remove(): void;
}

/** Mounts one below `directory`; undefined where the system does not let this process do so. */
export function createSmallDisk(directory: string, megabytes: number): SmallDisk | undefined {
  const path = join(directory, "small-disk");
  mkdirSync(path);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${String(megabytes)}m`, "tmpfs", path], { stdio: "ignore" });
  } catch {
    return undefined;
  }
  const ballast = join(path, "ballast");
  const free = (): void => {
    rmSync(ballast, { force: true });
  };
  return {
    path,
    free,
    fill() {
      const { bavail, bsize } = statfsSync(path);
      const file = openSync(ballast, "w");
      try {
        const block = Buffer.alloc(bsize);
        for (let left = bavail; left > 0; left -= 1) writeSync(file, block);
      } catch {
        // Somebody else took the last blocks: it is full all the same.
      } finally {
        closeSync(file);
      }
    },
    save(directory) {
      free();
      cpSync(path, directory, { recursive: true });
    },
    remove() {
      execFileSync("umount", ["-l", path], { stdio: "ignore" });
    },
  };
}
