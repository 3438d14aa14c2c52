import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { sampleManager, startServer, type RunningServer } from "../support/running-server.ts";
import { send } from "../support/raw-request.ts";

/** Facts 2.3, the matrix of the published orchestration test, on a paused pipeline. */
describe.each(["test", "production"] as const)("connector actions with %s validation", (validation) => {
  let server: RunningServer;
  beforeAll(async () => {
    const memory = await sampleManager();
    await memory.pipelines.pause("orders");
    server = await startServer({ memory, validation, responseSampleRate: 1 });
  });
  afterAll(() => server.headgate.close());
  const post = async (path: string): Promise<[number, unknown]> => {
    const { status, text } = await send(server.port, { method: "POST", path: `/v0/pipelines/${path}` });
    return [status, text === "" ? "" : (JSON.parse(text) as { error_code?: unknown }).error_code];
  };
  const action = (table: string, connector: string, name: string, pipeline = "orders"): Promise<[number, unknown]> =>
    post(`${pipeline}/tables/${table}/connectors/${connector}/${name}`);

  test.each([
    ["numbers", "c1", "start"],
    ["numbers", "c1", "pause"],
    ["numbers", "c1", "pause"],
    ["Numbers", "c1", "start"],
    ["NUMBERS", "c1", "start"],
    ["%22numbers%22", "c1", "pause"],
  ])("%s/%s/%s is done and has no content", async (...names) => {
    expect(await action(...names)).toEqual([200, ""]);
  });

  test.each(["action2", "START", "Pause", "start%20"])("the action %s is refused", async (name) => {
    expect(await action("numbers", "c1", name)).toEqual([400, "InvalidConnectorAction"]);
  });

  test.each([
    ["numbers", "c2"],
    ["numbers", "C1"],
    ["numbers2", "c1"],
    ["%22Numbers%22", "c1"],
    ["numbers%20+C0_-,.!%25()&%2F", "c1"],
  ])("%s/%s is not known", async (table, connector) => {
    expect(await action(table, connector, "start")).toEqual([404, "UnknownInputEndpoint"]);
  });

  test.each(["orders/action2", "orders/Start", "orders/START"])("POST %s leads nowhere", async (path) => {
    expect(await post(path)).toEqual([404, "UnknownPath"]);
  });

  test("the checks come in the published order: action, pipeline, deployment, endpoint", async () => {
    expect(await action("nothing", "nothing", "stop", "nothing")).toEqual([400, "InvalidConnectorAction"]);
    expect(await action("nothing", "nothing", "start", "nothing")).toEqual([404, "UnknownPipelineName"]);
    expect(await action("nothing", "nothing", "start", "idle")).toEqual([503, "PipelineInteractionNotDeployed"]);
    expect(await action("nothing", "nothing", "start")).toEqual([404, "UnknownInputEndpoint"]);
  });

  test("the refusal of an action names it", async () => {
    const { text } = await send(server.port, { method: "POST", path: "/v0/pipelines/orders/tables/t/connectors/c/resume" });
    expect(JSON.parse(text)).toEqual({
      message: "Invalid connector action 'resume'; valid actions are: 'start' or 'pause'",
      error_code: "InvalidConnectorAction",
      details: { action: "resume" },
    });
  });

  test("names with a slash, quotes and other case reach the manager as SQL reads them", async () => {
    const { text } = await send(server.port, {
      method: "POST",
      path: "/v0/pipelines/orders/tables/%22numbers%20+C0_-,.!%25()&%2F%22/connectors/C1/start",
    });
    expect(JSON.parse(text)).toMatchObject({ details: { endpoint_name: "numbers +C0_-,.!%()&/.C1" } });
  });
});
