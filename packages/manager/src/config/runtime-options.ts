import type { RuntimeOptions } from "@headgate/pipeline";
import type { RuntimeConfig } from "./runtime-config.ts";

/** The parts of an expanded RuntimeConfig that this control plane acts on. */
interface ReadConfig {
  readonly workers: number;
  readonly min_batch_size_records: number;
  readonly max_buffering_delay_usecs: number;
  readonly max_rss_mb: number | null;
  readonly resources: { readonly memory_mb_max: number | null };
  readonly storage: object | null;
  readonly fault_tolerance: { readonly model: string; readonly checkpoint_interval_secs: number | null };
  readonly clock_resolution_usecs: number | null;
  readonly env: Readonly<Record<string, string>>;
  readonly provisioning_timeout_secs: number | null;
}

const read = (config: RuntimeConfig): ReadConfig => config as unknown as ReadConfig;

/** What the pipeline process is told of its configuration. */
export function toRuntimeOptions(config: RuntimeConfig): RuntimeOptions {
  const c = read(config);
  return {
    workers: c.workers,
    minBatchSizeRecords: c.min_batch_size_records,
    maxBufferingDelayUsecs: c.max_buffering_delay_usecs,
    maxRssMb: c.max_rss_mb,
    memoryMbMax: c.resources.memory_mb_max,
    storage: hasStorage(config),
    checkpointIntervalSecs: checkpointIntervalSecs(c),
    clockResolutionUsecs: c.clock_resolution_usecs,
    env: c.env,
  };
}

/** The dialect keeps the interval between a second and an hour, and has none without fault tolerance. */
function checkpointIntervalSecs({ storage, fault_tolerance: { model, checkpoint_interval_secs: seconds } }: ReadConfig): number | null {
  if (storage === null || model === "none" || seconds === null) return null;
  return Math.min(3600, Math.max(1, seconds));
}

/** True when the pipeline keeps its relations on disk. */
export function hasStorage(config: RuntimeConfig): boolean {
  return read(config).storage !== null;
}

/** How long a deployment may take before it fails, in ms. */
export function provisioningTimeoutMs(config: RuntimeConfig, standardMs: number): number {
  const seconds = read(config).provisioning_timeout_secs;
  return seconds === null ? standardMs : seconds * 1000;
}

/** V8's old space may take half of the memory cap; the rest is for DuckDB and buffers outside the heap. */
export function heapLimitMb(config: RuntimeConfig): number | undefined {
  const cap = read(config).resources.memory_mb_max;
  return cap === null ? undefined : Math.max(64, Math.floor(cap / 2));
}
