import { describe, expect, test } from "@jest/globals";
import { Ajv2020 } from "ajv/dist/2020.js";
import formatsPlugin from "ajv-formats";
import { errorCodeValues, openapiDocument, operationTable, resolveReference } from "../src/index.ts";
import type { ExampleObject, MediaTypeObject, OperationId, OperationObject, RequestBodyObject, ResponseObject } from "../src/index.ts";

const rows = Object.entries(operationTable) as [OperationId, (typeof operationTable)[OperationId]][];
const operationOf = (id: OperationId): OperationObject => {
  const { path, method } = operationTable[id];
  return openapiDocument.paths[path]?.[method] as OperationObject;
};
const responsesOf = (id: OperationId): [number, ResponseObject][] =>
  Object.entries(operationOf(id).responses).map(([status, each]) => [
    Number(status),
    resolveReference<ResponseObject>(openapiDocument, each),
  ]);

/** What an error's body has to be under a path, and whether it carries a code of ErrorCode; undefined: no body. */
function errorForm(path: string, status: number): { readonly schema: string; readonly coded: boolean } | undefined {
  if (path.startsWith("/connect/")) return status === 429 ? undefined : { schema: "ConnectError", coded: false };
  return path.startsWith("/sts/") ? { schema: "StsErrorResponse", coded: false } : { schema: "ErrorResponse", coded: true };
}

/** Every value of `x-error-codes` in the document, wherever it stands. */
function declaredCodes(node: unknown): readonly string[] {
  if (typeof node !== "object" || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) => (key === "x-error-codes" ? (value as string[]) : declaredCodes(value)));
}

describe("operations", () => {
  test("are the ones that the server has to serve, each with a role or open to everyone", () => {
    expect(rows.filter(([, row]) => row.role === null).map(([id]) => id)).toEqual([
      "getHealth",
      "getAuthenticationConfig",
      "exchangeStsV1OauthToken",
    ]);
    expect(rows.filter(([, row]) => row.role !== null && row.role !== "read" && row.role !== "write")).toEqual([]);
    expect(rows).toHaveLength(62);
  });

  test("stand in the table as in the document", () => {
    const ids = Object.values(openapiDocument.paths).flatMap((item) =>
      (["get", "put", "post", "delete", "patch"] as const).flatMap((method) => item[method]?.operationId ?? []),
    );
    expect(rows.map(([id]) => id)).toEqual(ids);
    for (const [id, row] of rows) {
      expect([id, Object.keys(operationOf(id).responses).map(Number)]).toEqual([id, row.statuses]);
    }
  });

  test.each(rows.filter(([, row]) => row.role !== null).map(([id]) => id))("%s says how it refuses, in its dialect's error body", (id) => {
    const errors = responsesOf(id).filter(([status]) => status >= 400);
    expect(errors.filter(([status]) => status < 500)).not.toEqual([]);
    for (const [status, response] of errors) {
      const form = errorForm(operationTable[id].path, status);
      const schema = form && { $ref: `#/components/schemas/${form.schema}` };
      expect([status, response.content?.["application/json"]?.schema]).toEqual([status, schema]);
      expect([status, (response["x-error-codes"]?.length ?? 0) > 0]).toEqual([status, form?.coded ?? false]);
    }
  });

  test("ask to come again later in every 503", () => {
    const without = rows.flatMap(([id]) =>
      responsesOf(id).flatMap(([status, response]) => (status === 503 && response.headers?.["Retry-After"] === undefined ? [id] : [])),
    );
    expect(without).toEqual([]);
  });
});

describe("the Connect dialect", () => {
  const connect = rows.filter(([, { path }]) => path.startsWith("/connect/"));

  test("has the published operations that an engine can give, under their published ids", () => {
    expect(connect.map(([id]) => id).sort()).toEqual([
      "alterConnectv1ConnectorOffsetsRequest",
      "createConnectv1Connector",
      "createOrUpdateConnectv1ConnectorConfig",
      "deleteConnectv1Connector",
      "getConnectv1ConnectorConfig",
      "getConnectv1ConnectorOffsets",
      "getConnectv1ConnectorOffsetsRequestStatus",
      "listConnectv1ConnectorPlugins",
      "listConnectv1ConnectorTasks",
      "listConnectv1Connectors",
      "pauseConnectv1Connector",
      "readConnectv1Connector",
      "readConnectv1ConnectorStatus",
      "restartConnectv1Connector",
      "resumeConnectv1Connector",
      "validateConnectv1ConnectorPlugin",
    ]);
  });

  test("takes either way to show a key, and tells every caller when to come again", () => {
    for (const [id, { role }] of connect) {
      expect([id, operationOf(id).security]).toEqual([id, [{ "cloud-api-key": [role] }, { "confluent-sts-access-token": [role] }]]);
      const limited = Object.keys(responsesOf(id).find(([status]) => status === 429)?.[1].headers ?? {});
      expect([id, limited]).toEqual([
        id,
        ["X-Request-Id", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "Retry-After"],
      ]);
    }
  });
});

describe("error codes", () => {
  test("of every answer are members of ErrorCode, and every member is declared somewhere", () => {
    expect([...new Set(declaredCodes(openapiDocument))].sort()).toEqual([...errorCodeValues].sort());
  });

  test("of the table are those of the operation's answers", () => {
    for (const [id, row] of rows) {
      const codes = new Set(responsesOf(id).flatMap(([, response]) => response["x-error-codes"] ?? []));
      expect([id, [...codes].sort()]).toEqual([id, row.errorCodes]);
    }
  });
});

describe("examples", () => {
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, strictTypes: false, strictRequired: false });
  formatsPlugin.default(ajv);
  ajv.addVocabulary(["x-error-codes", "example"]);
  // Each schema under its own name, so that strict mode sees schemas only and not the document around them.
  const named = (schema: unknown): object => JSON.parse(JSON.stringify(schema).replaceAll('"#/components/schemas/', '"schema:')) as object;
  for (const [name, schema] of Object.entries(openapiDocument.components.schemas)) ajv.addSchema(named(schema), `schema:${name}`);
  const examplesOf = (media: MediaTypeObject): unknown[] => [
    ...(media.example === undefined ? [] : [media.example]),
    ...Object.values(media.examples ?? {}).map((each) => resolveReference<ExampleObject>(openapiDocument, each).value),
  ];

  const cases = rows.flatMap(([id]) => {
    const body = operationOf(id).requestBody;
    const parts: [string, MediaTypeObject, readonly string[] | undefined][] = Object.entries(
      body === undefined ? {} : resolveReference<RequestBodyObject>(openapiDocument, body).content,
    ).map(([type, media]) => [`${id} request ${type}`, media, undefined]);
    for (const [status, response] of responsesOf(id)) {
      for (const [type, media] of Object.entries(response.content ?? {})) {
        parts.push([`${id} ${status} ${type}`, media, response["x-error-codes"]]);
      }
    }
    return parts;
  });

  test.each(cases)("%s: each fits its schema, and its code is one that the answer can carry", (_name, media, codes) => {
    const validate = ajv.compile(named(media.schema));
    for (const example of examplesOf(media)) {
      expect([example, validate(example), validate.errors]).toEqual([example, true, null]);
      if (codes !== undefined) expect(codes).toContain((example as { error_code: string }).error_code);
    }
  });

  test("are there for every body but binary ones", () => {
    const without = cases
      .filter(([, media]) => media.schema["format"] !== "binary" && examplesOf(media).length === 0)
      .map(([name]) => name);
    expect(without).toEqual([]);
  });

  test("do not fit once a field is renamed, so the checks above can fail", () => {
    const validate = ajv.compile({ $ref: "schema:ResetStatus" });
    const media = responsesOf("getResetStatus")[0]?.[1].content?.["application/json"];
    const { phase, ...rest } = media?.example as Record<string, unknown>;
    expect(validate({ ...rest, stage: phase })).toBe(false);
  });
});
