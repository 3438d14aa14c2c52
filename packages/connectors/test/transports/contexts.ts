import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { InputContext, OutputContext, TableSchema } from "@headgate/connector-kit";
import type { ColumnType, Field } from "@headgate/engine";

export const column = (name: string, type: Omit<ColumnType, "nullable"> & { nullable?: boolean }): Field => ({
  name,
  caseSensitive: false,
  unused: false,
  columnType: { nullable: false, ...type },
});

export const schemaOf = (...fields: readonly Field[]): TableSchema => ({ name: "t", fields, primaryKey: undefined });

export const inputContext = (schema: TableSchema = schemaOf()): InputContext => ({
  endpointName: "t.c",
  schema,
  scratchDirectory: tmpdir(),
});

export const outputContext = (extra: Partial<OutputContext> = {}): OutputContext => ({ endpointName: "v.c", schema: schemaOf(), ...extra });

export const never = (): AbortSignal => new AbortController().signal;

/** A fresh directory, and what removes it. */
export async function scratch(): Promise<{ readonly path: (name: string) => string; readonly remove: () => Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), "headgate-transport-"));
  return { path: (name) => join(directory, name), remove: () => rm(directory, { recursive: true, force: true }) };
}

/** Waits for a condition, with a deadline. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 5000;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`${what}: not within 5 s`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
