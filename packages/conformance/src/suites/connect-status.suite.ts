import { connectTest } from "../kit/connect-cases.ts";
import type { Suite } from "../kit/suite-kit.ts";

const published = [
  "name",
  "connector",
  "tasks",
  "type",
  "errors_from_trace",
  "validation_errors",
  "override_message",
  "validation_error_category_info",
  "is_csfle_error",
  "error_details",
  "error_summary",
  "error_recommendation_enabled",
  "plugin_lifecycle",
];

export const connectStatusSuite: Suite = (kit) => {
  const { assert } = kit;

  connectTest(kit, "readConnectv1ConnectorStatus has the published fields in their order, and the age of what was seen", async (given) => {
    const { session, source, sink, path } = given;
    for (const [name, type] of [
      [source, "source"],
      [sink, "sink"],
    ] as const) {
      const response = await session.send("readConnectv1ConnectorStatus", { path: path(name), query: { expand: "id", nobody: "knows" } });
      const body = JSON.parse(await response.text()) as Readonly<Record<string, unknown>>;
      assert.deepEqual(Object.keys(body), [...published, "headgate"]);
      const { headgate, ...rest } = body;
      assert.deepEqual(rest, {
        name,
        connector: { state: "RUNNING", worker_id: name, trace: "" },
        tasks: [{ id: 0, state: "RUNNING", worker_id: name, msg: "" }],
        type,
        errors_from_trace: [],
        validation_errors: [],
        override_message: "",
        validation_error_category_info: null,
        is_csfle_error: false,
        error_details: null,
        error_summary: "",
        error_recommendation_enabled: false,
        plugin_lifecycle: "ACTIVE",
      });
      const { observed_at: at, stale_because: stale } = headgate as { observed_at: string; stale_because: unknown };
      assert.equal(stale, null);
      const age = Number(response.headers.get("x-headgate-observed-age-ms"));
      assert.ok(Number.isInteger(age) && age >= 0 && age < 10_000, `age ${age}`);
      assert.ok(Math.abs(Date.now() - Date.parse(at)) < 60_000, at);
    }
  });

  connectTest(kit, "listConnectv1ConnectorTasks gives each task with its configuration", async ({ session, cluster, source }) => {
    const tasks = await session.client.connect.tasks(cluster, source);
    assert.deepEqual(
      tasks.map(({ id }) => id),
      [{ connector: source, task: 0 }],
    );
    assert.ok(Object.keys(tasks[0]?.config ?? {}).length > 0);
    assert.ok(!JSON.stringify(tasks).includes("conformance-secret"));
  });
};
