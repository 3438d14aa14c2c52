import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { errorsIn, json, startServer, type RunningServer } from "./support/running-server.ts";

const connectors = "/connect/v1/environments/default/clusters/lkc-1/connectors";
const basic = (user: string, password: string): string => `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
const form = (fields: Record<string, string>): RequestInit => ({ method: "POST", body: new URLSearchParams(fields) });
const exchange = {
  grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
  subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
  requested_token_type: "urn:ietf:params:oauth:token-type:access_token",
  identity_pool_id: "pool-1",
};

let server: RunningServer;
let writer: { readonly id: string; readonly secret: string };
let reader: { readonly id: string; readonly secret: string };
beforeAll(async () => {
  server = await startServer({ authentication: { required: true } });
  writer = await server.manager.apiKeys.create("ci:writes", "write");
  reader = await server.manager.apiKeys.create("dashboards", "read");
});
afterAll(async () => {
  expect(errorsIn(server.log)).toEqual([]);
  await server.headgate.close();
});
const list = (authorization?: string) => server.call(connectors, authorization === undefined ? {} : { headers: { authorization } });

test("a key opens the dialect as user and password, by its name or its id, and as bearer token", async () => {
  for (const authorization of [
    basic("ci:writes", writer.secret),
    basic(writer.id, writer.secret),
    basic("dashboards", reader.secret),
    `Bearer ${reader.secret}`,
    `bearer ${writer.secret}`,
  ]) {
    expect([authorization.slice(0, 8), (await list(authorization)).status]).toEqual([authorization.slice(0, 8), 200]);
  }
});

test("a key that is not known is refused in the published words, and does not come back", async () => {
  for (const authorization of [
    undefined,
    basic("dashboards", writer.secret),
    basic("", writer.secret),
    basic(writer.id, `${writer.secret}x`),
    `Basic ${Buffer.from(writer.secret).toString("base64")}`,
    "Basic %%%",
    "Bearer token-of-nobody",
    `Digest ${writer.secret}`,
  ]) {
    const response = await list(authorization);
    expect([authorization, response.status]).toEqual([authorization, 401]);
    expect(await response.text()).toBe('{"error":{"code":401,"message":"Unauthorized"}}');
    expect(response.headers.get("www-authenticate")).toMatch(/^Basic error="invalid_key", error_description="[\w ]+"$/);
    expect(response.headers.get("x-request-id")).not.toBeNull();
  }
});

test("a key that may only read cannot change anything", async () => {
  const response = await server.call(`PUT ${connectors}/to-file/pause`, { headers: { authorization: basic("dashboards", reader.secret) } });
  expect(response.status).toBe(403);
  expect(await response.json()).toEqual({
    error: { code: 403, message: "Forbidden: This operation needs the role 'write'; the API key 'dashboards' has the role 'read'." },
  });
});

test("a token is given for a key, has its role, and is no key of the Pipelines dialect", async () => {
  const reply = await server.call("/sts/v1/oauth2/token", form({ ...exchange, subject_token: reader.secret, expires_in: "60" }));
  expect(reply.status).toBe(200);
  const token = (await reply.json()) as { access_token: string };
  expect(token).toEqual({
    access_token: expect.any(String),
    issued_token_type: exchange.requested_token_type,
    token_type: "Bearer",
    expires_in: 60,
  });
  const authorization = `Bearer ${token.access_token}`;
  expect((await list(authorization)).status).toBe(200);
  expect((await server.call(`PUT ${connectors}/to-file/pause`, { headers: { authorization } })).status).toBe(403);
  expect((await server.call("/v0/pipelines", { headers: { authorization } })).status).toBe(401);
  const usual = await server.call("/sts/v1/oauth2/token", form({ ...exchange, subject_token: reader.secret }));
  expect(await usual.json()).toMatchObject({ expires_in: 900 });
});

test("a token exchange that cannot be is told in the general form of the published cloud, without the secret", async () => {
  const ask = async (init: RequestInit) => {
    const response = await server.call("/sts/v1/oauth2/token", init);
    const { errors } = (await response.json()) as { errors: Record<string, unknown>[] };
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({ id: response.headers.get("x-request-id"), status: String(response.status) });
    return errors[0];
  };
  expect(await ask(form({ ...exchange, subject_token: "apikey:secret-of-nobody" }))).toMatchObject({
    status: "400",
    code: "invalid_request",
    title: "Bad Request",
    detail: "subject_token is not the secret of an API key of this server.",
    source: { pointer: "/body/subject_token" },
  });
  expect(await ask(form({ ...exchange, subject_token: reader.secret, grant_type: "password" }))).toMatchObject({
    detail: expect.stringContaining("body field 'grant_type' must be one of urn:ietf:params:oauth:grant-type:token-exchange"),
  });
  expect(await ask(form({ ...exchange, subject_token: reader.secret, expires_in: "soon" }))).toMatchObject({
    detail: "The request is not valid: body field 'expires_in' must be integer.",
    source: { pointer: "/body/expires_in" },
  });
  expect(await ask(form({ ...exchange, subject_token: reader.secret, expires_in: "86401" }))).toMatchObject({
    detail: expect.stringContaining("'expires_in' must be <= 86400"),
  });
  expect(await ask(form({ subject_token: reader.secret }))).toMatchObject({ detail: expect.stringContaining("'grant_type' is required") });
  expect(await ask({ method: "POST" })).toMatchObject({ status: "415" });
  expect(await ask({ method: "POST", ...json({}) })).toMatchObject({ status: "415", code: "unsupported_media_type" });
  expect(await ask(form({ x: "y".repeat(9 << 20) }))).toMatchObject({ status: "413" });
  expect(await ask({ method: "GET" })).toMatchObject({ status: "405", code: "method_not_allowed" });
});
