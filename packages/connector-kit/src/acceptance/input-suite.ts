import { ConnectorError } from "../errors.ts";
import { messageBytes } from "../message-bytes.ts";
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
      same(contentOf(await readAll(input, never)), content);
    }),
  );

  hooks.test(`${name} loses and doubles nothing when reads are aborted at random points`, () =>
    forSeeds(runs, (choose) =>
      withInput(async (input, { content }) => {
        await input.open(never());
        same(contentOf(await readAll(input, randomPauses(choose))), content);
      }),
    ),
  );

  hooks.test(`${name} goes on in another run where an earlier one stopped, wherever that was`, () =>
    forSeeds(runs, (choose) =>
      withInput(async (input, { config, content, context }) => {
        await input.open(never());
        const chunks: InputChunk[] = [];
        for (let left = choose.below(6); left > 0; left -= 1) {
          const chunk = await within(deadlineMs, "read", input.read(never()));
          if (chunk !== undefined) chunks.push(chunk);
        }
        // As if a parser still held the end of the last piece.
        const { kept, held } = holdBack(chunks, choose);
        const resumeAt = input.position?.(held);
        if (resumeAt === undefined) return;
        const stored = JSON.parse(JSON.stringify(resumeAt)) as typeof resumeAt;
        const later = definition.create(definition.parseConfig(config), { ...context, resumeAt: stored });
        try {
          await later.open(never());
          same(contentOf([...kept, ...(await readAll(later, never))]), content);
        } finally {
          await later.close();
        }
      }),
    ),
  );

  hooks.test(`${name} reads nothing under a signal that is aborted already, and goes on afterwards`, () =>
    withInput(async (input, { content }) => {
      await input.open(never());
      const reason = new Error("paused");
      const refused = await within(deadlineMs, "read", outcome(input.read(AbortSignal.abort(reason))));
      check("error" in refused && refused.error === reason, "the read did not reject with the signal's reason");
      same(contentOf(await readAll(input, never)), content);
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

/** Takes a random part of the last piece away: bytes, or whole messages. */
function holdBack(chunks: readonly InputChunk[], choose: Choices): { readonly kept: readonly InputChunk[]; readonly held: number } {
  const last = chunks.at(-1);
  if (last === undefined || last.kind === "changes") return { kept: chunks, held: 0 };
  if (last.kind === "messages") {
    const count = choose.below(last.messages.length + 1);
    const messages = last.messages.slice(0, count);
    const held = last.messages.slice(count).reduce((sum, message) => sum + messageBytes(message), 0);
    return { kept: [...chunks.slice(0, -1), { ...last, messages }], held };
  }
  const held = choose.below(last.bytes.byteLength + 1);
  const bytes = last.bytes.subarray(0, last.bytes.byteLength - held);
  return { kept: [...chunks.slice(0, -1), { ...last, bytes }], held };
}

/** Text that stands for what chunks hold, whatever their boundaries. */
export function contentOf(chunks: readonly InputChunk[]): string {
  const decoder = new TextDecoder();
  const spell = (_: string, value: unknown): unknown => {
    if (typeof value === "bigint") return `${value}n`;
    return value instanceof Uint8Array ? [...value] : value;
  };
  const text = (chunk: InputChunk): string => {
    if (chunk.kind === "changes") return chunk.batch.rows.map((row) => `${JSON.stringify(row, spell)}\n`).join("");
    if (chunk.kind === "messages") return chunk.messages.map(({ value }) => decoder.decode(value ?? undefined, { stream: true })).join("");
    return decoder.decode(chunk.bytes, { stream: true });
  };
  const parts = chunks.map(text);
  return parts.join("") + decoder.decode();
}

/** Reads to the end; retryable errors are tried again, as the runtime would, but not for ever. */
async function readAll(input: InputTransport, nextSignal: () => AbortSignal): Promise<readonly InputChunk[]> {
  const chunks: InputChunk[] = [];
  let failures = 0;
  for (;;) {
    const signal = nextSignal();
    const result = await within(deadlineMs, "read", outcome(input.read(signal)));
    if ("error" in result) {
      if (signal.aborted && result.error === signal.reason) continue;
      const { error } = result;
      check(error instanceof ConnectorError && error.code === "retryable", `a read failed: ${String(error)}`);
      failures += 1;
      check(failures < 100, `100 reads failed, the last with: ${error.message}`);
    } else if (result.value === undefined) {
      return chunks;
    } else {
      chunks.push(result.value);
    }
  }
}

/** Aborts half of the reads, from at once to a few turns later, when the data may have come in the same turn. */
function randomPauses(choose: Choices): () => AbortSignal {
  return () => {
    const pause = new AbortController();
    if (choose.oneIn(2)) void abortLater(pause, choose.below(4), choose.oneIn(2));
    return pause.signal;
  };
}

async function abortLater(pause: AbortController, turns: number, short: boolean): Promise<void> {
  for (let left = turns; left > 0; left -= 1) await (short ? Promise.resolve() : turn());
  pause.abort(new Error("paused"));
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
