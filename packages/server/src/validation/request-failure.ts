import { RequestError } from "../errors.ts";
import type { Operation } from "../operation.ts";

/** One failed keyword, in the form that both lanes reduce their validator's errors to. */
export interface Failure {
  /** JSON pointer into `{ query, headers, params, body }`. */
  readonly pointer: string;
  /** The JSON Schema keyword that failed. */
  readonly keyword: string;
  readonly message: string;
}

/** The parts of a request that a refusal may quote. */
export interface RequestParts {
  readonly query: Readonly<Record<string, unknown>>;
  readonly params: Readonly<Record<string, unknown>>;
}

const shownLength = 80;
const nouns: Readonly<Record<string, string>> = {
  query: "query parameter",
  params: "path parameter",
  headers: "header",
  body: "body field",
};

/** Turns validation failures into the refusal that both lanes give. */
export function toRequestError(failures: readonly Failure[], parts: RequestParts): RequestError {
  const errors = withoutChoices(failures).map((failure) => describe(failure, parts));
  const message = `The request is not valid: ${errors.map((error) => error.sentence).join("; ")}.`;
  return new RequestError("InvalidRequest", message, { errors: errors.map(({ path, message: m }) => ({ path, message: m })) });
}

/** A value that fits none of several schemas is told by what each of them wanted; a choice that had `null` in it, by the rest. */
function withoutChoices(failures: readonly Failure[]): readonly Failure[] {
  const choice = ({ keyword }: Failure): boolean => keyword === "oneOf" || keyword === "anyOf";
  const chosen = new Set(failures.filter(choice).map((failure) => failure.pointer));
  const told = failures.filter((failure) => !chosen.has(failure.pointer) || !(choice(failure) || failure.message === "must be null"));
  return told.length > 0 ? told : failures;
}

function describe(failure: Failure, parts: RequestParts): { sentence: string; path: string; message: string } {
  const [part = "", ...keys] = failure.pointer.split("/").slice(1).map(unescape);
  const message =
    failure.keyword === "required"
      ? "is required"
      : failure.message.replace(/^must be equal to one of the allowed values(?:: )?/, "must be one of ");
  const subject = keys.length === 0 ? `the ${part === "" ? "request" : part}` : `${nouns[part] ?? part} '${keys.join(".")}'`;
  return { sentence: `${subject} ${message}${quote(part, keys, parts)}`, path: failure.pointer, message };
}

/** The value as the client wrote it: only from the URL, since bodies may hold secrets (Law 7). */
function quote(part: string, keys: readonly string[], parts: RequestParts): string {
  if (keys.length !== 1 || (part !== "query" && part !== "params")) return "";
  const value = parts[part][keys[0] as string];
  return typeof value === "string" ? ` (given: '${value.slice(0, shownLength)}')` : "";
}

const unescape = (key: string): string => key.replaceAll("~1", "/").replaceAll("~0", "~");

/** 400 for a body that could not even be read as JSON. */
export function invalidBody(message: string): RequestError {
  return new RequestError("InvalidRequest", `The request is not valid: the body ${message}.`, {
    errors: [{ path: "/body", message }],
  });
}

/** 415: which media types the operation takes, and what was sent. */
export function unsupportedMediaType(operation: Operation, given: string | undefined): RequestError {
  const supported = operation.mediaTypes;
  const sent = given?.slice(0, shownLength);
  return new RequestError(
    "UnsupportedMediaType",
    `The body must be ${supported.join(" or ")}${sent === undefined ? "; no Content-Type was given" : `, not ${sent}`}.`,
    { content_type: sent ?? null, supported },
  );
}
