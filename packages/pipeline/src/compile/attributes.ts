import type { ConnectorConfig } from "../connector-config.ts";

/** Which side of the pipeline a declaration stands on. */
export type Side = "input" | "output";

/** The generic attributes of one declaration, defaults filled in, or what is wrong with them. */
export type Attributes =
  | { readonly ok: true; readonly name: string | undefined; readonly config: ConnectorConfig; readonly unknown: readonly string[] }
  | { readonly ok: false; readonly problems: readonly string[] };

export const defaultMaxQueuedRecords = 1_000_000;
export const defaultBufferRecords = 10_000_000;
/** "Never by time": the published default is the largest integer; this is the largest that JSON carries exactly everywhere. */
export const neverMilliseconds = Number.MAX_SAFE_INTEGER;

const namePattern = /^[a-zA-Z0-9_-]{1,100}$/;
const inputOnly = new Set(["labels", "start_after", "max_queued_bytes", "max_batch_size", "max_worker_batch_size"]);
const outputOnly = new Set([
  "enable_output_buffer",
  "max_output_buffer_time_millis",
  "max_output_buffer_size_records",
  "send_snapshot",
  "mode",
  "index",
]);
/** The attributes that a connector of a side cannot have: a declaration is filled up with their defaults, but must not name them. */
export const misplacedOn: Readonly<Record<Side, ReadonlySet<string>>> = { input: outputOnly, output: inputOnly };
const either = ["name", "transport", "format", "paused", "max_queued_records"];
/** Published attributes that this runtime does not carry out; silence would be a lie. */
const unsupported = ["soft_delete", "preprocessor", "postprocessor"];
const known = new Set([...either, ...inputOnly, ...outputOnly, ...unsupported]);

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);
const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
};

/** Reads typed attributes and gathers every complaint, so that a user sees all of them at once. */
class Reader {
  readonly problems: string[] = [];
  readonly #json: Json;
  constructor(json: Json) {
    this.#json = json;
  }

  #read<T>(key: string, fallback: T, expected: string, accepts: (value: unknown) => value is T): T {
    const value = this.#json[key];
    if (value === undefined || value === null) return fallback;
    if (accepts(value)) return value;
    this.problems.push(`'${key}' must be ${expected}, but it is ${shown(value)}`);
    return fallback;
  }
  boolean(key: string): boolean {
    return this.#read<boolean>(key, false, "true or false", (v) => typeof v === "boolean");
  }
  count<T extends number | null>(key: string, fallback: T, least: 0 | 1): number | T {
    return this.#read<number | T>(
      key,
      fallback,
      `a whole number of at least ${String(least)}`,
      (v): v is number => Number.isSafeInteger(v) && (v as number) >= least,
    );
  }
  text(key: string): string | null {
    return this.#read<string | null>(key, null, "a string", (v) => typeof v === "string");
  }
  texts(key: string): readonly string[] {
    const list = (v: unknown): v is readonly string[] => Array.isArray(v) && v.every((item) => typeof item === "string");
    return this.#read(key, [] as readonly string[], "an array of strings", list);
  }
  /** `{ "name": …, "config": … }` */
  named(key: string, required: boolean): { readonly name: string; readonly config?: unknown } | null {
    const value = this.#json[key];
    if (value === undefined || value === null) {
      if (required) this.problems.push(`'${key}' is missing: give {"name": "…", "config": {…}}`);
      return null;
    }
    if (!isObject(value) || typeof value["name"] !== "string") {
      this.problems.push(`'${key}' must be an object with a string 'name' and an optional 'config', but it is ${shown(value)}`);
      return null;
    }
    const { name, config } = value;
    return config === undefined ? { name } : { name, config };
  }
}

/** Reads one element of the `connectors` array. */
export function readAttributes(json: unknown, side: Side): Attributes {
  if (!isObject(json)) return { ok: false, problems: [`a connector must be a JSON object, but it is ${shown(json)}`] };
  const read = new Reader(json);
  const name = read.text("name") ?? undefined;
  if (name !== undefined && !namePattern.test(name)) {
    read.problems.push(`'name' must match ^[a-zA-Z0-9_-]+$ and have at most 100 characters, but it is ${shown(name)}`);
  }
  const transport = read.named("transport", true);
  const format = read.named("format", false);
  for (const key of unsupported) {
    const value = json[key];
    if (value !== undefined && value !== null && value !== false) read.problems.push(`'${key}' is not supported`);
  }
  for (const key of Object.keys(json)) {
    const value = json[key];
    if (misplacedOn[side].has(key) && value !== null && value !== false && !(Array.isArray(value) && value.length === 0)) {
      const other = side === "input" ? "output" : "input";
      read.problems.push(`'${key}' is an attribute of ${other} connectors, but this is an ${side} connector`);
    }
  }
  const startAfter = typeof json["start_after"] === "string" ? [json["start_after"]] : json["start_after"];
  const config: ConnectorConfig = {
    transport: transport ?? { name: "" },
    format,
    index: side === "output" ? read.text("index") : null,
    labels: side === "input" ? read.texts("labels") : [],
    start_after: side === "input" && startAfter !== undefined && startAfter !== null ? readStartAfter(startAfter, read) : null,
    paused: read.boolean("paused"),
    max_queued_records: read.count("max_queued_records", defaultMaxQueuedRecords, 1),
    max_queued_bytes: side === "input" ? read.count("max_queued_bytes", null, 1) : null,
    max_batch_size: side === "input" ? read.count("max_batch_size", null, 1) : null,
    max_worker_batch_size: side === "input" ? read.count("max_worker_batch_size", null, 1) : null,
    enable_output_buffer: side === "output" && read.boolean("enable_output_buffer"),
    max_output_buffer_time_millis:
      side === "output" ? read.count("max_output_buffer_time_millis", neverMilliseconds, 0) : neverMilliseconds,
    max_output_buffer_size_records:
      side === "output" ? read.count("max_output_buffer_size_records", defaultBufferRecords, 1) : defaultBufferRecords,
    send_snapshot: side === "output" && readSendSnapshot(json, read),
  };
  if (side === "output" && config.paused) read.problems.push("'paused' is not supported on output connectors");
  if (read.problems.length > 0) return { ok: false, problems: read.problems };
  return { ok: true, name, config, unknown: Object.keys(json).filter((key) => !known.has(key)) };
}

function readStartAfter(value: unknown, read: Reader): readonly string[] {
  if (Array.isArray(value) && value.every((item): item is string => typeof item === "string")) return value;
  read.problems.push(`'start_after' must be a label or an array of labels, but it is ${shown(value)}`);
  return [];
}

function readSendSnapshot(json: Json, read: Reader): boolean {
  const flag = read.boolean("send_snapshot");
  const mode = read.text("mode");
  if (mode === null) return flag;
  if (mode !== "follow" && mode !== "snapshot_and_follow") {
    read.problems.push(`'mode' must be "follow" or "snapshot_and_follow", but it is ${shown(mode)}`);
    return flag;
  }
  const wanted = mode === "snapshot_and_follow";
  if (typeof json["send_snapshot"] === "boolean" && flag !== wanted) {
    read.problems.push(`'send_snapshot': ${String(flag)} and 'mode': "${mode}" contradict each other: give one of them`);
  }
  return wanted;
}
