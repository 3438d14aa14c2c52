import { afterEach, describe, expect, test } from "@jest/globals";
import { ConnectorError } from "@headgate/connector-kit";
import { inputTotals, isComplete } from "../../src/metrics/pipeline-stats.ts";
import { decodeCompletionToken } from "../../src/tokens.ts";
import { gate, until } from "../support/until.ts";
import { content, impatientClock, incarnation, row, TestPipeline } from "../support/test-pipeline.ts";

const pipelines: TestPipeline[] = [];
function create(options?: ConstructorParameters<typeof TestPipeline>[0]): TestPipeline {
  const tested = new TestPipeline(options);
  pipelines.push(tested);
  return tested;
}
afterEach(async () => {
  for (const { pipeline } of pipelines.splice(0)) await pipeline.stop();
});
const turns = async (): Promise<void> => {
  for (let i = 0; i < 20; i += 1) await new Promise((resolve) => setImmediate(resolve));
};
const rows = (count: number): ReturnType<typeof row>[] => Array.from({ length: count }, (_, i) => row(i));

describe("an input connector is active only when", () => {
  for (const running of [false, true]) {
    for (const paused of [false, true]) {
      const active = running && !paused;
      test(`pipeline ${running ? "Running" : "Paused"} × connector ${paused ? "Paused" : "Running"} → ${active ? "yes" : "no"}`, async () => {
        const tested = create();
        const source = tested.addSource("t.in", { paused });
        tested.run(running ? "running" : "paused");
        source.push(row(1));
        await turns();
        expect(tested.pipeline.input("t.in").totalRecords).toBe(active ? 1 : 0);
        // Neither state touches the other: the flag is the user's alone.
        expect(tested.pipeline.input("t.in").stats(false).paused).toBe(paused);
      });
    }
  }
});

describe("pausing", () => {
  test("keeps what was buffered, and a paused pipeline still drains it", async () => {
    const tested = create();
    const door = gate();
    const source = tested.addSource("t.in", { max_batch_size: 1 });
    const { pipeline } = await tested.started();
    tested.engine.beforeStep = () => door.passed;
    source.push(...rows(5));
    await until("rows are queued", () => pipeline.input("t.in").totalRecords === 5);
    pipeline.setRunning(false);
    source.push(row(9));
    door.open();
    await until("the queue is drained", () => pipeline.loop.processed.inputRecords === 5);
    await turns();
    expect(pipeline.input("t.in").totalRecords).toBe(5);
    expect(source.waiting).toBe(1);
    expect(pipeline.input("t.in").stats(false).paused).toBe(false);
    pipeline.setRunning(true);
    await until("the last row came", () => pipeline.loop.processed.inputRecords === 6);
  });

  test("is idempotent and works after the end of input", async () => {
    const tested = create();
    const source = tested.addSource();
    const { pipeline } = tested.run();
    source.end();
    await until("it ended", () => pipeline.input("t.in").finished);
    pipeline.setInputPaused("t.in", true);
    pipeline.setInputPaused("t.in", true);
    pipeline.setInputPaused("t.in", false);
    expect(pipeline.input("t.in").stats(true)).toMatchObject({ paused: false, metrics: { endOfInput: true } });
  });

  test("of an unknown connector is refused with its name", () => {
    expect(() => create().pipeline.setInputPaused("t.none", true)).toThrow("unknown input endpoint name 't.none'");
  });
});

describe("back-pressure", () => {
  test("stops reading at max_queued_records and goes on when there is room", async () => {
    const tested = create();
    const door = gate();
    tested.engine.beforeStep = () => door.passed;
    const source = tested.addSource("t.in", { max_queued_records: 2, max_batch_size: 1 });
    const { pipeline } = tested.run();
    for (const item of rows(10)) source.push(item);
    await turns();
    // One in the step that is held, two queued, and one that was read before the bound was seen.
    expect(pipeline.input("t.in").totalRecords).toBeLessThanOrEqual(4);
    expect(source.waiting).toBeGreaterThan(5);
    door.open();
    await until("all came", () => pipeline.loop.processed.inputRecords === 10);
  });

  test("counts bytes too", async () => {
    const tested = create();
    const door = gate();
    tested.engine.beforeStep = () => door.passed;
    const source = tested.addSource("t.in", { max_queued_bytes: 16 });
    tested.run();
    for (const item of rows(10)) source.push(item);
    await turns();
    expect(source.waiting).toBeGreaterThan(5);
    door.open();
    await until("all came", () => tested.pipeline.loop.processed.inputRecords === 10);
  });

  test("a full output holds the circuit and says so", async () => {
    const tested = create();
    const source = tested.addSource("t.in", { max_batch_size: 1 });
    const sink = tested.addSink("v.out", { max_queued_records: 2 });
    const door = gate();
    sink.before = (call) => (call === "write" ? door.passed : Promise.resolve());
    const { pipeline } = tested.run();
    for (const item of rows(10)) source.push(item);
    await until("it stalls", () => pipeline.loop.stallMilliseconds > 3);
    expect(pipeline.loop.processed.inputRecords).toBeLessThan(5);
    expect(pipeline.output("v.out").stats(false).metrics).toMatchObject({ queuedRecords: 2, queuedBatches: 2 });
    expect(pipeline.output("v.out").stats(false).metrics.memory).toBeGreaterThan(0);
    door.open();
    await until("all came", () => tested.settled() && pipeline.loop.processed.inputRecords === 10);
    expect(content(sink)).toEqual(tested.view());
  });
});

describe("steps", () => {
  test("take at most max_batch_size records of a connector", async () => {
    const tested = create();
    const source = tested.addSource("t.in", { max_batch_size: 4 });
    source.push(...rows(10));
    tested.run();
    await until("all came", () => tested.pipeline.loop.processed.inputRecords === 10);
    expect(tested.engine.stepSizes).toEqual([0, 4, 4, 2]);
  });

  test("wait for min_batch_size_records, but not longer than max_buffering_delay_usecs", async () => {
    const tested = create({ min: 3, delay: 40_000 });
    const source = tested.addSource();
    const { pipeline } = tested.run();
    const start = performance.now();
    source.push(row(1));
    await until("the delay passed", () => pipeline.loop.processed.step === 2);
    expect(performance.now() - start).toBeGreaterThan(35);
    source.push(row(2), row(3), row(4));
    const again = performance.now();
    await until("enough was there", () => pipeline.loop.processed.step === 3);
    expect(performance.now() - again).toBeLessThan(35);
  });

  test("grow where no limit was asked for, the queue is deep and steps are cheap", async () => {
    let time = impatientClock.now();
    const tested = create({ clock: { ...impatientClock, now: () => time } });
    tested.engine.beforeStep = () => {
      time += 1;
      return Promise.resolve();
    };
    const source = tested.addSource();
    source.push(...rows(100_000));
    tested.run();
    await until("all came", () => tested.pipeline.loop.processed.inputRecords === 100_000);
    expect(tested.engine.stepSizes).toEqual([0, 10_000, 20_000, 40_000, 30_000]);
  });

  test("end the pipeline when the engine fails", async () => {
    const tested = create();
    tested.addSource().push(row(1));
    await tested.started();
    tested.engine.beforeStep = () => Promise.reject(new Error("overflow in column x"));
    await until("it failed", () => tested.failure !== undefined);
    expect(tested.failure).toMatchObject({ message: "overflow in column x" });
  });
});

describe("the first step", () => {
  test("has no input, reaches outputs, and counts no records", async () => {
    const tested = create();
    tested.addSource();
    const sink = tested.addSink();
    const { pipeline } = await tested.started();
    expect(tested.engine.stepSizes).toEqual([0]);
    await until("the output has it", () => pipeline.loop.completed.step === 1);
    expect(pipeline.loop.completed.inputRecords).toBe(0);
    expect(content(sink)).toEqual({});
  });

  test("is in the first snapshot, which is never cut before it", async () => {
    const tested = create();
    const door = gate();
    tested.engine.beforeStep = async () => {
      await door.passed;
      tested.engine.content.set("a view's own row", { row: row(7), weight: 1 });
    };
    const sink = tested.addSink("v.out", { send_snapshot: true });
    tested.run();
    await turns();
    expect(sink.calls).not.toContain("commit");
    door.open();
    await until("the snapshot is there", () => tested.settled());
    expect(content(sink)).toEqual(tested.view());
  });

  test("that fails ends the pipeline", async () => {
    const tested = create();
    tested.engine.beforeStep = () => Promise.reject(new Error("division by zero"));
    await tested.started();
    expect(tested.failure).toMatchObject({ message: "division by zero" });
  });
});

describe("start_after", () => {
  test("starts a connector when every connector with its label has finished", async () => {
    const tested = create();
    const first = tested.addSource("t.a", { labels: ["base"] });
    const second = tested.addSource("t.b", { labels: ["base"] });
    tested.addSource("t.c", { start_after: "base" }).push(row(1));
    const { pipeline } = tested.run();
    expect(pipeline.input("t.c").paused).toBe(true);
    first.push(row(2));
    first.end();
    await until("the first finished", () => pipeline.input("t.a").finished);
    expect(pipeline.input("t.c").paused).toBe(true);
    second.end();
    await until("the dependent started", () => !pipeline.input("t.c").paused);
    await until("it read", () => pipeline.input("t.c").totalRecords === 1);
  });

  test("can be started by hand before, and is started again by the next finish after it was paused again", async () => {
    const tested = create();
    const other = tested.addSource("t.a");
    tested.addSource("t.c", { start_after: ["nobody"] });
    const { pipeline } = tested.run();
    pipeline.setInputPaused("t.c", false);
    expect(pipeline.input("t.c").paused).toBe(false);
    pipeline.setInputPaused("t.c", true);
    other.end();
    await until("the next finish started it", () => !pipeline.input("t.c").paused);
  });
});

describe("a completion token", () => {
  test("is complete only when every output has what came of its records", async () => {
    const tested = create();
    const source = tested.addSource();
    const sink = tested.addSink();
    const door = gate();
    sink.before = (call) => (call === "write" ? door.passed : Promise.resolve());
    const { pipeline } = tested.run();
    source.push(row(1), row(2));
    await until("the step ran", () => pipeline.loop.processed.inputRecords === 2);
    const { token } = pipeline.completionToken("t.in");
    expect(decodeCompletionToken(token)).toEqual({ incarnation, endpoint: 0, count: 2 });
    expect(pipeline.completionStatus(token)).toEqual({ status: "inprogress", step: 2 });
    door.open();
    await until("it completes", () => pipeline.completionStatus(token).status === "complete");
    expect(pipeline.input("t.in").stats(false).metrics.processingLatencyP99Micros).toBeGreaterThan(0);
    expect(pipeline.input("t.in").stats(false).completedFrontier?.completedAt).toMatch(/\.\d{6}Z$/);
  });

  test("has no step until one has consumed its records, and waits for output buffers", async () => {
    const tested = create();
    const source = tested.addSource();
    tested.addSink("v.out", { enable_output_buffer: true, max_output_buffer_time_millis: 20 });
    const door = gate();
    const { pipeline } = await tested.started();
    tested.engine.beforeStep = () => door.passed;
    source.push(row(1));
    await until("a step is under way", () => pipeline.loop.initiated.step === 2);
    source.push(row(2));
    await until("a row waits", () => pipeline.input("t.in").bufferedRecords === 1);
    const { token } = pipeline.completionToken("t.in");
    expect(pipeline.completionStatus(token)).toEqual({ status: "inprogress", step: null });
    door.open();
    await until("both steps ran", () => pipeline.loop.processed.step === 3);
    expect(pipeline.completionStatus(token)).toEqual({ status: "inprogress", step: 3 });
    await until("the buffer is sent", () => pipeline.completionStatus(token).status === "complete");
  });

  test("of nothing ingested is complete at once", () => {
    const tested = create();
    tested.addSource();
    tested.run();
    expect(tested.pipeline.completionStatus(tested.pipeline.completionToken("t.in").token)).toEqual({ status: "complete", step: 0 });
  });

  const token = (claim: object): string => Buffer.from(JSON.stringify(claim)).toString("base64url");
  test.each([
    ["not-a-token", "InvalidParam"],
    [token({ u: incarnation, e: 0 }), "InvalidParam"],
    [token({ u: "11111111-1111-4111-8111-111111111111", e: 0, c: 0 }), "PipelineRestarted"],
    [token({ u: incarnation, e: 5, c: 0 }), "UnknownEndpointInCompletionToken"],
  ])("%s answers %s", (text, code) => {
    const tested = create();
    tested.addSource();
    expect(() => tested.pipeline.completionStatus(text)).toThrow(expect.objectContaining({ code }) as unknown as Error);
  });

  test("that was never issued stays in progress", () => {
    const tested = create();
    tested.addSource();
    const status = tested.pipeline.completionStatus(token({ u: incarnation, e: 0, c: 1000 }));
    expect(status).toEqual({ status: "inprogress", step: null });
    expect(tested.logged.join("\n")).toContain("more than were ingested");
  });
});

describe("errors of a source", () => {
  test("that may pass are retried, counted and listed, and cost no row", async () => {
    const tested = create();
    const source = tested.addSource();
    let failures = 0;
    source.beforeRead = () => {
      if (failures++ < 3) throw new ConnectorError("retryable", "connection reset", { tag: "read" });
    };
    source.push(row(1));
    const { pipeline } = tested.run();
    await until("the row came", () => pipeline.loop.processed.inputRecords === 1);
    const stats = pipeline.input("t.in").stats(true);
    expect(stats).toMatchObject({ health: null, fatalError: null, metrics: { numTransportErrors: 3 } });
    expect(stats.transportErrors?.map(({ index, message, tag }) => ({ index, message, tag }))).toEqual(
      [1, 2, 3].map((index) => ({ index, message: "connection reset", tag: "read" })),
    );
  });

  test("that are fatal stop that connector alone", async () => {
    const tested = create();
    const bad = tested.addSource("t.bad");
    const good = tested.addSource("t.good");
    bad.beforeRead = () => {
      throw new ConnectorError("fatal", "no such bucket");
    };
    const { pipeline } = tested.run();
    await until("it stopped", () => pipeline.input("t.bad").fatalError !== null);
    good.push(row(1));
    await until("the other goes on", () => pipeline.loop.processed.inputRecords === 1);
    expect(pipeline.input("t.bad").stats(false).fatalError).toBe("no such bucket");
    expect(bad.closed).toBe(true);
    pipeline.setInputPaused("t.bad", true);
  });

  test("in opening that may pass do not keep the pipeline from running", async () => {
    const tested = create();
    const source = tested.addSource("t.in", {}, false);
    let failures = 0;
    source.beforeOpen = () => {
      if (failures++ < 3) throw new ConnectorError("retryable", "connection refused");
    };
    source.push(row(1));
    tested.run();
    await until("the row came", () => tested.pipeline.loop.processed.inputRecords === 1);
  });
});

describe("errors of a sink", () => {
  test("that cannot encode drop that part and go on", async () => {
    const tested = create();
    const source = tested.addSource();
    const sink = tested.addSink();
    source.push(row(1, "unencodable"));
    const { pipeline } = tested.run();
    await until("it was counted", () => pipeline.output("v.out").stats(false).metrics.numEncodeErrors === 1);
    source.push(row(2));
    await until("the next came", () => content(sink)['[2,"x"]'] === 1);
    expect(pipeline.output("v.out").stats(true).encodeErrors).toHaveLength(1);
  });

  test("that are fatal leave its output consumed and discarded", async () => {
    const tested = create();
    const source = tested.addSource();
    const sink = tested.addSink("v.out", { max_queued_records: 1 });
    sink.before = (call) => (call === "write" ? Promise.reject(new ConnectorError("fatal", "disk gone")) : Promise.resolve());
    const { pipeline } = tested.run();
    for (const item of rows(5)) source.push(item);
    await until("all is consumed", () => pipeline.loop.completed.inputRecords === 5);
    expect(pipeline.output("v.out").stats(false)).toMatchObject({
      fatalError: "disk gone",
      metrics: { queuedRecords: 0, transmittedRecords: 0 },
    });
  });
});

describe("the output buffer", () => {
  test("sends when it holds enough, consolidated", async () => {
    const tested = create();
    const source = tested.addSource("t.in", { max_batch_size: 1 });
    const sink = tested.addSink("v.out", { enable_output_buffer: true, max_output_buffer_size_records: 3 });
    const { pipeline } = tested.run();
    source.push(row(1));
    source.push(row(2));
    await until("two wait", () => pipeline.output("v.out").stats(false).metrics.bufferedRecords === 2);
    expect(pipeline.output("v.out").stats(false).metrics).toMatchObject({ bufferedBatches: 2, totalProcessedInputRecords: 0 });
    source.remove(row(1));
    await until("one cancelled", () => pipeline.output("v.out").stats(false).metrics.bufferedRecords === 1);
    expect(sink.calls).toEqual([]);
    source.push(row(3));
    source.push(row(4));
    await until("it is sent", () => pipeline.output("v.out").stats(false).metrics.totalProcessedInputRecords === 5);
    expect(content(sink)).toEqual(tested.view());
    expect(pipeline.output("v.out").stats(false).metrics.transmittedRecords).toBe(3);
  });

  test("that cancels out sends nothing, and its steps count as processed", async () => {
    const tested = create();
    const source = tested.addSource("t.in", { max_batch_size: 1 });
    const sink = tested.addSink("v.out", { enable_output_buffer: true });
    const { pipeline } = tested.run();
    source.push(row(1));
    source.remove(row(1));
    await until("both are processed", () => pipeline.output("v.out").stats(false).metrics.totalProcessedInputRecords === 2);
    expect(sink.calls).toEqual([]);
  });
});

describe("pipeline_complete", () => {
  const complete = ({ pipeline }: TestPipeline): boolean =>
    isComplete(pipeline.inputs.values(), pipeline.loop.completed.inputRecords, inputTotals(pipeline).records);

  test("holds for a pipeline without connectors and data", () => {
    expect(complete(create())).toBe(true);
  });
  test("comes with the end of every input and the delivery of every record", async () => {
    const tested = create();
    const source = tested.addSource();
    const sink = tested.addSink();
    const door = gate();
    sink.before = (call) => (call === "write" ? door.passed : Promise.resolve());
    tested.run();
    source.push(row(1));
    source.end();
    await until("it ended", () => tested.pipeline.input("t.in").finished);
    expect(complete(tested)).toBe(false);
    door.open();
    await until("it completes", () => complete(tested));
  });
});

describe("stopping", () => {
  test("sends what outputs hold, closes everything, and refuses new work", async () => {
    const tested = create();
    const source = tested.addSource();
    const sink = tested.addSink("v.out", { enable_output_buffer: true });
    const { pipeline } = tested.run();
    source.push(row(1));
    await until("it is buffered", () => pipeline.output("v.out").stats(false).metrics.bufferedRecords === 1);
    await pipeline.stop();
    expect(content(sink)).toEqual(tested.view());
    expect(sink.calls.at(-1)).toBe("close");
    expect(source.closed).toBe(true);
    await expect(pipeline.loop.insert("t", { rows: [row(1)], ops: undefined })).rejects.toMatchObject({ code: "Terminating" });
  });

  test("does not wait for a sink that never answers", async () => {
    const tested = create();
    const source = tested.addSource();
    const sink = tested.addSink();
    sink.before = () => new Promise(() => undefined);
    tested.run();
    source.push(row(1));
    await until("the sink is called", () => tested.pipeline.loop.processed.step === 2);
    const start = performance.now();
    await tested.pipeline.stop();
    expect(performance.now() - start).toBeLessThan(5000);
  });
});
