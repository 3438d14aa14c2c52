/**
 * The catalogue's schema as numbered steps: step n takes `user_version` from n to n + 1. Released steps never change;
 * a new need is a new step at the end.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE pipelines (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL UNIQUE,
    definition TEXT NOT NULL,
    compiled TEXT NOT NULL,
    state TEXT NOT NULL
  ) STRICT;
  CREATE TABLE events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    pipeline_id TEXT NOT NULL REFERENCES pipelines (id) ON DELETE CASCADE,
    event_id TEXT NOT NULL,
    event TEXT NOT NULL
  ) STRICT;
  CREATE INDEX events_by_pipeline ON events (pipeline_id, seq);
  CREATE TABLE api_keys (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL CHECK (role IN ('read', 'write')),
    digest BLOB NOT NULL UNIQUE
  ) STRICT;
  CREATE TABLE processes (
    pid INTEGER PRIMARY KEY,
    start_mark TEXT NOT NULL
  ) STRICT;
  `,
  `
  CREATE TABLE connectors (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    scope TEXT NOT NULL,
    name TEXT NOT NULL,
    id TEXT NOT NULL UNIQUE,
    record TEXT NOT NULL,
    UNIQUE (scope, name)
  ) STRICT;
  CREATE TABLE offsets_requests (
    scope TEXT NOT NULL,
    name TEXT NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (scope, name)
  ) STRICT;
  `,
];
