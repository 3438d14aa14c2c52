import type { PlanType, PlanTypeId } from "../plan/types.ts";
import { Unsupported } from "../plan/unsupported.ts";
import type { Value } from "../types.ts";
import type { BoundCall, Overload, ScalarFunction } from "./types.ts";

type Evaluate = (...args: never[]) => Value;
type Inline = (...args: string[]) => string;

/** A function under all of DuckDB's names for it. */
export function scalar(names: string | readonly string[], ...overloads: readonly (Overload | readonly Overload[])[]): ScalarFunction {
  return { names: typeof names === "string" ? [names] : names, overloads: overloads.flat() };
}

/**
 * An overload that depends on its values alone. The types are read from the signature: `substring(VARCHAR, BIGINT)`; a last
 * type with dots stands for one or more arguments. Only scalar types can be given so.
 */
export function pure(signature: string, evaluate: Evaluate, inline?: Inline): Overload {
  return {
    signature,
    onNull: "null",
    accepts: acceptsTypes(signature),
    bind: () => evaluate,
    ...(inline === undefined ? {} : { inline: (args: readonly string[]) => inline(...args) }),
  };
}

/** An overload that prepares itself from the call's constants and types. */
export function bound(signature: string, bind: (call: BoundCall) => Evaluate, onNull: Overload["onNull"] = "null"): Overload {
  return { signature, onNull, accepts: acceptsTypes(signature), bind };
}

/** An overload with a rule of its own for the types it takes. */
export function matching(
  signature: string,
  accepts: Overload["accepts"],
  bind: (call: BoundCall) => Evaluate,
  onNull: Overload["onNull"] = "null",
): Overload {
  return { signature, onNull, accepts, bind };
}

/** The value of an argument that has to be a constant of the query. @throws Unsupported when it is not, or is NULL. */
export function constantArgument(call: BoundCall, index: number): NonNullable<Value> {
  const argument = call.args[index];
  if (argument?.kind !== "constant" || argument.value === null) throw new Unsupported(`argument ${index + 1} that is not a constant`);
  return argument.value;
}

/** The same for text. */
export function constantText(call: BoundCall, index: number): string {
  const value = constantArgument(call, index);
  if (typeof value !== "string") throw new Unsupported(`argument ${index + 1} that is not text`);
  return value;
}

export const isConstant = (call: BoundCall, index: number): boolean => call.args[index]?.kind === "constant";

function acceptsTypes(signature: string): Overload["accepts"] {
  const list = signature.slice(signature.indexOf("(") + 1, -1);
  const types = list === "" ? [] : list.split(", ");
  const rest = types.at(-1)?.endsWith("...") === true ? types.pop()!.slice(0, -3) : undefined;
  const matches = (type: PlanType, id: string): boolean => type.id === (id as PlanTypeId);
  return (args) =>
    (rest === undefined ? args.length === types.length : args.length > types.length) &&
    args.every((type, i) => matches(type, types[i] ?? rest!));
}
