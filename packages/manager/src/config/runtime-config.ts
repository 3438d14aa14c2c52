import { ManagerError } from "../errors.ts";
import * as f from "./fields.ts";
import { FieldError, isObject, type Field } from "./fields.ts";

/** The published RuntimeConfig with every default filled in, in the published spelling. */
export type RuntimeConfig = Readonly<Record<string, unknown>>;

const backend: Field = {
  read: (value, path) => {
    if (value === undefined) return { name: "default" };
    if (!isObject(value)) throw new FieldError(path, "an object with a name", value);
    const name = f.choice("default", "default", "file", "object").read(value["name"] ?? null, `${path}.name`);
    const config = f.freeObject();
    return f.object({ name: f.string("default"), ...(name === "default" ? {} : { config }) }).read(value, path);
  },
};

const storageOptions = f.object({
  backend,
  min_storage_bytes: f.optionalInteger(),
  min_step_storage_bytes: f.optionalInteger(),
  compression: f.choice("default", "default", "none", "snappy"),
  cache_mib: f.optionalInteger(),
});

/** Null means in memory; the flags true and false are an older spelling of the default storage and none. */
const storage: Field = {
  read: (value, path) => {
    if (value === null || value === false) return null;
    return storageOptions.read(value === true ? undefined : value, path);
  },
};

const model = f.choice("exactly_once", "none", "at_least_once", "exactly_once");
const faultToleranceFields = f.object({
  model: { read: (v, p) => (v === null ? "none" : model.read(v, p)) },
  checkpoint_interval_secs: f.optionalInteger(60),
});
/** Without the whole object there is none; with it, the model's own default stands. */
const faultTolerance: Field = {
  read: (value, path) => faultToleranceFields.read(value === undefined || value === null ? { model: "none" } : value, path),
};

const resources = f.object({
  cpu_cores_min: f.optionalNumber(),
  cpu_cores_max: f.optionalNumber(),
  memory_mb_min: f.optionalInteger(),
  memory_mb_max: f.optionalInteger(null, 1),
  storage_mb_max: f.optionalInteger(),
  storage_class: f.optionalString(),
  service_account_name: f.optionalString(),
  namespace: f.optionalString(),
});

const templateConfigMap = f.object({ name: f.string(""), key: f.string("pipelineTemplate") });

const runtimeConfig = f.object({
  workers: f.integer(8, 1),
  hosts: f.integer(1, 1),
  storage,
  fault_tolerance: faultTolerance,
  cpu_profiler: f.boolean(true),
  tracing: f.boolean(false),
  tracing_endpoint_jaeger: f.string("127.0.0.1:6831"),
  min_batch_size_records: f.integer(0),
  max_buffering_delay_usecs: f.integer(0),
  resources,
  clock_resolution_usecs: f.optionalInteger(1_000_000),
  clock_timezone_offset: f.optionalString(),
  pin_cpus: f.integers(),
  provisioning_timeout_secs: f.optionalInteger(null, 1),
  max_parallel_connector_init: f.optionalInteger(null, 1),
  init_containers: f.anything(null),
  checkpoint_during_suspend: f.boolean(true),
  http_workers: f.optionalInteger(null, 1),
  io_workers: f.optionalInteger(null, 1),
  datafusion_memory_mb: f.optionalInteger(null, 1),
  max_rss_mb: f.optionalInteger(null, 1),
  env: f.strings(),
  dev_tweaks: f.freeObject(),
  logging: f.optionalString(),
  pipeline_template_configmap: {
    read: (value, path) => (value === undefined || value === null ? null : templateConfigMap.read(value, path)),
  },
});

/** Fills in every default. @throws ManagerError `InvalidRuntimeConfig` naming the field. */
export function expandRuntimeConfig(given: unknown): RuntimeConfig {
  try {
    return runtimeConfig.read(given, "") as RuntimeConfig;
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    throw new ManagerError(
      "InvalidRuntimeConfig",
      `Invalid runtime configuration: ${error.message}`,
      { field: error.field, error: error.message },
      { cause: error },
    );
  }
}
