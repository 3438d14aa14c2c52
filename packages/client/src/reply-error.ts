import { ApiError, ClientError, ConnectApiError } from "./errors.ts";

interface ErrorBody {
  readonly message: string;
  readonly error_code: string;
  readonly details?: unknown;
}

const isErrorBody = (body: unknown): body is ErrorBody =>
  typeof body === "object" &&
  body !== null &&
  typeof (body as Partial<ErrorBody>).message === "string" &&
  typeof (body as Partial<ErrorBody>).error_code === "string";

interface ConnectErrorBody {
  readonly error: { readonly code: number; readonly message: string };
}

function isConnectErrorBody(body: unknown): body is ConnectErrorBody {
  const error = (body as { readonly error?: Partial<ConnectErrorBody["error"]> | null } | null | undefined)?.error;
  return typeof error?.code === "number" && typeof error.message === "string";
}

/** The error for a non-2xx reply: an {@link ApiError} if the API wrote the body, else a {@link ClientError}. */
export function replyError(response: Response, body: unknown): ApiError | ClientError {
  const { status, headers } = response;
  if (isErrorBody(body)) {
    return new ApiError({ code: body.error_code, status, message: body.message, details: body.details, headers });
  }
  if (isConnectErrorBody(body)) return new ConnectApiError({ status, message: body.error.message, headers });
  // The Connect dialect refuses without a word.
  if (status === 429 && headers.has("x-ratelimit-limit")) {
    const wait = headers.get("retry-after") ?? headers.get("x-ratelimit-reset") ?? "some";
    return new ConnectApiError({ status, message: `Too many requests; the next ones are taken in ${wait} s.`, headers });
  }
  // A proxy that finds nobody behind it answers 502, 503 or 504 in its own words: that is a lost connection, not a reply.
  if (status === 502 || status === 503 || status === 504) {
    return new ClientError("connection", `A gateway answered ${status} in place of the server.`, { status });
  }
  return new ClientError(
    "malformed_reply",
    `The reply with status ${status} has no error body of the API. Check that baseUrl is the root of a Headgate server, without "/v0".`,
    { status },
  );
}
