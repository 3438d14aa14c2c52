import type { HandlersOf, Services } from "./services.ts";
import { toApiKey } from "../wire/api-keys.ts";

export function apiKeyHandlers({ manager: { apiKeys } }: Services) {
  return {
    listApiKeys: async () => ({ status: 200, body: (await apiKeys.list()).map(toApiKey) }),
    createApiKey: async ({ body }) => {
      const key = await apiKeys.create(body.name, body.role ?? "read");
      return { status: 201, body: { id: key.id, name: key.name, api_key: key.secret } };
    },
    getApiKey: async ({ params }) => ({ status: 200, body: [toApiKey(await apiKeys.get(params.api_key_name))] }),
    deleteApiKey: async ({ params }) => {
      await apiKeys.delete(params.api_key_name);
      return { status: 200 };
    },
  } satisfies HandlersOf<"api-keys">;
}
