import type { DatabaseSync } from "node:sqlite";
import type { ApiKey, Pipeline, PipelineEvent } from "../api.ts";
import { atomically } from "./atomically.ts";
import { connectTables, type ConnectTables } from "./connect-tables.ts";
import { openDatabase } from "./open-database.ts";

/** An API key with the keyed digest of its secret. */
export interface StoredKey extends ApiKey {
  readonly digest: Uint8Array;
}
/** A process of this server, told from later owners of its id by the mark. */
export interface StoredProcess {
  readonly pid: number;
  readonly startMark: string;
}

/** Events kept for each pipeline. */
export const eventLimit = 720;

/**
 * What survives the server: pipelines with their states, events, API keys, and the processes it started. Synchronous;
 * what has been saved is on disk when the call returns.
 */
export interface Catalogue extends ConnectTables {
  pipelines(): readonly Pipeline[];
  insertPipeline(pipeline: Pipeline, event: PipelineEvent): void;
  /** Saves what differs between the two, with an event when there is one. */
  updatePipeline(before: Pipeline, after: Pipeline, event: PipelineEvent | undefined): void;
  deletePipeline(id: string): void;
  /** Newest first. */
  events(pipelineId: string): readonly PipelineEvent[];
  event(pipelineId: string, eventId: string): PipelineEvent | undefined;
  latestEvent(pipelineId: string): PipelineEvent | undefined;
  keys(): readonly StoredKey[];
  insertKey(key: StoredKey): void;
  deleteKey(id: string): void;
  processes(): readonly StoredProcess[];
  insertProcess(process: StoredProcess): void;
  deleteProcess(pid: number): void;
  close(): void;
}

/** Program code and compiled programs are large and change seldom; states are small and change often: three columns. */
const definitionKeys = [
  "description",
  "tags",
  "createdAt",
  "programCode",
  "udfRust",
  "udfToml",
  "runtimeConfig",
  "programConfig",
] as const satisfies readonly (keyof Pipeline)[];
const compiledKeys = ["compiled", "programError"] as const satisfies readonly (keyof Pipeline)[];
const apart: ReadonlySet<string> = new Set(["id", "name", "connectorErrors", ...definitionKeys, ...compiledKeys]);

/** Opens the catalogue in a data directory. @throws StartupError */
export function openCatalogue(dataDirectory: string): Catalogue {
  const db = openDatabase(dataDirectory);
  return { ...pipelineTables(db), ...keyTable(db), ...processTable(db), ...connectTables(db), close: () => db.close() };
}

function pipelineTables(db: DatabaseSync) {
  const insert = db.prepare("INSERT INTO pipelines (id, name, definition, compiled, state) VALUES (?, ?, ?, ?, ?)");
  const setDefinition = db.prepare("UPDATE pipelines SET name = ?, definition = ? WHERE id = ?");
  const setCompiled = db.prepare("UPDATE pipelines SET compiled = ? WHERE id = ?");
  const setState = db.prepare("UPDATE pipelines SET state = ? WHERE id = ?");
  const remove = db.prepare("DELETE FROM pipelines WHERE id = ?");
  const all = db.prepare("SELECT id, name, definition, compiled, state FROM pipelines ORDER BY seq");
  const addEvent = db.prepare("INSERT INTO events (pipeline_id, event_id, event) VALUES (?, ?, ?)");
  const trim = db.prepare(
    "DELETE FROM events WHERE pipeline_id = ?1 AND seq <= (SELECT seq FROM events WHERE pipeline_id = ?1 ORDER BY seq DESC LIMIT 1 OFFSET ?2)",
  );
  const someEvents = db.prepare("SELECT event FROM events WHERE pipeline_id = ? ORDER BY seq DESC LIMIT ?");
  const oneEvent = db.prepare("SELECT event FROM events WHERE pipeline_id = ? AND event_id = ?");
  const parse = (row: unknown): PipelineEvent | undefined =>
    row === undefined ? undefined : (JSON.parse((row as { event: string }).event) as PipelineEvent);
  const insertEvent = (pipelineId: string, event: PipelineEvent): void => {
    addEvent.run(pipelineId, event.eventId, JSON.stringify(event));
    trim.run(pipelineId, eventLimit);
  };
  return {
    pipelines: () => (all.all() as unknown as PipelineRow[]).map(fromRow),
    insertPipeline: (p: Pipeline, event: PipelineEvent) => {
      atomically(db, () => {
        insert.run(p.id, p.name, pick(p, definitionKeys), pick(p, compiledKeys), stateOf(p));
        insertEvent(p.id, event);
      });
    },
    updatePipeline: (before: Pipeline, after: Pipeline, event: PipelineEvent | undefined) => {
      atomically(db, () => {
        if (before.name !== after.name || definitionKeys.some((k) => before[k] !== after[k])) {
          setDefinition.run(after.name, pick(after, definitionKeys), after.id);
        }
        if (compiledKeys.some((k) => before[k] !== after[k])) setCompiled.run(pick(after, compiledKeys), after.id);
        setState.run(stateOf(after), after.id);
        if (event !== undefined) insertEvent(after.id, event);
      });
    },
    deletePipeline: (id: string) => void remove.run(id),
    events: (id: string) => someEvents.all(id, eventLimit).map((row) => parse(row) as PipelineEvent),
    event: (id: string, eventId: string) => parse(oneEvent.get(id, eventId)),
    latestEvent: (id: string) => parse(someEvents.get(id, 1)),
  };
}

function keyTable(db: DatabaseSync) {
  const all = db.prepare("SELECT id, name, role, digest FROM api_keys ORDER BY seq");
  const insert = db.prepare("INSERT INTO api_keys (id, name, role, digest) VALUES (?, ?, ?, ?)");
  const remove = db.prepare("DELETE FROM api_keys WHERE id = ?");
  return {
    keys: () => all.all() as unknown as StoredKey[],
    insertKey: (key: StoredKey) => void insert.run(key.id, key.name, key.role, key.digest),
    deleteKey: (id: string) => void remove.run(id),
  };
}

function processTable(db: DatabaseSync) {
  const all = db.prepare("SELECT pid, start_mark AS startMark FROM processes");
  const insert = db.prepare("INSERT OR REPLACE INTO processes (pid, start_mark) VALUES (?, ?)");
  const remove = db.prepare("DELETE FROM processes WHERE pid = ?");
  return {
    processes: () => all.all() as unknown as StoredProcess[],
    insertProcess: (process: StoredProcess) => void insert.run(process.pid, process.startMark),
    deleteProcess: (pid: number) => void remove.run(pid),
  };
}

interface PipelineRow {
  readonly id: string;
  readonly name: string;
  readonly definition: string;
  readonly compiled: string;
  readonly state: string;
}

/** Fields that an earlier version did not save. */
const laterFields = { checkpoints: [], programChange: null, runtimeReason: null } satisfies Partial<Pipeline>;

function fromRow(row: PipelineRow): Pipeline {
  const texts = [row.definition, row.compiled, row.state];
  const parts = Object.assign({ ...laterFields }, ...texts.map((text) => JSON.parse(text) as object)) as object;
  return { ...parts, id: row.id, name: row.name, connectorErrors: 0 } as Pipeline;
}

function pick(pipeline: Pipeline, keys: readonly (keyof Pipeline)[]): string {
  return JSON.stringify(Object.fromEntries(keys.map((k) => [k, pipeline[k]])));
}

function stateOf(pipeline: Pipeline): string {
  return JSON.stringify(Object.fromEntries(Object.entries(pipeline).filter(([key]) => !apart.has(key))));
}
