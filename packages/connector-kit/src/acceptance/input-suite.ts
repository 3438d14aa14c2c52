import { ConnectorError } from "../errors.ts";
import type { InputChunk, InputContext, InputTransport, InputTransportDefinition } from "../input.ts";
import { configCases, type BadConfig } from "./config-cases.ts";
import { check, forSeeds, within, type Choices, type TestHooks } from "./hooks.ts";

/** A source that stands ready, and what it holds. */
export interface PreparedInput {
  readonly config: Readonly<Record<string, unknown>>;
  readonly context: InputContext;
  /** The whole content as text: bytes as UTF-8, rows as one JSON line each (see {@link contentOf}). */
  readonly content: string;
  close(): Promise<void>;
}

export interface InputSubject {
  readonly definition: InputTransportDefinition;
  readonly prepare: () => Promise<PreparedInput>;
  /** A configuration that is accepted; nothing is opened with it. */
  readonly goodConfig: Readonly<Record<string, unknown>>;
  readonly badConfigs: readonly BadConfig[];
  /** How many random runs the pause case makes. */
  readonly runs?: number;
}

const deadlineMs = 5000;

/** What every finite input transport must do. */
export function inputSuite(hooks: TestHooks, subject: InputSubject): void {
  const { definition, prepare, runs = 25 } = subject;
  const { name } = definition;
  configCases(hooks, definition, () => subject.goodConfig, subject.badConfigs);

  const withInput = async (run: (input: InputTransport, prepared: PreparedInput) => Promise<void>): Promise<void> => {
    const prepared = await prepare();
    const input = definition.create(definition.parseConfig(prepared.config), prepared.context);
    try {
      await run(input, prepared);
    } finally {
      await within(deadlineMs, "close", input.close());
      await prepared.close();
    }
  };

  hooks.test(`${name} gives its whole content once, in order, and then its end`, () =>
    withInput(async (input, { content }) => {
      await input.open(never());
      const chunks: InputChunk[] = [];
      for (;;) {
        const chunk = await within(deadlineMs, "read", input.read(never()));
        if (chunk === undefined) break;
        chunks.push(chunk);
      }
      same(contentOf(chunks), content);
    }),
  );

  hooks.test(`${name} loses and doubles nothing when reads are aborted at random points`, () =>
    forSeeds(runs, (choose) =>
      withInput(async (input, { content }) => {
        await input.open(never());
        same(contentOf(await readWithPauses(input, choose)), content);
      }),
    ),
  );

  hooks.test(`${name} reads nothing under a signal that is aborted already, and goes on afterwards`, () =>
    withInput(async (input, { content }) => {
      await input.open(never());
      const reason = new Error("paused");
      const refused = await within(deadlineMs, "read", outcome(input.read(AbortSignal.abort(reason))));
      check("error" in refused && refused.error === reason, "the read did not reject with the signal's reason");
      same(contentOf(await readWithPauses(input, { below: () => 1_000_000, oneIn: () => false })), content);
    }),
  );

  hooks.test(`${name} can be closed before it is opened, when nothing was read, and in the middle`, async () => {
    await withInput(async () => undefined);
    await withInput((input) => input.open(never()));
    await withInput(async (input) => {
      await input.open(never());
      await within(deadlineMs, "read", input.read(never()));
    });
    await withInput(async (input) => {
      await input.open(never());
      const pause = new AbortController();
      const read = outcome(input.read(pause.signal));
      pause.abort(new Error("stopped"));
      await within(deadlineMs, "an aborted read", read);
    });
  });
}

/** Text that stands for what chunks hold, whatever their boundaries. */
export function contentOf(chunks: readonly InputChunk[]): string {
  const decoder = new TextDecoder();
  const spell = (_: string, value: unknown): unknown => {
    if (typeof value === "bigint") return `${value}n`;
    return value instanceof Uint8Array ? [...value] : value;
  };
  const parts = chunks.map((chunk) =>
    chunk.kind === "changes"
      ? chunk.batch.rows.map((row) => `${JSON.stringify(row, spell)}\n`).join("")
      : decoder.decode(chunk.bytes, { stream: true }),
  );
  return parts.join("") + decoder.decode();
}

async function readWithPauses(input: InputTransport, choose: Choices): Promise<readonly InputChunk[]> {
  const chunks: InputChunk[] = [];
  for (;;) {
    const pause = new AbortController();
    const reason = new Error("paused");
    const read = outcome(input.read(pause.signal));
    // Half of the reads are aborted, from at once to a few turns later, when the data may have come in the same turn.
    if (choose.oneIn(2)) {
      for (let turns = choose.below(4); turns > 0; turns -= 1) await (choose.oneIn(2) ? Promise.resolve() : turn());
      pause.abort(reason);
    }
    const result = await within(deadlineMs, pause.signal.aborted ? "an aborted read" : "read", read);
    if ("error" in result) {
      if (result.error instanceof ConnectorError && result.error.code === "retryable") continue;
      check(result.error === reason, `a read failed: ${String(result.error)}`);
    } else if (result.value === undefined) {
      return chunks;
    } else {
      chunks.push(result.value);
    }
  }
}

type Outcome<T> = { readonly value: T } | { readonly error: unknown };
const outcome = <T>(work: Promise<T>): Promise<Outcome<T>> =>
  work.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const never = (): AbortSignal => new AbortController().signal;

function same(given: string, wanted: string): void {
  if (given === wanted) return;
  let at = 0;
  while (given[at] === wanted[at]) at += 1;
  const near = (text: string): string => JSON.stringify(text.slice(Math.max(0, at - 20), at + 20));
  throw new Error(`content differs at ${at} (${given.length} characters of ${wanted.length}): ${near(given)} instead of ${near(wanted)}`);
}
