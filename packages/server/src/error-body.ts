/**
 * The only writer of error bodies: domain code → HTTP status and wire form, in the words of the dialect that was spoken to.
 *
 * Law 7 and law 8 meet here: an error that is not one of ours becomes `InternalError`; what it said goes to the log alone.
 */
import { STATUS_CODES } from "node:http";
import { ConnectError, ManagerError } from "@headgate/manager";
import type { Dialect } from "./dialect.ts";
import { connectStatusOf, statusOf } from "./error-status.ts";
import { RateLimitError, RequestError } from "./errors.ts";

/** Body of an error in the Pipelines dialect, which is also how a domain object carries an error. */
export interface ErrorBody {
  readonly message: string;
  readonly error_code: string;
  readonly details: unknown;
}

export interface ErrorReply {
  readonly status: number;
  /** Undefined: the answer has no body. */
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
  /** True when it must be logged with its stack: the cause is unknown to us, or lies in an engine. */
  readonly unexpected: boolean;
}

/** Whom an error is told to. */
export interface ErrorTarget {
  readonly dialect: Dialect;
  /** The request's id. */
  readonly id: string;
  /** What was asked for, once that is known. */
  readonly operation?: { readonly id: string } | undefined;
}

/** What was thrown, before any dialect's form. */
interface Failure {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly details: unknown;
  readonly headers: Readonly<Record<string, string>>;
  readonly unexpected: boolean;
}

/** Seconds a client waits before it repeats a request that was answered 503. */
const retryAfterSeconds = "5";
const noHeaders: Readonly<Record<string, string>> = {};

const internalError: Failure = {
  status: 500,
  code: "InternalError",
  message: "The server failed to answer. Its log has the cause, under the id in X-Request-Id.",
  details: {},
  headers: noHeaders,
  unexpected: true,
};

const writers: Readonly<Record<Dialect, (failure: Failure, target: ErrorTarget) => unknown>> = {
  pipelines: toErrorBody,
  connect: toConnectBody,
  sts: toStsBody,
};

/** The reply for anything that was thrown while a request was served. */
export function toErrorReply(error: unknown, target: ErrorTarget = { dialect: "pipelines", id: "" }): ErrorReply {
  const failure = explain(error);
  const { status, headers, unexpected } = failure;
  return { status, body: writers[target.dialect](failure, target), headers, unexpected };
}

function explain(error: unknown): Failure {
  if (error instanceof RateLimitError) return { ...known(error, 429, error.headers), code: "TooManyRequests", details: {} };
  if (error instanceof ConnectError) {
    const status = connectStatusOf[error.code];
    return { ...known(error, status, noHeaders), code: error.code, details: {}, unexpected: error.code === "EngineFailed" };
  }
  if (error instanceof RequestError || error instanceof ManagerError) {
    // A pipeline process of another version may send a code that this server does not know.
    const status = (statusOf as Readonly<Record<string, number | undefined>>)[error.code];
    if (status !== undefined && error.code !== "InternalError") {
      const own = error instanceof RequestError ? error.headers : noHeaders;
      return { ...known(error, status, own), code: error.code, details: error.details };
    }
  }
  return internalError;
}

function known({ message }: Error, status: number, own: Readonly<Record<string, string>>) {
  return { status, message, headers: status === 503 ? { "Retry-After": retryAfterSeconds, ...own } : own, unexpected: false };
}

/** The Pipelines form of an error, also of one that a domain object carries, for example `deployment_error`. */
export function toErrorBody(error: { readonly code: string; readonly message: string; readonly details: unknown }): ErrorBody {
  return { message: error.message, error_code: error.code, details: error.details ?? {} };
}

/** Published clients look for these words in messages, so they stand first. */
const publishedWords: Readonly<Record<string, string>> = {
  InsufficientPermissions: "Forbidden",
  UnknownCluster: "account not found",
  UnknownConnector: "resource not found",
  UnknownPlugin: "resource not found",
  NoOffsetsRequest: "resource not found",
  UnknownPath: "resource not found",
  InternalError: "Oops, something went wrong",
};

/** The Connect form: the status is the code, and 429 has no body at all. */
function toConnectBody({ status, code, message }: Failure, { operation }: ErrorTarget): unknown {
  if (status === 429) return undefined;
  if (status === 401) return { error: { code: status, message: "Unauthorized" } };
  const words = publishedWords[code];
  const error = { code: status, message: words === undefined ? message : `${words}: ${message}` };
  // Published with another form than all others: clients of this one answer look for its message at the top.
  return status === 400 && operation?.id === "createConnectv1Connector" ? { error, ...error } : { error };
}

/** The general form of the published cloud's other services: a list with one error. */
function toStsBody({ status, code, message, details }: Failure, { id }: ErrorTarget): unknown {
  const error = {
    id,
    status: String(status),
    code: code.replaceAll(/(?<!^)[A-Z]/g, "_$&").toLowerCase(),
    title: STATUS_CODES[status] ?? "Error",
    detail: message,
    source: sourceOf(details),
  };
  return { errors: [error] };
}

/** The first field that is at fault, if the error names any. */
function sourceOf(details: unknown): { readonly pointer?: string } {
  const pointer = (details as { readonly errors?: readonly { readonly path?: unknown }[] } | null)?.errors?.[0]?.path;
  return typeof pointer === "string" ? { pointer } : {};
}

/** Every code of the Pipelines dialect with its HTTP status, for documentation and tests. */
export const errorStatuses: Readonly<Record<string, number>> = statusOf;
