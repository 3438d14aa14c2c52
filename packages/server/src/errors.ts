/** Codes of the HTTP shell itself: what it refuses before, or without, asking the manager. */
export type ServerErrorCode =
  | "InvalidRequest"
  | "InvalidConnectorAction"
  | "InvalidUuidParam"
  | "InvalidApiKey"
  | "InsufficientPermissions"
  | "UnknownPath"
  | "MethodNotAllowed"
  | "PayloadTooLarge"
  | "UnsupportedMediaType"
  | "ShuttingDown"
  | "InternalError";

/** A refusal by the HTTP shell; `message` and `details` are shown to the client as they are. */
export class RequestError extends Error {
  readonly code: ServerErrorCode;
  readonly details: unknown;
  /** Extra response headers, for example `Allow`. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: ServerErrorCode,
    message: string,
    details: unknown = {},
    options: { readonly headers?: Readonly<Record<string, string>>; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "RequestError";
    this.code = code;
    this.details = details;
    this.headers = options.headers ?? {};
  }
}

/** A caller has had all its requests of the window. */
export class RateLimitError extends Error {
  readonly headers: Readonly<Record<string, string>>;

  constructor(retryAfterSeconds: number) {
    super(`The caller has had all its requests of this window; the next one begins in ${retryAfterSeconds} s.`);
    this.name = "RateLimitError";
    this.headers = { "Retry-After": String(retryAfterSeconds) };
  }
}
