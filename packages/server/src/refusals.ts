import type { IncomingHttpHeaders } from "node:http";
import { RequestError } from "./errors.ts";

/** 400 for a request of HTTP/1.1 without its one obligatory header. */
export function hostMissing(): RequestError {
  return new RequestError("InvalidRequest", "The request is not valid: the Host header is missing.");
}

/** 404 for a path that the contract does not have. */
export function unknownPath(path: string): RequestError {
  return new RequestError("UnknownPath", `Unknown path '${path.slice(0, 200)}'.`, { path: path.slice(0, 200) });
}

/** 405 with the methods that the path does have. */
export function methodNotAllowed(method: string, allow: string): RequestError {
  return new RequestError(
    "MethodNotAllowed",
    `Method ${method} is not allowed here; allowed are: ${allow}.`,
    { method, allow: allow.split(", ") },
    { headers: { Allow: allow } },
  );
}

/** 413 for a JSON body past the limit. */
export function payloadTooLarge(limit: number): RequestError {
  return new RequestError("PayloadTooLarge", `The body is larger than ${limit} bytes.`, { limit_bytes: limit });
}

/** 415 for a body in a character set or a compression that is not understood. */
export function unsupportedEncoding(headers: IncomingHttpHeaders): RequestError {
  return new RequestError("UnsupportedMediaType", "The body must be UTF-8, sent as it is or compressed with gzip, deflate or br.", {
    content_type: headers["content-type"] ?? null,
    content_encoding: headers["content-encoding"] ?? null,
  });
}

/** 503 while the server ends its work. */
export function shuttingDown(): RequestError {
  return new RequestError("ShuttingDown", "The server is shutting down.");
}

/** 400 for an event that is named neither by UUID nor by `latest`. */
export function invalidEventId(value: string): RequestError {
  return new RequestError("InvalidUuidParam", `'${value}' is neither a UUID nor 'latest'`, { value });
}

/** The published refusal of an action that is neither `start` nor `pause`. */
export function invalidConnectorAction(action: string): RequestError {
  return new RequestError("InvalidConnectorAction", `Invalid connector action '${action}'; valid actions are: 'start' or 'pause'`, {
    action,
  });
}

/** 400 for a token exchange whose subject is nobody here. */
export function unknownSubject(): RequestError {
  return new RequestError("InvalidRequest", "subject_token is not the secret of an API key of this server.", {
    errors: [{ path: "/body/subject_token", message: "is not the secret of an API key" }],
  });
}
