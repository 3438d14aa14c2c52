import type { ApiKeyRole } from "@headgate/manager";

/** Who calls: the holder of an API key, or anyone where authentication is off or not asked for. */
export type Principal = { readonly kind: "anyone" } | { readonly kind: "key"; readonly name: string; readonly role: ApiKeyRole };

/** The caller where nothing is asked of callers. */
export const anyone: Principal = { kind: "anyone" };

/** True when the principal may do what the role may do; `write` includes `read`. */
export function holdsRole(principal: Principal, role: ApiKeyRole): boolean {
  return principal.kind === "anyone" || principal.role === "write" || role === "read";
}
