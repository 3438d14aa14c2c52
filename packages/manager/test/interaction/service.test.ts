import { once } from "node:events";
import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { InteractionService } from "../../src/api.ts";
import { createWorld, eventually, type World } from "../fixtures/world.ts";

let world: World;
let calls: InteractionService;
beforeAll(async () => {
  world = await createWorld();
  calls = world.manager.interaction;
  await world.running("orders", "late");
  await world.create("idle");
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});
const never = new AbortController().signal;
const nothing = new URLSearchParams();

test("equal reads that overlap share one request and the very same object; later ones do not", async () => {
  const [a, b, c] = await Promise.all([
    calls.stats("orders", { errors: false }),
    calls.stats("orders", { errors: false }),
    calls.stats("orders", { errors: true }),
  ]);
  expect(b).toBe(a);
  expect(c).not.toBe(a);
  expect(await calls.stats("orders", { errors: false })).not.toBe(a);
});

test("a read that begins after a change took effect does not join one from before it", async () => {
  const before = calls.stats("orders", { errors: false });
  await calls.controlInput("orders", "numbers", "c1", "pause");
  const after = calls.stats("orders", { errors: false });
  expect(await after).not.toBe(await before);
});

test("completion tokens are never shared, since each covers what came before its own call", async () => {
  const tokens = await Promise.all([calls.completionToken("orders", "numbers", "c1"), calls.completionToken("orders", "numbers", "c1")]);
  expect(tokens[0]?.token).not.toBe(tokens[1]?.token);
});

test("what the pipeline answers is passed on with its code and details, names percent-encoded on the way", async () => {
  await expect(calls.inputStats("orders", 'odd +/%"', "c2")).rejects.toMatchObject({
    code: "UnknownInputEndpoint",
    details: { endpoint_name: "/inputs/odd%20%2B%2F%25%22.c2/stats" },
  });
  await expect(calls.inputStats("orders", "nonsense", "c1")).rejects.toMatchObject({ code: "PipelineInteractionInvalidResponse" });
});

test("a pipeline that is unknown, and then one that is not deployed, is told before anything else", async () => {
  await expect(calls.stats("none", { errors: false })).rejects.toMatchObject({ code: "UnknownPipelineName" });
  await expect(calls.resetStatus("idle", "?")).rejects.toMatchObject({
    code: "PipelineInteractionNotDeployed",
    details: { pipeline_name: "idle", status: "Stopped" },
  });
  await expect(calls.ingress("idle", "numbers", nothing, Readable.from(["1"]), never)).rejects.toMatchObject({
    code: "PipelineInteractionNotDeployed",
  });
});

test("ingress streams its body, and is cut off when nothing moves any more", async () => {
  const megabytes = Readable.from(Array.from({ length: 64 }, () => Buffer.alloc(65_536)));
  expect(await calls.ingress("orders", "numbers", nothing, megabytes, never)).toEqual({ token: `bytes-${String(64 * 65_536)}` });
  await expect(calls.ingress("orders", "stalled", nothing, Readable.from(["1"]), never)).rejects.toMatchObject({
    code: "PipelineInteractionUnreachable",
    details: { error: "no answer within 0.5 s" },
  });
});

test("ingress that is refused early leaves the body to its owner", async () => {
  const body = new PassThrough();
  body.write("1");
  await expect(calls.ingress("orders", "unknown", nothing, body, never)).rejects.toMatchObject({ code: "UnknownInputEndpoint" });
  expect(body.destroyed).toBe(false);
  body.destroy();
});

test("an aborted ingress ends", async () => {
  const controller = new AbortController();
  const body = new PassThrough();
  const sending = calls.ingress("orders", "numbers", nothing, body, controller.signal);
  controller.abort();
  await expect(sending).rejects.toMatchObject({ details: { error: "the caller went away" } });
});

test("egress passes on its configuration, and its signal ends it", async () => {
  const controller = new AbortController();
  const stream = await calls.egress(
    "orders",
    "numbers",
    new URLSearchParams({ format: "json" }),
    { format: { name: "json" } },
    controller.signal,
  );
  const [chunk] = (await once(stream, "data")) as [Buffer];
  expect(JSON.parse(String(chunk))).toMatchObject({ config: '{"format":{"name":"json"}}', query: "/egress/numbers?format=json" });
  const failed = once(stream, "error");
  controller.abort();
  await failed;
});

test("a subscription that its reader destroys ends in the pipeline too", async () => {
  const stream = await calls.timeSeriesStream("orders", never);
  await once(stream, "data");
  stream.on("error", () => undefined);
  stream.destroy();
  const logs = world.manager.pipelines.logs("orders", AbortSignal.timeout(5000));
  let ended = false;
  for await (const line of await logs) if ((ended = line === "subscription ended")) break;
  expect(ended).toBe(true);
});

test("a query comes with its content type", async () => {
  const { contentType, body } = await calls.query("orders", "SELECT 1", "text", never);
  expect([contentType, await text(body)]).toEqual(["text/plain", "a table"]);
});

test("metrics of all pipelines are one list, each value labelled; one that does not answer is left out", async () => {
  await world.running("deaf", "deaf");
  await world.running("other");
  void calls.timeSeries("deaf").catch(() => undefined);
  await eventually(async () => {
    const all = await calls.allMetrics();
    return all[0]?.values.map((v) => v.labels["pipeline"]).join() === "orders,other";
  });
  expect(await calls.allMetrics()).toMatchObject([
    { key: "records", values: [{ labels: { a: "b", pipeline: "orders" } }, { labels: { pipeline: "other" } }] },
  ]);
});

test("one who waits for the metrics of a pipeline that does not answer holds back no scrape of all", async () => {
  await world.running("stuck", "deaf");
  void calls.timeSeries("stuck").catch(() => undefined);
  const alone = calls.metrics("stuck").then(
    () => "alone",
    () => "alone",
  );
  expect(await Promise.race([alone, calls.allMetrics().then(() => "all")])).toBe("all");
  await alone;
});

test("more requests than may wait are refused instead of piling up", async () => {
  await world.running("slow", "late");
  const many = await Promise.allSettled(Array.from({ length: 1100 }, () => calls.completionToken("slow", "numbers", "c1")));
  const refused = many.filter((m) => m.status === "rejected" && String(m.reason).includes("1024 requests wait for an answer already"));
  expect(refused).toHaveLength(1100 - 1024);
});
