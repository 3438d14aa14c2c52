import { describe, expect, test } from "@jest/globals";
import { ConnectorError, noFields, parseConfig, type InputTransport, type OutputTransport } from "../../src/index.ts";
import { inputSuite, outputSuite, type PreparedOutput } from "../../src/acceptance/index.ts";

/** Runs a suite and tells which of its cases failed. */
async function failures(run: (hooks: { test: (name: string, body: () => Promise<void>) => void }) => void): Promise<readonly string[]> {
  const cases: { name: string; body: () => Promise<void> }[] = [];
  run({ test: (name, body) => cases.push({ name, body }) });
  const failed: string[] = [];
  for (const { name, body } of cases) await body().catch(() => failed.push(name));
  expect(cases.length).toBeGreaterThan(2);
  return failed;
}

const context = {
  endpointName: "t.c",
  schema: { name: "t", fields: [], primaryKey: undefined },
  scratchDirectory: "/nowhere",
};
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const input = (create: () => Pick<InputTransport, "read">, parse: (config: unknown) => unknown = (c) => parseConfig("x", noFields, c)) =>
  failures((hooks) =>
    inputSuite(hooks, {
      definition: {
        name: "x",
        format: "required",
        parseConfig: parse,
        create: () => ({ open: async () => undefined, close: async () => undefined, ...create() }),
      },
      goodConfig: {},
      badConfigs: [],
      prepare: async () => ({ config: {}, context, content: "abc", close: async () => undefined }),
    }),
  );
const letter = (n: number): { kind: "bytes"; bytes: Uint8Array } | undefined =>
  n < 3 ? { kind: "bytes", bytes: new TextEncoder().encode("abc"[n]) } : undefined;

describe("the input suite", () => {
  test("passes a good transport", async () => {
    const good = (): Pick<InputTransport, "read"> => {
      let at = 0;
      return {
        read: async (signal) => {
          signal.throwIfAborted();
          await turn();
          signal.throwIfAborted();
          return letter(at++);
        },
      };
    };
    expect(await input(good)).toEqual([]);
  });

  test("finds a transport that loses what was under way when a read is aborted", async () => {
    const lossy = (): Pick<InputTransport, "read"> => {
      let at = 0;
      return {
        read: async (signal) => {
          signal.throwIfAborted();
          const chunk = letter(at++);
          await turn();
          signal.throwIfAborted();
          return chunk;
        },
      };
    };
    expect(await input(lossy)).toContain("x loses and doubles nothing when reads are aborted at random points");
  });

  test("finds a transport that ignores its signal, and one that accepts any field", async () => {
    let at = 0;
    const deaf = (): Pick<InputTransport, "read"> => ({ read: async () => letter(at++ % 4) });
    const failed = await input(deaf, (config) => config);
    expect(failed).toContain("x reads nothing under a signal that is aborted already, and goes on afterwards");
    expect(failed).toContain("x refuses a field it does not know, and names it");
  });
});

const output = (prepare: () => PreparedOutput) => failures((hooks) => outputSuite(hooks, { name: "x", prepare: async () => prepare() }));

/** A sink in memory whose faults are chosen. */
function memorySink(faults: {
  readonly partialWrites?: boolean;
  readonly showsSnapshot?: boolean;
  readonly keepsAborted?: boolean;
}): PreparedOutput {
  let visible = "";
  let snapshot: string | undefined;
  let countdown = Infinity;
  const fail = (): void => {
    countdown -= 1;
    if (countdown >= 0) return;
    countdown = Infinity;
    throw new ConnectorError("retryable", "the outside failed", { tag: "x" });
  };
  const transport: OutputTransport = {
    open: async () => undefined,
    close: async () => undefined,
    write: async ({ bytes }, signal) => {
      const text = new TextDecoder().decode(bytes);
      if (faults.keepsAborted !== true) signal.throwIfAborted();
      if (snapshot !== undefined && faults.showsSnapshot !== true) {
        fail();
        snapshot += text;
        return;
      }
      if (faults.partialWrites === true) visible += text.slice(0, 3);
      fail();
      visible += faults.partialWrites === true ? text.slice(3) : text;
      signal.throwIfAborted();
    },
    reset: {
      begin: async () => {
        fail();
        snapshot = "";
        if (faults.showsSnapshot === true) visible = "";
      },
      commit: async () => {
        fail();
        if (faults.showsSnapshot !== true) visible = snapshot ?? visible;
        snapshot = undefined;
      },
    },
  };
  return { transport, content: async () => visible, failAfter: (n) => void (countdown = n), close: async () => undefined };
}

describe("the output suite", () => {
  const failedWrites = "x keeps no part of a write that failed or was aborted, and takes the chunk again";
  const interleaved = "x shows readers the old content or the new one, however writes, resets and failures interleave";

  test("passes a good transport", async () => {
    expect(await output(() => memorySink({}))).toEqual([]);
  });

  test("finds parts of failed writes, snapshots shown before their commit, and aborted writes that were kept", async () => {
    expect(await output(() => memorySink({ partialWrites: true }))).toContain(failedWrites);
    expect(await output(() => memorySink({ showsSnapshot: true }))).toContain(interleaved);
    expect(await output(() => memorySink({ keepsAborted: true }))).toContain(failedWrites);
  });
});
