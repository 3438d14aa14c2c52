import type { ChildProcess } from "node:child_process";
import type { CompilePipelineResult, TransportNames } from "@headgate/pipeline";
import { ManagerError } from "../errors.ts";
import { forkChild, killGroup } from "../supervisor/fork-child.ts";
import { splitLines } from "../supervisor/split-lines.ts";

/** Compiles programs one after another in a process of its own, which a bad program may take with it. */
export interface Compiler {
  /** @throws ManagerError `CompilerUnavailable` | `CompilerTimeout` */
  compile(program: string): Promise<CompilePipelineResult>;
  /** What a program may name as a transport. @throws ManagerError as `compile` does */
  transports(): Promise<TransportNames>;
  close(): void;
}

/** Where the compiler is, and how long it may take. */
export interface CompilerOptions {
  readonly modulePath: string;
  readonly deadlineMs: number;
  readonly idleMs: number;
  readonly codeCache?: string;
  readonly onFork?: (pid: number) => void;
  readonly onExit?: (pid: number) => void;
}

type Request = { readonly program: string } | { readonly transports: true };
interface Job {
  readonly id: number;
  readonly request: Request;
  readonly resolve: (result: never) => void;
  readonly reject: (error: ManagerError) => void;
}

/** Requests that may wait; one more is refused. */
const queueLimit = 64;

/** Creates the compiler. Its process is forked with the first request, and again after it died. */
export function createCompiler(options: CompilerOptions): Compiler {
  const queue: Job[] = [];
  let child: ChildProcess | undefined;
  let current: Job | undefined;
  let timer: NodeJS.Timeout | undefined;
  let lastId = 0;
  let closed = false;

  const release = (): void => {
    const { pid } = child ?? {};
    child = undefined;
    if (pid !== undefined) killGroup(pid);
  };
  const settle = (finish: (job: Job) => void): void => {
    clearTimeout(timer);
    const job = current;
    current = undefined;
    if (job !== undefined) finish(job);
    if (!closed) next();
  };
  const next = (): void => {
    if (current !== undefined) return;
    current = queue.shift();
    if (current === undefined) {
      timer = setTimeout(release, options.idleMs).unref();
      return;
    }
    clearTimeout(timer);
    timer = setTimeout(expire, options.deadlineMs);
    child ??= start();
    child.send({ id: current.id, ...current.request }, () => undefined);
  };
  const expire = (): void => {
    release();
    const seconds = String(options.deadlineMs / 1000);
    settle((job) => {
      job.reject(new ManagerError("CompilerTimeout", `The program took longer than ${seconds} s to compile; make it simpler`, {}));
    });
  };
  const start = (): ChildProcess => {
    const started = forkChild(options.modulePath, { codeCache: options.codeCache });
    let lastLine = "";
    if (started.pid !== undefined) options.onFork?.(started.pid);
    for (const stream of [started.stdout, started.stderr]) if (stream !== null) splitLines(stream, (line) => (lastLine = line || lastLine));
    const gone = (how: string): void => {
      if (started.pid !== undefined) options.onExit?.(started.pid);
      if (child !== started) return;
      release();
      settle((job) => {
        const why = lastLine === "" ? "" : `: ${lastLine}`;
        job.reject(new ManagerError("CompilerUnavailable", `The compiler process ended while compiling (${how})${why}`, {}));
      });
    };
    started.on("message", (message) => {
      const answer = message as { readonly id: number; readonly result: never };
      if (child !== started || answer.id !== current?.id) return;
      settle((job) => {
        job.resolve(answer.result);
      });
    });
    started.on("exit", (code, signal) => {
      gone(signal ?? `exit code ${String(code)}`);
    });
    started.on("error", (error) => {
      if (started.pid === undefined) gone(error.message);
    });
    return started;
  };

  const ask = <T>(request: Request): Promise<T> => {
    if (closed) return Promise.reject(new ManagerError("CompilerUnavailable", "The server is shutting down", {}));
    if (queue.length >= queueLimit) {
      return Promise.reject(
        new ManagerError("CompilerUnavailable", `${String(queueLimit)} programs wait to be compiled; try again later`, {}),
      );
    }
    return new Promise((resolve, reject) => {
      queue.push({ id: ++lastId, request, resolve, reject });
      next();
    });
  };

  return {
    compile: (program) => ask({ program }),
    transports: () => ask({ transports: true }),
    close: () => {
      closed = true;
      release();
      const waiting = current === undefined ? queue : [current, ...queue];
      settle(() => undefined);
      for (const job of waiting.splice(0)) job.reject(new ManagerError("CompilerUnavailable", "The server is shutting down", {}));
    },
  };
}
