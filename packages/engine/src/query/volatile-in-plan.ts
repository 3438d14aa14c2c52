import { volatileFunctions } from "./inspect-query.ts";

/**
 * The first function of a bound plan whose value changes from call to call, or undefined. Binding unfolds macros, which
 * hide such calls from the syntax tree.
 */
export function volatileInPlan(plan: unknown): string | undefined {
  if (typeof plan !== "object" || plan === null) return undefined;
  if (!Array.isArray(plan) && "expression_class" in plan && "name" in plan && typeof plan.name === "string") {
    const name = plan.name.toLowerCase();
    if (plan.expression_class === "BOUND_FUNCTION" && volatileFunctions.has(name)) return name;
  }
  for (const value of Object.values(plan)) {
    const found = volatileInPlan(value);
    if (found !== undefined) return found;
  }
  return undefined;
}
