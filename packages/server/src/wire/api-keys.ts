import type { Schemas } from "@headgate/contract";
import type { ApiKey } from "@headgate/manager";

/** Law 7: the secret is not among the fields, whatever the service hands over. */
export function toApiKey({ id, name, role }: ApiKey): Schemas["ApiKey"] {
  return { id, name, role };
}
