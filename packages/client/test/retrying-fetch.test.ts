import { describe, expect, test } from "@jest/globals";
import { fetchWithRetry, type Repeatable, type RetryNotice } from "../src/retrying-fetch.ts";
import { failure } from "./serve.ts";

type Answer = Response | Error;
const unavailable = (headers: Record<string, string> = {}) => new Response(null, { status: 503, headers });
const json = (status: number, body: unknown) => Response.json(body, { status });

/** Answers in the order given, and keeps what was sent. */
function script(...answers: Answer[]) {
  const bodies: string[] = [];
  const notices: RetryNotice[] = [];
  const send = async (request: Request, repeatable: Repeatable, retry = { maxRetries: 3, baseMs: 1, maxMs: 50 }) =>
    await fetchWithRetry(request, repeatable, {
      retry,
      random: () => 0,
      now: () => 0,
      onRetry: (notice) => notices.push(notice),
      fetch: async (sent) => {
        bodies.push(await sent.text());
        const answer = answers.shift();
        if (answer === undefined) throw new Error("One request too many.");
        if (answer instanceof Error) throw answer;
        return answer;
      },
    });
  return { send, bodies, notices };
}
const get = () => new Request("http://server/v0/pipelines");
const post = (body: string, signal?: AbortSignal) =>
  new Request("http://server/v0/pipelines", { method: "POST", body, ...(signal && { signal }) });

describe("a request that may always be sent again", () => {
  test.each([408, 429, 502, 503, 504])("is, after %d", async (status) => {
    const { send, notices } = script(new Response(null, { status }), new Response("fine"));
    expect(await (await send(get(), "always")).text()).toBe("fine");
    expect(notices).toMatchObject([{ attempt: 1, status, delayMs: 1, method: "GET", url: "http://server/v0/pipelines" }]);
  });
  test("is, after a lost connection", async () => {
    const { send, notices } = script(new TypeError("refused"), new TypeError("refused"), new Response("fine"));
    expect(await (await send(get(), "always")).text()).toBe("fine");
    expect(notices.map(({ delayMs }) => delayMs)).toEqual([1, 2]);
  });
  test("carries its whole body each time", async () => {
    const { send, bodies } = script(unavailable(), unavailable(), new Response("fine"));
    await send(post("rows"), "always");
    expect(bodies).toEqual(["rows", "rows", "rows"]);
  });
  test("ends with the last answer when all attempts fail", async () => {
    const { send, bodies } = script(unavailable(), unavailable(), unavailable(), json(503, { last: true }));
    expect(await (await send(get(), "always")).json()).toEqual({ last: true });
    expect(bodies).toHaveLength(4);
  });
  test("ends with the last failure when no attempt is answered", async () => {
    const lost = new TypeError("refused");
    const { send } = script(new TypeError("first"), lost);
    expect(await failure(send(get(), "always", { maxRetries: 1, baseMs: 1, maxMs: 5 }))).toBe(lost);
  });
  test("waits as long as the server asks", async () => {
    const { send, notices } = script(unavailable({ "retry-after": "0.02" }), new Response("fine"));
    await send(get(), "always");
    expect(notices[0]?.delayMs).toBe(20);
  });
  test("gives up at once when the server asks for more patience than the caller has", async () => {
    const { send, bodies } = script(unavailable({ "retry-after": "60" }));
    expect((await send(get(), "always")).status).toBe(503);
    expect(bodies).toHaveLength(1);
  });
  test.each([200, 400, 404, 409, 410, 500, 501])("is not, after %d", async (status) => {
    const { send, bodies } = script(new Response(null, { status }));
    expect((await send(get(), "always")).status).toBe(status);
    expect(bodies).toHaveLength(1);
  });
  test("is not, when the pipeline is meant to be stopped, and the answer stays readable", async () => {
    const body = { error_code: "PipelineInteractionNotDeployed", message: "", details: { status: "Stopped", desired_status: "Stopped" } };
    const { send, bodies } = script(json(503, body));
    expect(await (await send(get(), "always")).json()).toEqual(body);
    expect(bodies).toHaveLength(1);
  });
  test("is, when the pipeline is on its way up", async () => {
    const body = {
      error_code: "PipelineInteractionNotDeployed",
      message: "",
      details: { status: "Provisioning", desired_status: "Running" },
    };
    const { send } = script(json(503, body), new Response("fine"));
    expect((await send(get(), "always")).status).toBe(200);
  });
});

describe("a request that may be sent again only when it was refused", () => {
  test("is, after 429", async () => {
    const { send, bodies } = script(new Response(null, { status: 429 }), new Response("fine"));
    expect((await send(post("one"), "when_refused")).status).toBe(200);
    expect(bodies).toEqual(["one", "one"]);
  });
  test.each([408, 502, 503, 504])("is not, after %d", async (status) => {
    const { send, bodies } = script(new Response(null, { status }));
    expect((await send(post("one"), "when_refused")).status).toBe(status);
    expect(bodies).toHaveLength(1);
  });
  test("is not, after a lost connection", async () => {
    const { send, bodies } = script(new TypeError("reset"));
    await failure(send(post("one"), "when_refused"));
    expect(bodies).toHaveLength(1);
  });
});

test("a request with a stream for a body is never sent twice, not even after 429", async () => {
  const { send, bodies } = script(new Response(null, { status: 429 }));
  expect((await send(post("rows"), "never")).status).toBe(429);
  expect(bodies).toHaveLength(1);
});

test("the caller's signal ends the pause before a repetition", async () => {
  const controller = new AbortController();
  const { send } = script(unavailable({ "retry-after": "0.05" }));
  const reason = new Error("enough");
  const sent = send(post("one", controller.signal), "always", { maxRetries: 1, baseMs: 1, maxMs: 60_000 });
  controller.abort(reason);
  expect(await failure(sent)).toBe(reason);
});
