import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { javaCommand } from "./tools.ts";

export interface JavaProgram {
  /** What people call it: "broker", "worker 1". */
  readonly name: string;
  /** Folder with the jars. */
  readonly libraries: string;
  readonly mainClass: string;
  readonly args: readonly string[];
  readonly heapMegabytes: number;
  readonly javaOptions?: readonly string[];
  /** Its output is appended here. */
  readonly logFile: string;
  /** Outlives us: `kafka:up`. Otherwise it ends with us, however we end. */
  readonly detached: boolean;
}

const stopMs = 20_000;
const tailLines = 40;

/** A running Java program. */
export class JavaProcess {
  readonly #program: JavaProgram;
  readonly #child: ChildProcess;
  readonly exited: Promise<void>;
  #ended = false;

  constructor(program: JavaProgram) {
    this.#program = program;
    const out = openSync(program.logFile, "a");
    this.#child = spawn(javaCommand(), javaArguments(program), { stdio: ["ignore", out, out], detached: program.detached });
    closeSync(out);
    const guard = program.detached ? undefined : guardOf(this.#child);
    this.exited = new Promise((resolve) => {
      const end = (): void => {
        this.#ended = true;
        guard?.kill("SIGKILL");
        resolve();
      };
      this.#child.once("exit", end).once("error", end);
    });
    if (program.detached) this.#child.unref();
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }
  get ended(): boolean {
    return this.#ended;
  }

  /** The end of its log, for an error message. */
  tail(): string {
    const { name, logFile } = this.#program;
    const lines = existsSync(logFile) ? readFileSync(logFile, "utf8").trimEnd().split("\n") : [];
    return `The log of the ${name} ends with:\n${lines.slice(-tailLines).join("\n")}`;
  }

  /** Asks it to end, and makes it when it does not. */
  async stop(): Promise<void> {
    if (this.#ended) return;
    this.#child.kill("SIGTERM");
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), stopMs);
    await this.exited;
    clearTimeout(timer);
  }

  /** kill -9. */
  async kill(): Promise<void> {
    if (this.#ended) return;
    this.#child.kill("SIGKILL");
    await this.exited;
  }

  /** Stops its clock: it keeps its connections and answers nothing. */
  suspend(): void {
    this.#child.kill("SIGSTOP");
  }
  resume(): void {
    this.#child.kill("SIGCONT");
  }
}

function javaArguments(program: JavaProgram): string[] {
  const log4j = new URL("../log4j2.properties", import.meta.url).pathname;
  return [
    "-Xms64m",
    `-Xmx${String(program.heapMegabytes)}m`,
    // A small machine starts it quicker with one collector thread and without the costly compiler tier.
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-Xshare:auto",
    `-Dlog4j2.configurationFile=${log4j}`,
    "-Djava.awt.headless=true",
    ...(program.javaOptions ?? []),
    "-cp",
    `${program.libraries}/*`,
    program.mainClass,
    ...program.args,
  ];
}

/** Ends the child when we die without having done so: our end of the pipe closes even after kill -9. */
function guardOf(child: ChildProcess): ChildProcess {
  const guard = spawn("sh", ["-c", 'cat > /dev/null; kill -9 "$1" 2> /dev/null', "guard", String(child.pid)], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  guard.on("error", () => undefined);
  guard.unref();
  (guard.stdin as unknown as { unref(): void } | null)?.unref();
  return guard;
}
