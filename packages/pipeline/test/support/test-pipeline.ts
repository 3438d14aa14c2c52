import type { Row } from "@headgate/engine";
import { builtinConnectors } from "@headgate/connectors";
import { systemClock, type Clock } from "../../src/async/clock.ts";
import { readAttributes, type Side } from "../../src/compile/attributes.ts";
import type { EndpointConfig } from "../../src/connector-config.ts";
import { Pipeline } from "../../src/runtime/pipeline.ts";
import { FakeEngine, program } from "./fake-engine.ts";
import { ManualSource } from "./manual-source.ts";
import { testEncoder, TestSink } from "./test-sink.ts";

/** Retries come at once, so that a test of failures takes no time. */
export const impatientClock: Clock = {
  now: () => systemClock.now(),
  sleep: (milliseconds, signal) => systemClock.sleep(Math.min(milliseconds, 1), signal),
};

export function endpointConfig(stream: string, side: Side, json: object = {}): EndpointConfig {
  const attributes = readAttributes({ transport: { name: "test" }, ...json }, side);
  if (!attributes.ok) throw new Error(attributes.problems.join());
  return { ...attributes.config, stream };
}

export const incarnation = "7d3f1f8e-3b1c-4c80-9d7c-0c7f6b1f2a10";

/** A pipeline over a fake engine, sources fed by hand and sinks that a test can look into. */
export class TestPipeline {
  readonly engine = new FakeEngine();
  readonly logged: string[] = [];
  readonly pipeline: Pipeline;
  failure: unknown;

  constructor(options: { readonly clock?: Clock; readonly workers?: number; readonly min?: number; readonly delay?: number } = {}) {
    const log = (line: string): void => {
      this.logged.push(line);
    };
    this.pipeline = new Pipeline({
      incarnation,
      program,
      engine: this.engine,
      registry: builtinConnectors,
      options: {
        workers: options.workers ?? 1,
        minBatchSizeRecords: options.min ?? 0,
        maxBufferingDelayUsecs: options.delay ?? 0,
        maxRssMb: null,
        memoryMbMax: null,
        storage: false,
        checkpointIntervalSecs: null,
        clockResolutionUsecs: null,
        env: {},
      },
      clock: options.clock ?? impatientClock,
      log: { info: log, warn: log, error: log },
      scrub: (text) => text,
      scratchDirectory: "/nonexistent",
    });
  }

  addSource(name = "t.in", json: object = {}, opened = true): ManualSource {
    const transport = new ManualSource();
    this.pipeline.addInput(name, endpointConfig("t", "input", json), { transport, parser: undefined, opened });
    return transport;
  }

  addSink(name = "v.out", json: object = {}, sink = new TestSink()): TestSink {
    this.pipeline.addDeclaredOutput(name, endpointConfig(name.split(".")[0] ?? "", "output", json), {
      transport: sink,
      encoder: testEncoder,
    });
    return sink;
  }

  /** Starts it; step 1 is the empty one that begins every pipeline. */
  run(initial: "running" | "paused" = "running"): this {
    void this.started(initial);
    return this;
  }

  /** Resolves when step 1 is done and the pipeline runs. */
  async started(initial: "running" | "paused" = "running"): Promise<this> {
    try {
      await this.pipeline.begin();
      this.pipeline.run(initial).catch((error: unknown) => {
        this.failure = error;
      });
    } catch (error) {
      this.failure = error;
    }
    return this;
  }

  /** What the view holds, as a sink would show it. */
  view(): Record<string, number> {
    return sorted([...this.engine.content.values()].map(({ row, weight }) => [JSON.stringify(row), weight]));
  }

  /** Everything queued is processed and delivered. */
  settled(): boolean {
    const { inputs, loop, outputs } = this.pipeline;
    const taken = [...inputs.values()].every((input) => input.bufferedRecords === 0);
    return taken && loop.completed.step === loop.initiated.step && [...outputs.values()].every((output) => output.idle);
  }
}

export const sorted = (entries: Iterable<[string, number]>): Record<string, number> =>
  Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
export const content = (sink: TestSink): Record<string, number> => sorted(sink.visible);
export const row = (id: number, name = "x"): Row => [id, name];
