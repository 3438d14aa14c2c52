import type { ConnectTables, StoredConnector } from "../../catalogue/connect-tables.ts";
import type { ConnectorConfig, ConnectorState } from "../api.ts";
import { freeConnectorId } from "../core/connector-id.ts";

/** Why the engine would not have a connector that was accepted here, with what was asked for. */
export interface Rejection {
  readonly config: ConnectorConfig;
  readonly trace: string;
  /** As "field: message". */
  readonly errors: readonly string[];
}

/** What is remembered of a connector beyond what the engine knows. */
export interface ConnectorRecord {
  /** Epoch milliseconds: when it was created, or first seen. */
  readonly createdAt: number;
  readonly everRan: boolean;
  /** The part of its configuration that the engine does not get. */
  readonly held: ConnectorConfig;
  /** Set while it exists only here. */
  readonly rejected?: Rejection;
}

/** A connector in the book, with what was seen of it in passing. */
export interface Entry {
  readonly name: string;
  readonly id: string;
  record: ConnectorRecord;
  /** The state that was last told. */
  previous: ConnectorState | undefined;
  /** When a change of its state was last asked for. */
  changedAt: number;
  /** First seen with the engine, so that a worker does know of it. */
  readonly foreign?: boolean;
}

/** So long may a worker not have heard of what was created or deleted a moment ago. */
const settleMs = 15_000;

/** The connectors of one cluster, by name: their ids, which outlive the server, and what the engine does not remember. */
export class ConnectorBook {
  readonly #tables: ConnectTables;
  readonly #scope: string;
  readonly #now: () => number;
  readonly #entries: Map<string, Entry>;
  /** Deleted a moment ago: a worker that still tells of them is behind. */
  readonly #deleted = new Map<string, number>();

  constructor(tables: ConnectTables, scope: string, now: () => number) {
    this.#tables = tables;
    this.#scope = scope;
    this.#now = now;
    const stored = tables.connectors(scope) as readonly StoredConnector<ConnectorRecord>[];
    this.#entries = new Map(stored.map(({ name, id, record }) => [name, { name, id, record, previous: undefined, changedAt: 0 }]));
  }

  get(name: string): Entry | undefined {
    return this.#entries.get(name);
  }
  all(): readonly Entry[] {
    return [...this.#entries.values()];
  }
  /** Made here so lately that a worker may not have heard of it. */
  isUnheardOf(entry: Entry): boolean {
    return entry.foreign !== true && this.isNew(entry);
  }
  /** So young that its tasks may still be on their way. */
  isNew(entry: Entry): boolean {
    return this.#now() - entry.record.createdAt < settleMs;
  }
  isSettling(entry: Entry): boolean {
    return this.#now() - entry.changedAt < settleMs;
  }
  /** True of a connector that is gone, whatever a worker says. */
  isDeleted(name: string): boolean {
    const at = this.#deleted.get(name);
    if (at === undefined) return false;
    if (this.#now() - at < settleMs) return true;
    this.#deleted.delete(name);
    return false;
  }

  /** Begins the life of a connector: one that was seen a moment before it was saved keeps its id. */
  created(name: string, record: Omit<ConnectorRecord, "createdAt" | "everRan">): Entry {
    this.#deleted.delete(name);
    const fresh: ConnectorRecord = { ...record, createdAt: this.#now(), everRan: false };
    const known = this.#entries.get(name);
    const id = known?.id ?? this.#newId(name, fresh.createdAt);
    return this.#put({ name, id, record: fresh, previous: undefined, changedAt: 0 });
  }
  /** What was seen with the engine: connectors that somebody else made begin their lives, and those that run are known to have run. */
  note(seen: readonly { readonly name: string; readonly runs: boolean }[]): void {
    const changed: Entry[] = [];
    for (const { name, runs } of seen) {
      if (this.isDeleted(name)) continue;
      const known = this.#entries.get(name);
      const entry = known ?? this.#foreign(name);
      const { everRan, rejected, ...record } = entry.record;
      if (known !== undefined && (everRan || !runs) && rejected === undefined) continue;
      // The engine has it after all, from somebody else.
      entry.record = { ...record, everRan: everRan || runs };
      this.#entries.set(name, entry);
      changed.push(entry);
    }
    // At once: each save by itself waits for the disk.
    if (changed.length > 0) this.#tables.saveConnectors(this.#scope, changed);
  }
  #foreign(name: string): Entry {
    const record: ConnectorRecord = { createdAt: this.#now(), everRan: false, held: {} };
    return { name, id: this.#newId(name, record.createdAt), record, previous: undefined, changedAt: 0, foreign: true };
  }
  change(entry: Entry, change: Partial<ConnectorRecord>): void {
    entry.record = { ...entry.record, ...change };
    this.#tables.saveConnectors(this.#scope, [entry]);
  }
  /** Its life is over: the next one of its name has another id. */
  removed(name: string): void {
    this.#tables.deleteConnector(this.#scope, name);
    this.#entries.delete(name);
  }
  deleted(name: string): void {
    this.removed(name);
    for (const earlier of [...this.#deleted.keys()]) this.isDeleted(earlier);
    this.#deleted.set(name, this.#now());
  }

  #put(entry: Entry): Entry {
    this.#tables.saveConnectors(this.#scope, [entry]);
    this.#entries.set(entry.name, entry);
    return entry;
  }
  #newId(name: string, createdAt: number): string {
    const mine = (id: string): boolean => this.all().some((entry) => entry.id === id);
    return freeConnectorId([this.#scope, name, String(createdAt)], (id) => mine(id) || this.#tables.isConnectorId(id));
  }
}
