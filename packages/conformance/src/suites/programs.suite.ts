import { openSession } from "../kit/session.ts";
import type { Suite } from "../kit/suite-kit.ts";

export const programsSuite: Suite = (kit) => {
  const { test, assert } = kit;

  test("validateProgram gives the schema of a program without keeping it", async () => {
    const { client } = openSession(kit);
    const before = (await client.pipelines.list()).length;
    const result = await client.validateProgram("CREATE TABLE t (id INT); CREATE VIEW v AS SELECT id FROM t;");
    assert.ok("Success" in result, JSON.stringify(result));
    assert.equal((await client.pipelines.list()).length, before);
  });
  test("validateProgram tells where a program is wrong", async () => {
    const { client } = openSession(kit);
    const result = await client.validateProgram("CREATE TABLE t (id INT);\nCREATE VIEW v AS SELECT nothing FROM t;");
    assert.ok("SqlError" in result, JSON.stringify(result));
    assert.match(JSON.stringify(result), /nothing/);
  });
  test("a connector on the wrong side of a program is an error of the program", async () => {
    const { client } = openSession(kit);
    const result = await client.validateProgram(
      `CREATE TABLE t (id INT) WITH ('connectors' = '[{"transport": {"name": "null_output"}}]');`,
    );
    assert.match(JSON.stringify(result), /ExpectedInputConnector/);
  });
};
