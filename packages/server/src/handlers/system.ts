import { shuttingDown } from "../refusals.ts";
import type { HandlersOf, Services } from "./services.ts";

export function systemHandlers({ configuration, demos, draining }: Services) {
  return {
    getHealth: async () => {
      if (draining()) throw shuttingDown();
      return { status: 200, body: { status: "healthy" } };
    },
    getAuthenticationConfig: async () => ({ status: 200, body: {} }),
    getConfig: async () => ({ status: 200, body: configuration }),
    listDemos: async () => ({ status: 200, body: [...demos] }),
    getSession: async ({ role }) => ({ status: 200, body: { tenant_id: null, tenant_name: null, role, memberships: [] } }),
  } satisfies HandlersOf<"system">;
}
