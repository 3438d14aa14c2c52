import type { ErrorCode } from "./contract-types.ts";

/** A code of the contract, or one that a newer server has and this client does not know. */
export type AnyErrorCode = ErrorCode | (string & {});

/** What the server answered, in words and in the contract's error body. */
export class ApiError<Code extends AnyErrorCode = AnyErrorCode> extends Error {
  readonly code: Code;
  readonly status: number;
  readonly details: unknown;
  readonly requestId: string | undefined;
  readonly headers: Headers;
  constructor(reply: {
    readonly code: Code;
    readonly status: number;
    readonly message: string;
    readonly details: unknown;
    readonly headers: Headers;
  }) {
    super(reply.message);
    this.name = "ApiError";
    this.code = reply.code;
    this.status = reply.status;
    this.details = reply.details;
    this.headers = reply.headers;
    this.requestId = reply.headers.get("x-request-id") ?? undefined;
  }
}

/** What the server answered in the Connect dialect, which has no codes beside the HTTP status: `code` is the status as text. */
export class ConnectApiError extends ApiError {
  constructor(reply: { readonly status: number; readonly message: string; readonly headers: Headers }) {
    super({ ...reply, code: String(reply.status), details: null });
    this.name = "ConnectApiError";
  }
}

/**
 * - `timeout`: the deadline of the call or the wait passed.
 * - `aborted`: the caller's signal fired, or the client was told to stop.
 * - `connection`: no answer of the API arrived: refused, cut, or a gateway answered in its place.
 * - `malformed_reply`: something answered that does not speak the contract.
 * - `invalid_argument`: the call cannot be sent as it is.
 * - `compilation_failed`, `deployment_failed`, `suspend_failed`, `checkpoint_failed`, `offsets_failed`: what was waited for will not happen; `details`
 *   has the server's reason.
 * - `approval_needed`: what was waited for comes only after an approval; `details` has what there is to approve.
 */
export type ClientErrorCode =
  | "timeout"
  | "aborted"
  | "connection"
  | "malformed_reply"
  | "invalid_argument"
  | "compilation_failed"
  | "deployment_failed"
  | "approval_needed"
  | "suspend_failed"
  | "checkpoint_failed"
  | "offsets_failed";

/** What went wrong on this side of the wire, or between the two. */
export class ClientError extends Error {
  readonly code: ClientErrorCode;
  /** HTTP status of the reply that was not an answer of the API. */
  readonly status: number | undefined;
  readonly details: unknown;
  constructor(
    code: ClientErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly status?: number; readonly details?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "ClientError";
    this.code = code;
    this.status = options.status;
    this.details = options.details;
  }
}

/** Whether the server answered with an error, and if a code is given, with that one. */
export function isApiError(error: unknown): error is ApiError;
export function isApiError<Code extends ErrorCode>(error: unknown, code: Code): error is ApiError<Code>;
export function isApiError(error: unknown, code?: string): boolean {
  return error instanceof ApiError && (code === undefined || error.code === code);
}

/** Whether the server answered with an error of the Connect dialect, and if a status is given, with that one. */
export function isConnectApiError(error: unknown, status?: number): error is ConnectApiError {
  return error instanceof ConnectApiError && (status === undefined || error.status === status);
}

/** Whether the call failed without an answer of the API, and if a code is given, in that way. */
export function isClientError(error: unknown, code?: ClientErrorCode): error is ClientError {
  return error instanceof ClientError && (code === undefined || error.code === code);
}
