import { describe, expect, test } from "@jest/globals";
import { ConnectorError } from "@headgate/connector-kit";
import fc from "fast-check";
import { until } from "../support/until.ts";
import { content, row, TestPipeline } from "../support/test-pipeline.ts";

const action = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("insert" as const), ids: fc.array(fc.nat(9), { minLength: 1, maxLength: 12 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("delete" as const), index: fc.nat(1000) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom("pause input" as const, "start input" as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom("pause pipeline" as const, "run pipeline" as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("reset" as const), output: fc.nat(1) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("fail sink" as const), times: fc.integer({ min: 1, max: 7 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("slow sink" as const), turns: fc.nat(5) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("breathe" as const), turns: fc.nat(8) }) },
);

const turns = async (count: number): Promise<void> => {
  for (let i = 0; i < count; i += 1) await new Promise((resolve) => setImmediate(resolve));
};

describe("whatever is done to a pipeline", () => {
  test("its sinks hold exactly the view in the end, and nothing is lost or doubled on the way in", async () => {
    let actions = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 20, maxLength: 60 }), async (script) => {
        actions += script.length;
        const tested = new TestPipeline();
        const sources = [tested.addSource("t.a"), tested.addSource("t.b", { max_batch_size: 2, max_queued_records: 3 })];
        const sinks = [
          tested.addSink("v.plain", { send_snapshot: true, max_queued_records: 20 }),
          tested.addSink("v.buffered", { mode: "snapshot_and_follow", enable_output_buffer: true, max_output_buffer_time_millis: 2 }),
          tested.addSink("v.follow"),
        ];
        const { pipeline } = tested.run();
        const expected = new Map<string, number>();
        const present: [number, string][] = [];
        let serial = 0;
        const tokens: string[] = [];
        for (const step of script) {
          const source = sources[serial % 2];
          const first = sinks[0];
          switch (step.do) {
            case "insert":
              for (const id of step.ids) {
                const item: [number, string] = [id, `r${String(serial % 50)}`];
                serial += 1;
                present.push(item);
                const key = JSON.stringify(item);
                expected.set(key, (expected.get(key) ?? 0) + 1);
                source?.push(row(...item));
              }
              break;
            case "delete": {
              // Deleted through the source that inserts last, after everything queued before it was taken.
              const [item] = present.splice(step.index % Math.max(1, present.length), 1);
              if (item === undefined) break;
              const wasPaused = [...pipeline.inputs.values()].map((input) => input.paused);
              const wasRunning = pipeline.running;
              for (const name of pipeline.inputs.keys()) pipeline.setInputPaused(name, false);
              pipeline.setRunning(true);
              await until(
                "inserts are in",
                () => sources.every((s) => s.waiting === 0) && [...pipeline.inputs.values()].every((i) => i.bufferedRecords === 0),
              );
              source?.remove(row(...item));
              const key = JSON.stringify(item);
              const count = (expected.get(key) ?? 0) - 1;
              if (count === 0) expected.delete(key);
              else expected.set(key, count);
              [...pipeline.inputs.keys()].forEach((name, i) => {
                pipeline.setInputPaused(name, wasPaused[i] ?? false);
              });
              pipeline.setRunning(wasRunning);
              break;
            }
            case "pause input":
            case "start input":
              pipeline.setInputPaused("t.a", step.do === "pause input");
              break;
            case "pause pipeline":
            case "run pipeline":
              pipeline.setRunning(step.do === "run pipeline");
              break;
            case "reset":
              tokens.push(pipeline.resetOutput(step.output === 0 ? "v.plain" : "v.buffered").token);
              break;
            case "fail sink": {
              let left = step.times;
              if (first !== undefined) {
                first.before = async () => {
                  if (left-- > 0) throw new ConnectorError("retryable", "not now");
                };
              }
              break;
            }
            case "slow sink":
              if (first !== undefined) first.before = () => turns(step.turns);
              break;
            case "breathe":
              await turns(step.turns);
              break;
          }
        }
        for (const sink of sinks) sink.before = () => Promise.resolve();
        for (const name of pipeline.inputs.keys()) pipeline.setInputPaused(name, false);
        pipeline.setRunning(true);
        await until("the sources are read", () => sources.every((source) => source.waiting === 0));
        await until("everything is delivered", () => tested.settled());
        for (const sink of sinks) {
          expect(sink.violations).toEqual([]);
          expect(content(sink)).toEqual(tested.view());
        }
        expect(tested.view()).toEqual(Object.fromEntries([...expected].sort(([a], [b]) => (a < b ? -1 : 1))));
        for (const token of tokens) expect(pipeline.resetStatus(token).status).toBe("complete");
        expect([...sources.flatMap((source) => source.violations)]).toEqual([]);
        const completed = pipeline.loop.completed;
        expect(completed).toEqual(pipeline.loop.processed);
        await pipeline.stop();
        expect(tested.failure).toBeUndefined();
      }),
      { numRuns: 60, seed: 20_260_401 },
    );
    expect(actions).toBeGreaterThan(1000);
  }, 60_000);
});
