import type { PlanType } from "../plan/types.ts";

/** A type as SQL writes it, for messages. */
export function typeName(type: PlanType): string {
  switch (type.id) {
    case "DECIMAL":
      return `DECIMAL(${type.width ?? 18},${type.scale ?? 0})`;
    case "LIST":
      return type.child === undefined ? "LIST" : `${typeName(type.child)}[]`;
    default:
      return type.id;
  }
}
