import type { Pipeline } from "../api.ts";
import { combinedDesiredStatus, combinedStatus } from "./combined-status.ts";

/** The fields that move together with a time of their own. */
const timed = [
  ["resourcesStatus", "resourcesStatusSince"],
  ["resourcesDesiredStatus", "resourcesDesiredStatusSince"],
  ["runtimeStatus", "runtimeStatusSince"],
  ["runtimeDesiredStatus", "runtimeDesiredStatusSince"],
  ["programStatus", "programStatusSince"],
] as const;
const nullable: ReadonlySet<string> = new Set(["runtimeStatusSince", "runtimeDesiredStatusSince"]);

/** Applies a change; each `_since` moves exactly when its field does. The same object when nothing differs. */
export function change(before: Pipeline, fields: Partial<Pipeline>, now: string): Pipeline {
  const keys = Object.keys(fields) as (keyof Pipeline)[];
  if (keys.every((key) => before[key] === fields[key])) return before;
  const after: Record<string, unknown> & Pipeline = { ...before, ...fields };
  const writable: Record<string, unknown> = after;
  for (const [field, since] of timed) {
    if (before[field] === after[field]) continue;
    writable[since] = after[field] === null && nullable.has(since) ? null : now;
  }
  if (combinedStatus(before) !== combinedStatus(after)) writable["deploymentStatusSince"] = now;
  if (combinedDesiredStatus(before) !== combinedDesiredStatus(after)) writable["deploymentDesiredStatusSince"] = now;
  return after;
}
