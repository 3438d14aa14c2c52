import { afterEach, describe, expect, test } from "@jest/globals";
import { ConnectorError } from "@headgate/connector-kit";
import { decodeResetToken } from "../../src/tokens.ts";
import { gate, until } from "../support/until.ts";
import { TestSink, type SinkCall } from "../support/test-sink.ts";
import { content, incarnation, row, TestPipeline } from "../support/test-pipeline.ts";

const pipelines: TestPipeline[] = [];
afterEach(async () => {
  for (const { pipeline } of pipelines.splice(0)) await pipeline.stop();
});

function start(options: { sink?: TestSink; connector?: object; initial?: "running" | "paused" } = {}) {
  const tested = new TestPipeline();
  pipelines.push(tested);
  const source = tested.addSource();
  const sink = tested.addSink("v.out", { send_snapshot: true, ...options.connector }, options.sink);
  tested.run(options.initial);
  const { pipeline } = tested;
  const complete = (token: string): boolean => pipeline.resetStatus(token).status === "complete";
  const settled = async (): Promise<void> => {
    await until("the sources are read", () => source.waiting === 0);
    await until("everything is delivered", () => tested.settled());
    expect(content(sink)).toEqual(tested.view());
    expect(sink.violations).toEqual([]);
  };
  return { tested, pipeline, source, sink, complete, settled, reset: () => pipeline.resetOutput("v.out").token };
}

/** Holds the sink at the next call of that kind until the gate opens. */
function holdAt(sink: TestSink, call: SinkCall): { readonly reached: Promise<void>; readonly open: () => void } {
  const reached = gate();
  const door = gate();
  sink.before = async (now) => {
    if (now !== call) return;
    reached.open();
    await door.passed;
  };
  return { reached: reached.passed, open: door.open };
}

const retryable = (): ConnectorError => new ConnectorError("retryable", "the disk is full", { tag: "test" });

describe("the first snapshot", () => {
  test("is generation 1 of the same mechanism, and holds what was there before it", async () => {
    const { pipeline, settled, sink, source } = start();
    source.push(row(1), row(2));
    await settled();
    expect(pipeline.output("v.out").generation).toBe(1);
    expect(sink.calls.indexOf("begin")).toBeLessThan(sink.calls.indexOf("commit"));
  });

  test("of an empty view completes and leaves an empty sink", async () => {
    const { complete, reset, settled, sink } = start();
    const token = reset();
    await until("the reset completes", () => complete(token));
    expect(content(sink)).toEqual({});
    await settled();
  });
});

describe("a reset", () => {
  for (const call of ["begin", "write", "commit"] as const) {
    test(`while the sink is held in ${call}, takes rows that arrive and rows that go, without gap or duplicate`, async () => {
      const { complete, reset, settled, sink, source } = start();
      source.push(...Array.from({ length: 10 }, (_, i) => row(i)));
      await settled();
      const held = holdAt(sink, call);
      const token = reset();
      await held.reached;
      source.push(row(100), row(101));
      // Deleted between the cut and the delivery of the snapshot that holds it.
      source.remove(row(3));
      await until("the steps ran", () => source.waiting === 0);
      expect(complete(token)).toBe(false);
      held.open();
      await until("the reset completes", () => complete(token));
      await settled();
    });

    test(`survives one failure of ${call}`, async () => {
      const { complete, pipeline, reset, settled, sink, source } = start();
      source.push(row(1), row(2), row(3), row(4), row(5));
      await settled();
      let failures = 0;
      sink.before = async (now) => {
        if (now === call && failures++ === 0) throw retryable();
      };
      const token = reset();
      await until("the reset completes", () => complete(token));
      await settled();
      expect(failures).toBeGreaterThan(1);
      expect(pipeline.output("v.out").stats(true)).toMatchObject({ metrics: { numTransportErrors: 1 }, health: null, fatalError: null });
    });

    test(`keeps trying while ${call} fails always, tells why, and ends when the sink heals`, async () => {
      const { complete, pipeline, reset, settled, sink, source } = start();
      source.push(row(1), row(2), row(3), row(4), row(5));
      await settled();
      const before = content(sink);
      sink.before = async (now) => {
        if (now === call) throw retryable();
      };
      const token = reset();
      await until("many attempts failed", () => pipeline.output("v.out").stats(false).metrics.numTransportErrors > 12);
      expect(pipeline.resetStatus(token)).toMatchObject({ status: "inprogress", error: "the disk is full", completedAt: null });
      expect(pipeline.output("v.out").stats(false).health?.status).toBe("Unhealthy");
      // A reader still sees the old content, whole.
      expect(content(sink)).toEqual(before);
      source.push(row(6));
      sink.before = () => Promise.resolve();
      await until("the reset completes", () => complete(token));
      await settled();
    });

    test(`is superseded by a second one while ${call} is under way; both tokens complete with the newer snapshot`, async () => {
      const { complete, pipeline, reset, settled, sink, source } = start();
      source.push(row(1), row(2), row(3), row(4));
      await settled();
      const held = holdAt(sink, call);
      const first = reset();
      await held.reached;
      const second = reset();
      expect(pipeline.resetStatus(first).phase).toBe("draining");
      source.push(row(9));
      held.open();
      sink.before = () => Promise.resolve();
      await until("the second completes", () => complete(second));
      expect(complete(first)).toBe(true);
      await settled();
    });

    test(`pausing and resuming the pipeline during ${call} changes nothing`, async () => {
      const { complete, pipeline, reset, settled, sink, source } = start();
      source.push(row(1), row(2), row(3), row(4));
      await settled();
      const held = holdAt(sink, call);
      const token = reset();
      await held.reached;
      pipeline.setRunning(false);
      source.push(row(7));
      held.open();
      // A paused pipeline still performs the reset.
      await until("the reset completes", () => complete(token));
      expect(source.waiting).toBe(1);
      pipeline.setRunning(true);
      await settled();
    });

    test(`stopping the pipeline during ${call} leaves the sink as it was before or as it is after, never between`, async () => {
      const { pipeline, reset, settled, sink, source } = start();
      source.push(row(1), row(2), row(3), row(4));
      await settled();
      const before = content(sink);
      const held = holdAt(sink, call);
      reset();
      await held.reached;
      const stopped = pipeline.stop();
      held.open();
      await stopped;
      expect(sink.calls.at(-1)).toBe("close");
      expect(content(sink)).toEqual(before);
    });
  }

  test("drops what is queued of older generations while the sink is slow in a write of a delta", async () => {
    const { complete, pipeline, reset, settled, sink, source } = start();
    await settled();
    const held = holdAt(sink, "write");
    source.push(row(1));
    await held.reached;
    source.push(row(2), row(3));
    await until("deltas wait", () => pipeline.output("v.out").stats(false).metrics.queuedRecords === 2);
    const token = reset();
    expect(pipeline.output("v.out").stats(false).metrics.queuedRecords).toBe(0);
    held.open();
    await until("the reset completes", () => complete(token));
    await settled();
  });

  test("drops the output buffer, and the snapshot does not wait in it", async () => {
    const { complete, pipeline, reset, sink, source, tested } = start({ connector: { enable_output_buffer: true } });
    source.push(row(1), row(2));
    await until("rows are buffered", () => pipeline.output("v.out").stats(false).metrics.bufferedRecords === 2);
    expect(content(sink)).toEqual({});
    const token = reset();
    await until("the reset completes", () => complete(token));
    expect(content(sink)).toEqual(tested.view());
    expect(pipeline.output("v.out").stats(false).metrics).toMatchObject({ bufferedRecords: 0, totalProcessedInputRecords: 2 });
  });

  test("takes a cut that is made while a step runs, whichever state it shows", async () => {
    const { complete, reset, settled, source, tested } = start();
    source.push(row(1));
    await settled();
    const door = gate();
    tested.engine.beforeStep = () => door.passed;
    source.push(row(2));
    const taken = gate();
    tested.engine.beforeSnapshot = async () => {
      taken.open();
      // The step ends between the cut and its arrival, so its delta is pushed while the cut is on its way.
      door.open();
      await until("the step ended", () => tested.engine.stepSizes.length === 2);
    };
    const token = reset();
    await taken.passed;
    await until("the reset completes", () => complete(token));
    await settled();
  });

  test("ends in a fatal error of the sink without stopping the pipeline, and never reports complete", async () => {
    const { complete, pipeline, reset, settled, sink, source, tested } = start();
    await settled();
    sink.before = async (now) => {
      if (now === "begin") throw new ConnectorError("fatal", "the table was dropped");
    };
    const token = reset();
    await until("the connector stopped", () => pipeline.output("v.out").fatalError !== null);
    source.push(row(1));
    await until("the pipeline goes on", () => tested.settled());
    expect(complete(token)).toBe(false);
    expect(pipeline.resetStatus(token).error).toBe("the table was dropped");
    expect(() => reset()).toThrow(/stopped for good/);
  });

  test("shows its progress in the status and in the stats", async () => {
    const { pipeline, reset, settled, sink, source } = start();
    source.push(...Array.from({ length: 12 }, (_, i) => row(i)));
    await settled();
    let writes = 0;
    const door = gate();
    const reached = gate();
    sink.before = async (now) => {
      if (now !== "write" || ++writes !== 3) return;
      reached.open();
      await door.passed;
    };
    const token = reset();
    await reached.passed;
    const status = pipeline.resetStatus(token);
    expect(status).toMatchObject({ status: "inprogress", phase: "snapshotting", snapshotRecords: 12, snapshotRecordsSent: 4 });
    expect(status.estimatedCompletionAt).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
    expect(pipeline.output("v.out").stats(false).reset).toEqual({
      phase: "snapshotting",
      snapshotRecords: 12,
      snapshotRecordsSent: 4,
      error: null,
    });
    door.open();
    await settled();
    expect(pipeline.resetStatus(token)).toMatchObject({ status: "complete", snapshotRecordsSent: 12 });
  });
});

describe("reset is refused", () => {
  test("for an output that only follows, with the published words", () => {
    const { pipeline } = start({ connector: { send_snapshot: false } });
    expect(() => pipeline.resetOutput("v.out")).toThrow("Not supported: output endpoint 'v.out' does not support reset");
  });
  test("for a sink that cannot be replaced", () => {
    const { pipeline } = start({ sink: new TestSink({ resettable: false }) });
    expect(() => pipeline.resetOutput("v.out")).toThrow("Not supported: output endpoint 'v.out' does not support reset");
  });
  test("for an unknown output", () => {
    const { pipeline } = start();
    expect(() => pipeline.resetOutput("v.none")).toThrow("unknown output endpoint name 'v.none'");
  });
});

describe("a reset token", () => {
  test("names incarnation, endpoint and generation", async () => {
    const { reset, settled } = start();
    await settled();
    expect(decodeResetToken(reset())).toEqual({ incarnation, endpoint: 1, generation: 2 });
  });
  const token = (claim: object): string => Buffer.from(JSON.stringify(claim)).toString("base64url");
  test.each([
    ["x", "InvalidParam"],
    ["%%%", "InvalidParam"],
    [token({ u: incarnation, e: 1 }), "InvalidParam"],
    [token({ u: incarnation, e: 1, g: 99 }), "InvalidParam"],
    [token({ u: incarnation, e: 1, g: 0 }), "InvalidParam"],
    [token({ u: "00000000-0000-4000-8000-000000000000", e: 1, g: 1 }), "PipelineRestarted"],
    [token({ u: incarnation, e: 77, g: 1 }), "UnknownEndpointInResetToken"],
  ])("%s answers %s", (text, code) => {
    const { pipeline } = start();
    expect(() => pipeline.resetStatus(text)).toThrow(expect.objectContaining({ code }) as unknown as Error);
  });
});
