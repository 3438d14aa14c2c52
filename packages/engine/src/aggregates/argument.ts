import type { AggregateCall, Expression, PlanType } from "../plan/types.ts";
import { Unsupported } from "../plan/unsupported.ts";
import { typeName } from "./type-name.ts";

/** The only argument of a call. @throws Unsupported when it has more, or none. */
export function onlyArgument(call: AggregateCall): Expression {
  const [first, ...others] = call.args;
  if (first === undefined || others.length > 0) throw unproven(call);
  return first;
}

/** The refusal of a call with arguments that are not proven. */
export function unproven(call: AggregateCall): Unsupported {
  return new Unsupported(`aggregate ${call.name}(${call.args.map((arg) => typeName(arg.type)).join(", ")})`);
}

/**
 * Refuses types with values that SQL holds equal and people can tell apart: which of `1 month` and `30 days` a group or a maximum
 * shows depends on the order of rows in DuckDB.
 *
 * @throws Unsupported for INTERVAL, alone or inside another type.
 */
export function requireIdentity(type: PlanType, use: string): void {
  if (hasInterval(type)) throw new Unsupported(`${use} of INTERVAL: equal intervals may differ in their fields`);
}

function hasInterval(type: PlanType): boolean {
  const parts = [type.child, type.key, type.value, ...(type.fields ?? []).map((field) => field.type)];
  return type.id === "INTERVAL" || parts.some((part) => part !== undefined && hasInterval(part));
}
