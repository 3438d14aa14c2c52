import { describe, expect, test } from "@jest/globals";
import { errorCodeValues, openapiDocument, operationTable } from "@headgate/contract";
import { ManagerError } from "@headgate/manager";
import { errorStatuses, toErrorReply } from "../src/error-body.ts";
import { RequestError } from "../src/errors.ts";
import { resolve, type ResponseObject } from "../src/document.ts";
import { readOperations } from "../src/operation.ts";

test("every code of the contract has a status, and every code with a status is in the contract", () => {
  expect(Object.keys(errorStatuses).sort()).toEqual([...errorCodeValues].sort());
});

describe("every code stands in the contract under the status that it is sent with", () => {
  const declared = readOperations(openapiDocument).flatMap((operation) =>
    Object.entries(operation.responses).flatMap(([status, response]) =>
      ((resolve<ResponseObject>(openapiDocument, response) as { "x-error-codes"?: readonly string[] })["x-error-codes"] ?? []).map(
        (code) => [operation.id, code, Number(status)] as const,
      ),
    ),
  );
  test.each(declared)("%s: %s is %i", (_id, code, status) => {
    expect(errorStatuses[code]).toBe(status);
  });
});

test("details that are missing become an empty object", () => {
  expect(toErrorReply(new ManagerError("UnknownPipelineName", "gone", null)).body).toEqual({
    message: "gone",
    error_code: "UnknownPipelineName",
    details: {},
  });
});

test("a connector that is not created is told of at the top of the body too, where published clients read it, and no other error is", () => {
  const error = { code: 400, message: "no name" };
  const target = (id: string) => ({ dialect: "connect", id: "1", operation: { id } }) as const;
  const refusal = new RequestError("InvalidRequest", "no name");
  expect(toErrorReply(refusal, target("createConnectv1Connector")).body).toEqual({ error, ...error });
  expect(toErrorReply(refusal, target("pauseConnectv1Connector")).body).toEqual({ error });
  expect(toErrorReply(new RequestError("UnknownPath", ""), target("createConnectv1Connector")).body).not.toHaveProperty("message");
});

test("503 carries Retry-After whoever says it", () => {
  for (const error of [new RequestError("ShuttingDown", ""), new ManagerError("PipelineInteractionUnreachable", "")]) {
    expect(toErrorReply(error)).toMatchObject({ status: 503, headers: { "Retry-After": "5" }, unexpected: false });
  }
});

test.each([[new Error("secret")], ["secret"], [undefined], [{ code: "UnknownPipelineName", message: "secret" }]])(
  "%p is unexpected",
  (error) => {
    const reply = toErrorReply(error);
    expect(reply).toMatchObject({ status: 500, unexpected: true });
    expect(JSON.stringify(reply.body)).not.toContain("secret");
  },
);

test("every operation that needs a key documents the refusal of keys", () => {
  for (const [id, { role, statuses }] of Object.entries(operationTable)) {
    const documented: readonly number[] = statuses;
    expect([id, documented.includes(401), documented.includes(403)]).toEqual([id, role !== null, role === "write"]);
  }
});
