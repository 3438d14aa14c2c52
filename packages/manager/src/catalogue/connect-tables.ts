import type { DatabaseSync } from "node:sqlite";
import { atomically } from "./atomically.ts";

/** A connector of a cluster that is not ours, by its id; `record` is what its driver remembers of it. */
export interface StoredConnector<Record = unknown> {
  readonly name: string;
  readonly id: string;
  readonly record: Record;
}

/** What the Connect dialect remembers; a scope is a cluster, or one pipeline. */
export interface ConnectTables {
  /** In the order in which they were first saved. */
  connectors(scope: string): readonly StoredConnector[];
  isConnectorId(id: string): boolean;
  /** Saves all or none, each in the place of the connector of its name, if there is one. */
  saveConnectors(scope: string, connectors: readonly StoredConnector[]): void;
  /** Forgets the connector with its last request. */
  deleteConnector(scope: string, name: string): void;
  offsetsRequests(): readonly { readonly scope: string; readonly name: string; readonly record: unknown }[];
  offsetsRequest(scope: string, name: string): unknown;
  /** Saves the last request of a connector, which replaces the one before. */
  saveOffsetsRequest(scope: string, name: string, record: unknown): void;
  deleteOffsetsRequests(scope: string): void;
}

interface ConnectorRow {
  readonly name: string;
  readonly id: string;
  readonly record: string;
}
interface RequestRow {
  readonly scope: string;
  readonly name: string;
  readonly record: string;
}

/** The tables of the Connect dialect in the catalogue's database. */
export function connectTables(db: DatabaseSync): ConnectTables {
  const all = db.prepare("SELECT name, id, record FROM connectors WHERE scope = ? ORDER BY seq");
  const byId = db.prepare("SELECT 1 FROM connectors WHERE id = ?");
  const save = db.prepare(
    "INSERT INTO connectors (scope, name, id, record) VALUES (?, ?, ?, ?) ON CONFLICT (scope, name) DO UPDATE SET id = excluded.id, record = excluded.record",
  );
  const remove = db.prepare("DELETE FROM connectors WHERE scope = ? AND name = ?");
  const allRequests = db.prepare("SELECT scope, name, record FROM offsets_requests");
  const oneRequest = db.prepare("SELECT scope, name, record FROM offsets_requests WHERE scope = ? AND name = ?");
  const saveRequest = db.prepare("INSERT OR REPLACE INTO offsets_requests (scope, name, record) VALUES (?, ?, ?)");
  const removeRequest = db.prepare("DELETE FROM offsets_requests WHERE scope = ? AND name = ?");
  const removeRequests = db.prepare("DELETE FROM offsets_requests WHERE scope = ?");
  return {
    connectors: (scope) =>
      (all.all(scope) as unknown as ConnectorRow[]).map(({ name, id, record }) => ({ name, id, record: JSON.parse(record) as unknown })),
    isConnectorId: (id) => byId.get(id) !== undefined,
    saveConnectors: (scope, connectors) => {
      atomically(db, () => {
        for (const { name, id, record } of connectors) save.run(scope, name, id, JSON.stringify(record));
      });
    },
    deleteConnector: (scope, name) => {
      // The request first: one that is left alone would be taken for the next connector's of this name.
      removeRequest.run(scope, name);
      remove.run(scope, name);
    },
    offsetsRequests: () =>
      (allRequests.all() as unknown as RequestRow[]).map(({ record, ...row }) => ({ ...row, record: JSON.parse(record) as unknown })),
    offsetsRequest: (scope, name) => {
      const row = oneRequest.get(scope, name) as unknown as RequestRow | undefined;
      return row === undefined ? undefined : JSON.parse(row.record);
    },
    saveOffsetsRequest: (scope, name, record) => void saveRequest.run(scope, name, JSON.stringify(record)),
    deleteOffsetsRequests: (scope) => void removeRequests.run(scope),
  };
}
