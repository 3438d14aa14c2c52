import type { Index } from "../types.ts";
import type { Declared } from "./declared.ts";
import { compileError } from "./source-text.ts";
import type { CreateIndex } from "./statements.ts";

/** Checks an index, or returns undefined when the relation it is on has a mistake of its own. @throws ProgramError */
export function compileIndex(statement: CreateIndex, declared: Declared): Index | undefined {
  const { relation } = statement;
  const key = relation.name.toLowerCase();
  if (declared.broken.has(key)) return undefined;
  const target = declared.relations.get(key);
  if (target === undefined || target.name !== relation.name)
    throw compileError(`CREATE INDEX names an unknown view '${relation.name}'`, relation.token);
  if (target.kind === "view" && "local" in target && target.local === true)
    throw compileError(`'${relation.name}' is a LOCAL view: it is not an output, so it cannot have an index`, relation.token);
  const columns = statement.columns.map(({ name, token }) => {
    if (!target.fields.some((field) => field.name === name)) throw compileError(`'${relation.name}' has no column '${name}'`, token);
    return name;
  });
  return { name: statement.name.name, caseSensitive: statement.name.caseSensitive, relation: target.name, columns };
}
