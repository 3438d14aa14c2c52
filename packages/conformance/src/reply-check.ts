import type { ErrorObject, ValidateFunction } from "ajv";
import { operationTable, type OperationId } from "@headgate/contract";
import { isCloudPath } from "./kit/operations.ts";
import type { ReplySchema, ReplySchemas } from "./reply-schemas.ts";

/** Says what is wrong with a reply; nothing if it is as the contract says. */
export interface ReplyCheck {
  /** Status, headers and media type. */
  readonly head: (response: Response) => string[];
  /** A whole body, as text. */
  readonly body: (text: string) => string[];
  /** One record of a streamed body; undefined when records are not JSON. */
  readonly record: ((line: string) => string[]) | undefined;
}

const shown = (value: string) => (value.length > 200 ? `${value.slice(0, 200)}…` : value);
const problem = ({ instancePath, message, params }: ErrorObject) => `${instancePath || "/"} ${message} ${JSON.stringify(params)}`;

/** Prepares the check of one reply. */
export function createReplyCheck(schemas: ReplySchemas, id: OperationId, response: Response): ReplyCheck {
  const { status } = response;
  const schema = schemas(id, status);
  if (schema === undefined) {
    return { head: () => ["the contract does not document this status"], body: () => [], record: undefined };
  }
  const contentType = response.headers.get("content-type");
  const mediaType = contentType?.split(";", 1)[0]?.trim().toLowerCase();
  const validate = mediaType === undefined ? undefined : schema.mediaTypes.get(mediaType);
  return {
    head: () => [...headProblems(response, schema, contentType, mediaType), ...limitProblems(id, response)],
    body: (text) => (schema.mediaTypes.size === 0 ? emptyProblems(text) : jsonProblems(text, validate, schema.errorCodes)),
    record: schema.streamed && validate ? (line) => jsonProblems(line, validate, undefined) : undefined,
  };
}

function headProblems(response: Response, schema: ReplySchema, contentType: string | null, mediaType: string | undefined): string[] {
  const problems: string[] = [];
  if (schema.mediaTypes.size > 0 && (mediaType === undefined || !schema.mediaTypes.has(mediaType))) {
    problems.push(`content type ${contentType} is not one of ${[...schema.mediaTypes.keys()].join(", ")}`);
  }
  // Published clients compare the whole header.
  if (mediaType === "text/plain" && contentType !== "text/plain") problems.push(`content type must be bare text/plain, not ${contentType}`);
  if (response.status === 503 && !/^\d+$/.test(response.headers.get("retry-after") ?? "")) {
    problems.push(`Retry-After must be whole seconds, not ${response.headers.get("retry-after")}`);
  }
  if (!response.headers.get("x-request-id")) problems.push("there is no X-Request-Id");
  return problems;
}

const limitHeaders = ["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset", "retry-after"];
/** Past a caller's limit the cloud dialects say when to come again. */
function limitProblems(id: OperationId, { status, headers }: Response): string[] {
  if (status !== 429 || !isCloudPath(operationTable[id].path)) return [];
  return limitHeaders.flatMap((name) => (/^\d+$/.test(headers.get(name) ?? "") ? [] : [`${name} must be a whole number`]));
}

const emptyProblems = (text: string) => (text === "" ? [] : [`the body must be empty, not ${shown(text)}`]);

function jsonProblems(text: string, validate: ValidateFunction | undefined, codes: ReadonlySet<string> | undefined): string[] {
  if (validate === undefined) return [];
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return [`this is not JSON: ${shown(text)}`];
  }
  if (!validate(body)) return [`${(validate.errors ?? []).map(problem).join("; ")} in ${shown(text)}`];
  const code = (body as { error_code?: string } | null)?.error_code;
  if (codes !== undefined && code !== undefined && !codes.has(code)) {
    return [`error code ${code} is not documented for this status, only ${[...codes].join(", ")}`];
  }
  return [];
}
