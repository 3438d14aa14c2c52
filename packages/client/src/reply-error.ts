import { ApiError, ClientError } from "./errors.ts";

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

/** The error for a non-2xx reply: an {@link ApiError} if the API wrote the body, else a {@link ClientError}. */
export function replyError(response: Response, body: unknown): ApiError | ClientError {
  const { status, headers } = response;
  if (isErrorBody(body)) {
    return new ApiError({ code: body.error_code, status, message: body.message, details: body.details, headers });
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
