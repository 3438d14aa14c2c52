import type { ClusterKind } from "../beds/connect-bed.ts";

/** What a suite needs of an assertion library; `node:assert/strict` has it. */
export interface Assert {
  readonly equal: (actual: unknown, expected: unknown, message?: string) => void;
  readonly deepEqual: (actual: unknown, expected: unknown, message?: string) => void;
  readonly ok: (value: unknown, message?: string) => void;
  readonly match: (actual: string, expected: RegExp, message?: string) => void;
}

/** Makes the server's own parts fail, where the runner can reach into it. */
export interface Faults {
  /** Until `restore`, whatever stands behind the HTTP shell fails with this code; `crash` is an error without one. */
  readonly fail: (code: string) => void;
  readonly restore: () => void;
  /** Gives each caller one request in the cloud dialects, for as long as the work lasts. */
  readonly whileLimited: (work: () => Promise<void>) => Promise<void>;
  /** Makes the server drain as at a shutdown, for as long as the work lasts. */
  readonly whileShuttingDown: (work: () => Promise<void>) => Promise<void>;
}

/** The server under test. */
export interface Target {
  readonly baseUrl: string;
  /** A recording fetch, so that every reply is held to the contract. */
  readonly fetch: (request: Request) => Promise<Response>;
  /** Keys of each role; undefined when the server runs without authentication. */
  readonly keys: { readonly write: string; readonly read: string } | undefined;
  /** A directory that the server's processes can write to and this one can read. */
  readonly directory: string;
  readonly readFile: (path: string) => Promise<string>;
  readonly faults: Faults | undefined;
  /** A Kafka Connect cluster behind the server, whose workers can read this file of lines and write to `directory`. */
  readonly kafkaConnect?: { readonly environment: string; readonly cluster: string; readonly sourceFile: string } | undefined;
}

/** What a suite is given. The runner's `test` takes a title and a function; `target` is asked for when tests run. */
export interface SuiteKit {
  readonly test: (title: string, run: () => Promise<void>) => void;
  readonly assert: Assert;
  /** Kinds of clusters that cases of the Connect dialect run on; only pipelines when left out. */
  readonly clusters?: readonly ClusterKind[];
  readonly target: () => Target;
}

/** Adds its cases to the runner. */
export type Suite = (kit: SuiteKit) => void;
