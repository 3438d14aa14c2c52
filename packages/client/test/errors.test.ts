import { describe, expect, test } from "@jest/globals";
import { ApiError, ClientError, isApiError, isClientError } from "../src/errors.ts";
import { replyError } from "../src/reply-error.ts";

const reply = (status: number, headers: Record<string, string> = {}) => new Response(null, { status, headers });
const body = { message: "Unknown pipeline name 'none'", error_code: "UnknownPipelineName", details: { pipeline_name: "none" } };

describe("the error for a reply", () => {
  test("is an ApiError with all that the server said", () => {
    const error = replyError(reply(404, { "x-request-id": "r1" }), body);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({
      code: "UnknownPipelineName",
      status: 404,
      message: body.message,
      details: body.details,
      requestId: "r1",
    });
  });
  test.each([502, 503, 504])("is a lost connection when a gateway answers %d in its own words", (status) => {
    for (const words of [undefined, "<html>Bad gateway</html>", { error: "no" }]) {
      expect(replyError(reply(status), words)).toMatchObject({ name: "ClientError", code: "connection", status });
    }
  });
  test("says what to check when something else answers", () => {
    const error = replyError(reply(404), "<html>nginx</html>");
    expect(error).toMatchObject({ name: "ClientError", code: "malformed_reply", status: 404 });
    expect(error.message).toContain("baseUrl");
  });
});

test("guards tell the two kinds apart, and codes within them", () => {
  const api = replyError(reply(404), body);
  const own = new ClientError("timeout", "too long");
  expect([isApiError(api), isApiError(api, "UnknownPipelineName"), isApiError(api, "DuplicateName")]).toEqual([true, true, false]);
  expect([isApiError(own), isClientError(own), isClientError(own, "timeout"), isClientError(own, "aborted")]).toEqual([
    false,
    true,
    true,
    false,
  ]);
  expect(isClientError(api)).toBe(false);
  expect(isApiError(new Error("x"))).toBe(false);
});
