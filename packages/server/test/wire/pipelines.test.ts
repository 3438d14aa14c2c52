import { expect, test } from "@jest/globals";
import type { Pipeline } from "@headgate/manager";
import { toPipelineInfo, toPipelineSelectedInfo } from "../../src/wire/pipelines.ts";
import { newPipeline, since } from "../double/sample-pipeline.ts";

const pipeline = newPipeline("01990000-0000-7000-8000-000000000000", { name: "orders", programCode: "" });
const withheld = [
  "runtime_config",
  "program_code",
  "udf_rust",
  "udf_toml",
  "program_error",
  "program_info",
  "deployment_resources_status_details",
];
const bootstrap = ["bootstrap_policy", "silent_bootstrap", "concurrent_bootstrap"];
const keys = (value: object): string[] => Object.keys(value).sort();

test("a write answers with every field but the bootstrap settings", () => {
  expect(keys(toPipelineSelectedInfo(pipeline, "all"))).toEqual([...keys(toPipelineInfo(pipeline)), ...bootstrap].sort());
});
test("`status` leaves out the program, what became of it, and the runtime's configuration", () => {
  const all = keys(toPipelineSelectedInfo(pipeline, "all"));
  expect(keys(toPipelineSelectedInfo(pipeline, "status"))).toEqual(all.filter((key) => !withheld.includes(key)));
});
test("`status_with_connectors` adds one field", () => {
  const read = toPipelineSelectedInfo({ ...pipeline, connectorErrors: 3 }, "status_with_connectors");
  expect(read.connectors).toEqual({ num_errors: 3 });
  expect(keys(read)).toEqual([...keys(toPipelineSelectedInfo(pipeline, "status")), "connectors"].sort());
});

const statuses = (fields: Partial<Pipeline>): unknown[] => {
  const info = toPipelineInfo({ ...pipeline, ...fields });
  return [info.deployment_status, info.deployment_desired_status];
};
test.each<[Partial<Pipeline>, unknown[]]>([
  [{}, ["Stopped", "Stopped"]],
  [{ resourcesDesiredStatus: "Provisioned", deploymentInitial: "Paused" }, ["Stopped", "Paused"]],
  [{ resourcesStatus: "Provisioning", resourcesDesiredStatus: "Provisioned" }, ["Provisioning", "Unavailable"]],
  [{ resourcesStatus: "Provisioned", resourcesDesiredStatus: "Provisioned" }, ["Unavailable", "Unavailable"]],
  [
    {
      resourcesStatus: "Provisioned",
      resourcesDesiredStatus: "Provisioned",
      runtimeStatus: "Paused",
      runtimeDesiredStatus: "Running",
      deploymentInitial: "Paused",
    },
    ["Paused", "Running"],
  ],
  [{ resourcesStatus: "Provisioned", runtimeStatus: "Running", runtimeDesiredStatus: "Running" }, ["Running", "Stopped"]],
  [{ resourcesStatus: "Stopping", runtimeStatus: null }, ["Stopping", "Stopped"]],
])("%j is told as %j", (fields, expected) => {
  expect(statuses(fields)).toEqual(expected);
});

test("a program that is not compiled yet has no info, and a deployment error keeps its code", () => {
  const info = toPipelineInfo({
    ...pipeline,
    compiled: null,
    deploymentError: { code: "RuntimeError.WorkerPanic", message: "boom", details: null },
    runtimeStatusSince: since,
  });
  expect(info.program_info).toBeNull();
  expect(info.deployment_error).toEqual({ message: "boom", error_code: "RuntimeError.WorkerPanic", details: {} });
});

test("local views are no outputs, and columns keep their nested types", () => {
  const { schema } = toPipelineInfo(pipeline).program_info ?? {};
  expect(schema?.outputs.map((view) => [view.name, view.case_sensitive])).toEqual([["Totals", true]]);
  expect(schema?.inputs[0]).toMatchObject({ primary_key: ["n"], materialized: true });
  expect(schema?.inputs[0]?.fields.map((field) => field.columntype)).toEqual([
    { type: "INTEGER", nullable: false },
    { type: "DECIMAL", nullable: true, precision: 5, scale: 2 },
    { type: "ARRAY", nullable: true, component: { type: "VARCHAR", nullable: true } },
    expect.objectContaining({ type: "MAP", key: { type: "VARCHAR", nullable: false }, value: expect.objectContaining({ type: "STRUCT" }) }),
  ]);
});

test("the storage tells its checkpoints while it is in use, and the runtime what there is to approve", () => {
  const checkpoints = [{ uuid: pipeline.id, fingerprint: 1, size: 2, steps: 3, processedRecords: 4 }];
  expect(toPipelineInfo({ ...pipeline, checkpoints }).storage_status_details).toBeNull();
  expect(toPipelineInfo({ ...pipeline, storageStatus: "InUse", checkpoints }).storage_status_details?.checkpoints).toMatchObject([
    { steps: 3 },
  ]);
  expect(toPipelineInfo(pipeline).deployment_runtime_status_details).toBeNull();
  const none = { added: [], removed: [], modified: [] };
  const programChange = { tables: none, views: { ...none, added: ["v"] } };
  expect(toPipelineInfo({ ...pipeline, programChange }).deployment_runtime_status_details).toMatchObject({
    reason: null,
    approval_diff: { program_diff: { added_views: ["v"], modified_tables: [] } },
  });
  expect(toPipelineInfo({ ...pipeline, runtimeReason: "full" }).deployment_runtime_status_details).toMatchObject({
    reason: "full",
    approval_diff: null,
  });
});
