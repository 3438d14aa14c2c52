import type { ApiKeyService } from "@headgate/manager";
import { RequestError } from "./errors.ts";
import type { Operation } from "./operation.ts";
import { anyone, holdsRole, type Principal } from "./principal.ts";

/** Decides who calls and whether they may. @throws RequestError `InvalidApiKey` | `InsufficientPermissions`. */
export type Authenticate = (operation: Operation, authorization: string | undefined) => Principal;

export interface AuthenticationOptions {
  /** False: every caller may do everything, and no header is looked at. */
  readonly required: boolean;
}

const bearer = /^bearer +(\S+) *$/i;
const challenge = { "WWW-Authenticate": 'Bearer realm="headgate"' };

/** Law 7: neither the header nor any part of the key goes into an error. */
export function createAuthenticate(options: AuthenticationOptions, keys: Pick<ApiKeyService, "authenticate">): Authenticate {
  if (!options.required) return () => anyone;
  return (operation, authorization) => {
    const { role } = operation;
    if (role === undefined) return anyone;
    if (authorization === undefined) {
      throw new RequestError(
        "InvalidApiKey",
        "An API key is needed. Send it as a bearer token in Authorization.",
        {},
        { headers: challenge },
      );
    }
    const secret = bearer.exec(authorization)?.[1];
    const key = secret === undefined ? undefined : keys.authenticate(secret);
    if (key === undefined)
      throw new RequestError("InvalidApiKey", "The API key is not known. Send a valid key as a bearer token.", {}, { headers: challenge });
    const principal: Principal = { kind: "key", name: key.name, role: key.role };
    if (!holdsRole(principal, role)) {
      throw new RequestError(
        "InsufficientPermissions",
        `This operation needs the role '${role}'; the API key '${key.name}' has the role '${key.role}'.`,
        { required: role, actual: key.role },
      );
    }
    return principal;
  };
}
