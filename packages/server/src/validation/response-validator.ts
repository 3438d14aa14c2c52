import type { ValidateFunction } from "ajv/dist/2020.js";
import type { OpenApiDocument } from "../document.ts";
import type { Operation } from "../operation.ts";
import { anchored, createAjv } from "./ajv.ts";

/** A reply as it goes out; `text` is undefined when the body is a stream. */
export interface OutgoingReply {
  readonly status: number;
  readonly contentType: string | undefined;
  readonly text: string | undefined;
}
/** What is wrong with a reply, undefined when it is as the contract says. */
export type ResponseCheck = (operation: Operation, reply: OutgoingReply) => string | undefined;

const isJson = (type: string): boolean => /^application\/(?:[\w.+-]+\+)?json$/.test(type);

/** Law 8: every reply of every operation validates against the contract, errors included. Validators compile on first use. */
export function createResponseCheck(document: OpenApiDocument): ResponseCheck {
  const ajv = createAjv(document, { allErrors: false });
  const validators = new Map<string, ValidateFunction>();
  const validatorFor = (operation: Operation, status: string, type: string, schema: unknown): ValidateFunction => {
    const key = `${operation.id} ${status} ${type}`;
    const known = validators.get(key) ?? ajv.compile(anchored(schema) as object);
    validators.set(key, known);
    return known;
  };
  return (operation, reply) => {
    const declared = declaredStatus(operation, reply.status);
    if (declared === undefined) return `status ${reply.status} is not declared`;
    const content = operation.responses[declared]?.content ?? {};
    const types = Object.keys(content);
    if (reply.contentType === undefined) {
      return types.length === 0 ? undefined : `the body of status ${reply.status} is missing: ${types.join(" or ")} is declared`;
    }
    const type = reply.contentType.split(";", 1)[0] as string;
    const media = content[type] ?? content["*/*"];
    if (media === undefined) return `content type '${type}' is not declared for status ${reply.status}`;
    if (reply.text === undefined || media.schema === undefined || !isJson(type)) return undefined;
    const validate = validatorFor(operation, declared, type, media.schema);
    if (validate(JSON.parse(reply.text))) return undefined;
    const error = validate.errors?.[0];
    return `body of status ${reply.status} at '${error?.instancePath ?? ""}': ${error?.message ?? "is invalid"} ${JSON.stringify(error?.params)}`;
  };
}

function declaredStatus(operation: Operation, status: number): string | undefined {
  const exact = String(status);
  if (operation.responses[exact] !== undefined) return exact;
  const range = `${exact[0]}XX`;
  if (operation.responses[range] !== undefined) return range;
  return operation.responses["default"] === undefined ? undefined : "default";
}
