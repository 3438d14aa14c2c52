import type { PlanType } from "../plan/types.ts";

/** Whether two types are one, in all their parts. */
export function sameType(a: PlanType | undefined, b: PlanType | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  if (a === b) return true;
  return (
    a.id === b.id &&
    a.width === b.width &&
    a.scale === b.scale &&
    sameType(a.child, b.child) &&
    sameType(a.key, b.key) &&
    sameType(a.value, b.value) &&
    a.fields?.length === b.fields?.length &&
    (a.fields ?? []).every((field, i) => field.name === b.fields![i]!.name && sameType(field.type, b.fields![i]!.type))
  );
}
