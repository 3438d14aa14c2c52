import { createHash } from "node:crypto";
import type { ProgramChange, RelationChange } from "../engine.ts";
import { tokenize } from "../program/tokenize.ts";
import { withInputs, type Dependencies } from "../runtime/dependencies.ts";
import type { Field, Program } from "../types.ts";

/** What a program's relations are made of, as one text each: equal texts mean that stored rows still hold. */
export interface Fingerprints {
  readonly tables: Readonly<Record<string, string>>;
  readonly views: Readonly<Record<string, string>>;
}

/**
 * A table's columns and key; a view's columns and query, and the same of all that it reads. With emit_final the LATENESS of the tables too:
 * which rows are final depends on it.
 */
export function fingerprints(program: Program, dependencies: Dependencies): Fingerprints {
  const found = new Map<string, string>();
  for (const table of program.tables) found.set(table.name, digest([shape(table.fields), table.primaryKey ?? null]));
  for (const view of program.views) {
    const inputs = [...(dependencies.get(view.name) ?? [])].sort();
    const { emitFinal } = view;
    const finality = emitFinal === undefined ? [] : [[emitFinal, latenesses(program, view.name, dependencies)]];
    found.set(view.name, digest([shape(view.fields), normalized(view.query), inputs.map((name) => [name, found.get(name)!]), ...finality]));
  }
  const pick = (relations: readonly { readonly name: string }[]): Record<string, string> =>
    Object.fromEntries(relations.map(({ name }) => [name, found.get(name)!]));
  return { tables: pick(program.tables), views: pick(program.views) };
}

function latenesses({ tables }: Program, view: string, dependencies: Dependencies): unknown {
  const read = new Set([...withInputs([view], dependencies)].flatMap((name) => [...dependencies.get(name)!]));
  return tables.filter(({ name }) => read.has(name)).map(({ name, lateness }) => [name, lateness ?? []]);
}

const shape = (fields: readonly Field[]): unknown => fields.map(({ name, columnType }) => [name, columnType]);
/** A query without its comments and line breaks. */
const normalized = (query: string): readonly string[] => tokenize(query).map((token) => token.text);
const digest = (content: unknown): string => createHash("sha256").update(JSON.stringify(content)).digest("base64url").slice(0, 22);

/** What leads from one program to another. */
export function programChange(before: Fingerprints, after: Fingerprints): ProgramChange {
  return { tables: relationChange(before.tables, after.tables), views: relationChange(before.views, after.views) };
}

function relationChange(before: Readonly<Record<string, string>>, after: Readonly<Record<string, string>>): RelationChange {
  const names = Object.keys(after);
  return {
    added: names.filter((name) => !Object.hasOwn(before, name)),
    removed: Object.keys(before).filter((name) => !Object.hasOwn(after, name)),
    modified: names.filter((name) => Object.hasOwn(before, name) && before[name] !== after[name]),
  };
}

/** Two changes, one after the other, seen together: what is new or modified by either. */
export function joinChanges(first: ProgramChange, second: ProgramChange): ProgramChange {
  const join = (a: RelationChange, b: RelationChange): RelationChange => {
    const added = new Set([...a.added.filter((name) => !b.removed.includes(name)), ...b.added]);
    const modified = new Set([...a.modified, ...b.modified].filter((name) => !added.has(name) && !b.removed.includes(name)));
    return {
      added: [...added],
      removed: [...new Set([...a.removed, ...b.removed])].filter((name) => !added.has(name)),
      modified: [...modified],
    };
  };
  return { tables: join(first.tables, second.tables), views: join(first.views, second.views) };
}

export const noChange: ProgramChange = {
  tables: { added: [], removed: [], modified: [] },
  views: { added: [], removed: [], modified: [] },
};
