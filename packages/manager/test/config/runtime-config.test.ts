import { expect, test } from "@jest/globals";
import { expandProgramConfig } from "../../src/config/program-config.ts";
import { expandRuntimeConfig } from "../../src/config/runtime-config.ts";
import { heapLimitMb, provisioningTimeoutMs, toRuntimeOptions } from "../../src/config/runtime-options.ts";

test("every default is filled in, as published", () => {
  expect(expandRuntimeConfig(undefined)).toEqual({
    workers: 8,
    hosts: 1,
    storage: {
      backend: { name: "default" },
      min_storage_bytes: null,
      min_step_storage_bytes: null,
      compression: "default",
      cache_mib: null,
    },
    fault_tolerance: { model: "none", checkpoint_interval_secs: 60 },
    cpu_profiler: true,
    tracing: false,
    tracing_endpoint_jaeger: "127.0.0.1:6831",
    min_batch_size_records: 0,
    max_buffering_delay_usecs: 0,
    resources: {
      cpu_cores_min: null,
      cpu_cores_max: null,
      memory_mb_min: null,
      memory_mb_max: null,
      storage_mb_max: null,
      storage_class: null,
      service_account_name: null,
      namespace: null,
    },
    clock_resolution_usecs: 1_000_000,
    clock_timezone_offset: null,
    pin_cpus: [],
    provisioning_timeout_secs: null,
    max_parallel_connector_init: null,
    init_containers: null,
    checkpoint_during_suspend: true,
    http_workers: null,
    io_workers: null,
    datafusion_memory_mb: null,
    max_rss_mb: null,
    env: {},
    dev_tweaks: {},
    logging: null,
    pipeline_template_configmap: null,
  });
  expect(expandProgramConfig({})).toEqual({ profile: null, cache: true, runtime_version: null, use_platform_compiler: false });
});

test("an expanded configuration expands to itself", () => {
  const given = {
    workers: 2,
    storage: { backend: { name: "file", config: { x: 1 } } },
    fault_tolerance: {},
    resources: { memory_mb_max: 512 },
  };
  const once = expandRuntimeConfig(given);
  expect(once).toMatchObject({ ...given, fault_tolerance: { model: "exactly_once", checkpoint_interval_secs: 60 } });
  expect(expandRuntimeConfig(once)).toEqual(once);
});

test.each([
  [{ wrokers: 2 }, "wrokers", "unknown field 'wrokers'; known fields are workers,"],
  [{ workers: "2" }, "workers", "field 'workers' must be a whole number of at least 1, not \"2\""],
  [{ workers: 0 }, "workers", "at least 1"],
  [{ workers: null }, "workers", "not null"],
  [{ tracing: 1 }, "tracing", "true or false"],
  [{ resources: { memory_mb_max: -1 } }, "resources.memory_mb_max", "at least 1 or null"],
  [{ resources: { memory: 1 } }, "resources.memory", "unknown field"],
  [{ resources: [] }, "resources", "an object"],
  [{ storage: { compression: "zip" } }, "storage.compression", "one of default, none, snappy"],
  [{ storage: { backend: { name: "tape" } } }, "storage.backend.name", "one of default, file, object"],
  [{ storage: { backend: {} } }, "storage.backend.name", "one of"],
  [{ fault_tolerance: { model: "some" } }, "fault_tolerance.model", "one of"],
  [{ env: { A: 1 } }, "env", "an object of strings"],
  [{ pin_cpus: [1.5] }, "pin_cpus", "whole numbers"],
])("%j is refused and the field named", (given, field, words) => {
  expect(() => expandRuntimeConfig(given)).toThrow(
    expect.objectContaining({
      code: "InvalidRuntimeConfig",
      details: expect.objectContaining({ field }),
      message: expect.stringContaining(words),
    }),
  );
});

test("a wrong program configuration is refused and the field named", () => {
  expect(() => expandProgramConfig({ profile: "fast" })).toThrow(
    expect.objectContaining({ code: "InvalidProgramConfig", details: expect.objectContaining({ field: "profile" }) }),
  );
});

test("storage can be off, and a memory cap is shared between the heap and the engine", () => {
  const config = expandRuntimeConfig({ storage: null, resources: { memory_mb_max: 1024 }, provisioning_timeout_secs: 5, env: { A: "b" } });
  expect(toRuntimeOptions(config)).toMatchObject({ storage: false, memoryMbMax: 1024, env: { A: "b" }, workers: 8 });
  expect(heapLimitMb(config)).toBe(512);
  expect(provisioningTimeoutMs(config, 60_000)).toBe(5000);
  expect(heapLimitMb(expandRuntimeConfig({}))).toBeUndefined();
});

test.each([
  [{}, null],
  [{ fault_tolerance: {} }, 60],
  [{ fault_tolerance: { model: "at_least_once", checkpoint_interval_secs: 5 } }, 5],
  [{ fault_tolerance: { checkpoint_interval_secs: 0 } }, 1],
  [{ fault_tolerance: { checkpoint_interval_secs: 100_000 } }, 3600],
  [{ fault_tolerance: { checkpoint_interval_secs: null } }, null],
  [{ fault_tolerance: { model: "none", checkpoint_interval_secs: 5 } }, null],
  [{ storage: null, fault_tolerance: {} }, null],
])("%j takes checkpoints by itself every %j seconds", (config, seconds) => {
  expect(toRuntimeOptions(expandRuntimeConfig(config)).checkpointIntervalSecs).toBe(seconds);
});

test("NOW() moves as often as clock_resolution_usecs says", () => {
  expect(toRuntimeOptions(expandRuntimeConfig({})).clockResolutionUsecs).toBe(1_000_000);
  expect(toRuntimeOptions(expandRuntimeConfig({ clock_resolution_usecs: null })).clockResolutionUsecs).toBeNull();
});
