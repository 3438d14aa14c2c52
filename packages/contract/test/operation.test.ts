/** Mostly for the compiler: each `@ts-expect-error` is a mistake that must not build. */
import { expect, test } from "@jest/globals";
import { isErrorCode, operationTable } from "../src/index.ts";
import type { Handler, Handlers, OperationId, OperationRequest, Reply, Schemas } from "../src/index.ts";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const holds = <T extends true>(): T | undefined => undefined;
async function* lines(): AsyncGenerator<string> {
  yield "line\n";
}
declare const others: Handlers;

// A handler for each operation, and for no other.
const complete = (): Handlers => ({ ...others }) satisfies Handlers;
const { resetOutputConnector: _left, ...rest } = {} as Handlers;
// @ts-expect-error: resetOutputConnector has no handler
const missing = (): Handlers => ({ ...rest }) satisfies Handlers;
// @ts-expect-error: the document has no resetInputConnector
const unknown = { ...({} as Handlers), resetInputConnector: () => Promise.resolve({ status: 200 }) } satisfies Handlers;

// Requests.
holds<Same<OperationRequest<"getPipeline">["params"], { pipeline_name: string }>>();
holds<Same<OperationRequest<"getPipeline">["query"]["selector"], "all" | "status" | "status_with_connectors">>();
holds<Same<OperationRequest<"getResetStatus">["query"]["token"], string>>();
holds<Same<OperationRequest<"subscribeToChanges">["query"]["format"], string | undefined>>();
holds<Same<OperationRequest<"getHealth">["body"], undefined>>();
holds<Same<OperationRequest<"createPipeline">["body"], Schemas["CreatePipelineRequest"]>>();
holds<Same<OperationRequest<"subscribeToChanges">["body"], Schemas["EgressConfig"] | undefined>>();
holds<Same<OperationRequest<"ingestRecords">["body"], AsyncIterable<Uint8Array>>>();
// @ts-expect-error: the operation has no such query parameter
type _NoSuchParameter = OperationRequest<"getPipelineStats">["query"]["selector"];

// JSON replies.
const token: Handler<"resetOutputConnector"> = () => Promise.resolve({ status: 200, body: { token: "t" } });
// @ts-expect-error: 202 is not declared
const otherStatus: Handler<"resetOutputConnector"> = () => Promise.resolve({ status: 202, body: { token: "t" } });
// @ts-expect-error: errors are thrown
const errorStatus: Handler<"resetOutputConnector"> = () => Promise.resolve({ status: 404, body: { token: "t" } });
// @ts-expect-error: the body has no token
const otherBody: Handler<"resetOutputConnector"> = () => Promise.resolve({ status: 200, body: { ticket: "t" } });
// @ts-expect-error: the body is missing
const noBody: Handler<"resetOutputConnector"> = () => Promise.resolve({ status: 200 });
const sentence: Handler<"startPipeline"> = () => Promise.resolve({ status: 202, body: "Pipeline is starting" });
// @ts-expect-error: another sentence
const otherSentence: Handler<"startPipeline"> = () => Promise.resolve({ status: 202, body: "Pipeline starts" });
const created: Reply<"replacePipeline">["status"][] = [200, 201];

// Replies without content.
const nothing: Handler<"controlInputConnector"> = () => Promise.resolve({ status: 200 });
// @ts-expect-error: the document has no content for it
const something: Handler<"controlInputConnector"> = () => Promise.resolve({ status: 200, body: {} });

// Other media types: the handler says which.
const text: Handler<"getMetrics"> = () => Promise.resolve({ status: 200, contentType: "text/plain", body: "up 1\n" });
const json: Handler<"getPipelineMetrics"> = () => Promise.resolve({ status: 200, body: [] });
const either: Handler<"getPipelineMetrics"> = () => Promise.resolve({ status: 200, contentType: "text/plain", body: "up 1\n" });
// @ts-expect-error: JSON metrics are an array
const textAsJson: Handler<"getPipelineMetrics"> = () => Promise.resolve({ status: 200, body: "up 1\n" });

// Streams.
const records: Handler<"streamPipelineTimeSeries"> = () =>
  Promise.resolve({ status: 200, contentType: "application/x-ndjson", stream: lines() });
const parquet: Handler<"runQuery"> = () => Promise.resolve({ status: 200, contentType: "application/vnd.apache.parquet", stream: lines() });
// @ts-expect-error: a query has no such result
const html: Handler<"runQuery"> = () => Promise.resolve({ status: 200, contentType: "text/html", stream: lines() });
// @ts-expect-error: a log is streamed
const whole: Handler<"getPipelineLogs"> = () => Promise.resolve({ status: 200, contentType: "text/plain", body: "line\n" });

test("handlers answer what they were typed to answer", async () => {
  const request = {} as never;
  expect(await Promise.all([token, sentence, nothing, text, json, either, records, parquet].map((each) => each(request)))).toMatchObject(
    [200, 202, 200, 200, 200, 200, 200, 200].map((status) => ({ status })),
  );
  expect([
    missing,
    unknown,
    otherStatus,
    errorStatus,
    otherBody,
    noBody,
    otherSentence,
    something,
    textAsJson,
    html,
    whole,
    complete,
  ]).toHaveLength(12);
  expect(created).toEqual([200, 201]);
});

test("an id of the table is an id of the types", () => {
  const ids: readonly OperationId[] = Object.keys(operationTable) as OperationId[];
  expect(ids).toContain("resetOutputConnector");
});

test("a code of the document is told from any other value", () => {
  expect(["UnknownPipelineName", "unknownPipelineName", "", null, 404, {}].map(isErrorCode)).toEqual([
    true,
    false,
    false,
    false,
    false,
    false,
  ]);
});
