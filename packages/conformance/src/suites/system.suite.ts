import { openSession } from "../kit/session.ts";
import type { Suite } from "../kit/suite-kit.ts";

export const systemSuite: Suite = (kit) => {
  const { test, assert } = kit;

  test("getHealth says that the server answers", async () => {
    const { client } = openSession(kit);
    assert.deepEqual(await client.config.health(), { status: "healthy" });
  });
  test("getAuthenticationConfig describes no log-in provider", async () => {
    const { client } = openSession(kit);
    assert.deepEqual(await client.config.authentication(), {});
  });
  test("getConfig tells edition and version", async () => {
    const { client } = openSession(kit);
    const config = await client.config.get();
    assert.equal(config.edition, "Open source");
    assert.match(config.version, /^\d+\.\d+\.\d+/);
  });
  test("listDemos gives programs that compile", async () => {
    const { client } = openSession(kit);
    for (const { name, program_code } of await client.config.demos()) {
      assert.ok("Success" in (await client.validateProgram(program_code)), `the demo ${name} does not compile`);
    }
  });
  test("getSession tells the caller's role", async () => {
    const { client, send, target } = openSession(kit);
    assert.equal((await client.config.session()).role, "write");
    if (target.keys === undefined) return;
    const session = (await (await send("getSession", { key: "read" })).json()) as { role: string };
    assert.equal(session.role, "read");
  });
};
