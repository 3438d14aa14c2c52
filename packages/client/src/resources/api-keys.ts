import type { BodyOf, ReplyBody } from "../contract-types.ts";
import type { CallOptions } from "../deadline.ts";
import { ClientError } from "../errors.ts";
import type { Transport } from "../transport.ts";

export type ApiKey = ReplyBody<"listApiKeys">[number];

/** Keys that give access to the API. */
export interface ApiKeys {
  readonly list: (options?: CallOptions) => Promise<ApiKey[]>;
  readonly get: (name: string, options?: CallOptions) => Promise<ApiKey>;
  /** The only reply that ever holds the key's secret. */
  readonly create: (key: BodyOf<"createApiKey">, options?: CallOptions) => Promise<ReplyBody<"createApiKey">>;
  readonly delete: (name: string, options?: CallOptions) => Promise<void>;
}

export function createApiKeys({ call }: Transport): ApiKeys {
  return {
    list: (options) => call("listApiKeys", {}, options),
    get: async (name, options) => {
      // The published reply is a list of one.
      const [key] = await call("getApiKey", { path: { api_key_name: name } }, options);
      if (key === undefined) throw new ClientError("malformed_reply", `The reply for the API key '${name}' holds no key.`);
      return key;
    },
    create: (body, options) => call("createApiKey", { body }, options),
    delete: async (name, options) => {
      await call("deleteApiKey", { path: { api_key_name: name } }, options);
    },
  };
}
