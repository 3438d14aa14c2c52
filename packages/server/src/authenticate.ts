import type { ApiKey, ApiKeyService } from "@headgate/manager";
import type { Dialect } from "./dialect.ts";
import { RequestError } from "./errors.ts";
import type { Operation } from "./operation.ts";
import { anyone, holdsRole, type Principal } from "./principal.ts";

/** Decides who calls and whether they may. @throws RequestError `InvalidApiKey` | `InsufficientPermissions`. */
export type Authenticate = (operation: Operation, authorization: string | undefined) => Principal;

export interface AuthenticationOptions {
  /** False: every caller may do everything, and no header is looked at. */
  readonly required: boolean;
}

type Keys = Pick<ApiKeyService, "authenticate" | "authenticateToken">;
/** How one dialect's callers show a key, and how they are told to. */
interface Scheme {
  find(authorization: string, keys: Keys): ApiKey | undefined;
  readonly missing: { readonly message: string; readonly challenge: string };
  readonly wrong: { readonly message: string; readonly challenge: string };
}

const bearer = /^bearer +(\S+) *$/i;
const basic = /^basic +(\S+) *$/i;

const bearerOnly: Scheme = {
  find: (authorization, keys) => {
    const secret = bearer.exec(authorization)?.[1];
    return secret === undefined ? undefined : keys.authenticate(secret);
  },
  missing: { message: "An API key is needed. Send it as a bearer token in Authorization.", challenge: 'Bearer realm="headgate"' },
  wrong: { message: "The API key is not known. Send a valid key as a bearer token.", challenge: 'Bearer realm="headgate"' },
};

const schemes: Readonly<Record<Dialect, Scheme>> = {
  pipelines: bearerOnly,
  sts: bearerOnly,
  connect: {
    find: (authorization, keys) => {
      const token = bearer.exec(authorization)?.[1];
      if (token !== undefined) return keys.authenticate(token) ?? keys.authenticateToken(token);
      const pair = basic.exec(authorization)?.[1];
      return pair === undefined ? undefined : findByPair(Buffer.from(pair, "base64").toString(), keys);
    },
    missing: { message: "An API key is needed.", challenge: 'Basic error="invalid_key", error_description="An API Key is needed"' },
    wrong: { message: "The API key is not known.", challenge: 'Basic error="invalid_key", error_description="The API Key is invalid"' },
  },
};

/** `user:password`; both a name and a secret may hold colons, so the user's own length decides where the password begins. */
function findByPair(pair: string, keys: Keys): ApiKey | undefined {
  for (let colon = pair.indexOf(":"); colon !== -1; colon = pair.indexOf(":", colon + 1)) {
    const key = keys.authenticate(pair.slice(colon + 1));
    const user = pair.slice(0, colon);
    if (key !== undefined) return user === key.name || user === key.id ? key : undefined;
  }
  return undefined;
}

/** Law 7: neither the header nor any part of the key goes into an error. */
export function createAuthenticate(options: AuthenticationOptions, keys: Keys): Authenticate {
  if (!options.required) return () => anyone;
  return (operation, authorization) => {
    const { role } = operation;
    if (role === undefined) return anyone;
    const scheme = schemes[operation.dialect];
    if (authorization === undefined) throw unknownCaller(scheme.missing);
    const key = scheme.find(authorization, keys);
    if (key === undefined) throw unknownCaller(scheme.wrong);
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

function unknownCaller({ message, challenge }: Scheme["missing"]): RequestError {
  return new RequestError("InvalidApiKey", message, {}, { headers: { "WWW-Authenticate": challenge } });
}
