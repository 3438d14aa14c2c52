import { ConnectorError } from "../errors.ts";
import type { EncodedChunk } from "../format.ts";
import type { OutputTransport } from "../output.ts";
import { configCases, type BadConfig } from "./config-cases.ts";
import { check, forSeeds, within, type Choices, type TestHooks } from "./hooks.ts";

/** A sink that stands ready, a transport to it, and a reader's eyes on it. */
export interface PreparedOutput {
  readonly transport: OutputTransport;
  /** What a reader sees now. Undefined for a sink that cannot be read. */
  content(): Promise<string | undefined>;
  /** Lets the `n`-th operation on the outside from now fail (0: the next), possibly with a part of it done. */
  failAfter?(operations: number): void;
  /** What is left besides the content, for example scratch files; must be empty after closing. */
  leftovers?(): Promise<readonly string[]>;
  close(): Promise<void>;
}

export interface OutputSubject {
  readonly name: string;
  /** Absent for an output that a program cannot declare. */
  readonly config?: {
    readonly definition: { readonly name: string; parseConfig(config: unknown): unknown };
    readonly good: Readonly<Record<string, unknown>>;
    readonly bad: readonly BadConfig[];
  };
  readonly prepare: () => Promise<PreparedOutput>;
  /** A stream's reader sees a snapshot as it comes (marked as one), so only its end can be compared. */
  readonly stream?: boolean;
  readonly runs?: number;
}

const deadlineMs = 5000;

/** What every output transport must do. */
export function outputSuite(hooks: TestHooks, subject: OutputSubject): void {
  const { name, prepare, runs = 25 } = subject;
  if (subject.config !== undefined) {
    const { definition, good, bad } = subject.config;
    configCases(hooks, definition, () => good, bad);
  }

  const withOutput = async (run: (prepared: PreparedOutput) => Promise<void>): Promise<void> => {
    const prepared = await prepare();
    try {
      await run(prepared);
      await within(deadlineMs, "close", prepared.transport.close());
      const left = (await prepared.leftovers?.()) ?? [];
      check(left.length === 0, `closing left ${left.join(", ")}`);
    } finally {
      await prepared.transport.close();
      await prepared.close();
    }
  };

  hooks.test(`${name} holds every chunk once, whole and in order`, () =>
    withOutput(async (prepared) => {
      const model = await opened(prepared);
      for (let i = 0; i < 20; i += 1) await model.write(never());
      await model.compare();
    }),
  );

  hooks.test(`${name} keeps no part of a write that failed or was aborted, and takes the chunk again`, () =>
    forSeeds(runs, (choose) =>
      withOutput(async (prepared) => {
        const model = await opened(prepared);
        for (let i = 0; i < 15; i += 1) {
          if (choose.oneIn(2)) prepared.failAfter?.(choose.below(4));
          await model.write(choose.oneIn(4) ? AbortSignal.abort(new Error("paused")) : never());
          await model.compare();
        }
      }),
    ),
  );

  hooks.test(`${name} shows readers the old content or the new one, however writes, resets and failures interleave`, () =>
    forSeeds(runs * 2, (choose) =>
      withOutput(async (prepared) => {
        const model = await opened(prepared);
        if (prepared.transport.reset === undefined) return;
        for (let i = 0; i < 30; i += 1) {
          if (choose.oneIn(3)) prepared.failAfter?.(choose.below(5));
          await randomStep(model, choose);
          if (!(subject.stream === true && model.resetting)) await model.compare();
        }
      }),
    ),
  );

  hooks.test(`${name} can be closed before it is opened, and with a reset under way`, async () => {
    await withOutput(async () => undefined);
    await withOutput(async (prepared) => {
      const model = await opened(prepared);
      await model.write(never());
      if (prepared.transport.reset === undefined) return;
      await model.begin();
      await model.write(never());
      await within(deadlineMs, "close", prepared.transport.close());
      if (subject.stream !== true) await model.compare();
    });
  });
}

async function randomStep(model: Model, choose: Choices): Promise<void> {
  const pick = choose.below(6);
  if (pick === 0) await model.begin();
  else if (pick === 1 && model.resetting) await model.commit();
  else await model.write(choose.oneIn(6) ? AbortSignal.abort(new Error("paused")) : never());
}

async function opened(prepared: PreparedOutput): Promise<Model> {
  await within(deadlineMs, "open", prepared.transport.open(never()));
  return new Model(prepared);
}

/** The sink as it should be, moved along with the real one. Each step is tried until it succeeds, as the runtime would. */
class Model {
  readonly #prepared: PreparedOutput;
  #visible = "";
  #snapshot: string | undefined;
  #chunks = 0;

  constructor(prepared: PreparedOutput) {
    this.#prepared = prepared;
  }

  get resetting(): boolean {
    return this.#snapshot !== undefined;
  }

  async write(firstSignal: AbortSignal): Promise<void> {
    this.#chunks += 1;
    // Longer than any buffer that could hide a partial write, now and then.
    const text = `chunk ${this.#chunks} ${"x".repeat(this.#chunks % 7 === 0 ? 70_000 : this.#chunks % 50)}\n`;
    const chunk: EncodedChunk = { bytes: new TextEncoder().encode(text), records: 1 };
    await this.#attempt((signal) => this.#prepared.transport.write(chunk, signal), firstSignal);
    if (this.#snapshot === undefined) this.#visible += text;
    else this.#snapshot += text;
  }

  async begin(): Promise<void> {
    await this.#attempt(async (signal) => this.#prepared.transport.reset?.begin(signal));
    this.#snapshot = "";
  }

  async commit(): Promise<void> {
    await this.#attempt(async (signal) => this.#prepared.transport.reset?.commit(signal));
    this.#visible = this.#snapshot ?? this.#visible;
    this.#snapshot = undefined;
  }

  async compare(): Promise<void> {
    const seen = await this.#prepared.content();
    if (seen === undefined || seen === this.#visible) return;
    throw new Error(
      `a reader sees ${seen.length} characters ending in ${tail(seen)} instead of ${this.#visible.length} in ${tail(this.#visible)}`,
    );
  }

  async #attempt(step: (signal: AbortSignal) => Promise<void>, firstSignal = never()): Promise<void> {
    let signal = firstSignal;
    for (let tries = 0; tries < 20; tries += 1) {
      try {
        return await within(deadlineMs, "a step", step(signal));
      } catch (error) {
        if (signal.aborted) {
          check(error === signal.reason, `an aborted step failed otherwise: ${String(error)}`);
        } else {
          check(error instanceof ConnectorError && error.code === "retryable", `a step failed for good: ${String(error)}`);
          check(error.tag !== undefined, `"${error.message}" carries no tag`);
        }
        if (!this.resetting) await this.compare();
        signal = never();
      }
    }
    throw new Error("a step failed 20 times, though the outside failed once");
  }
}

const tail = (text: string): string => JSON.stringify(text.slice(-30));
const never = (): AbortSignal => new AbortController().signal;
