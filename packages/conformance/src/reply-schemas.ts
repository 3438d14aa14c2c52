import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import ajvFormats from "ajv-formats";
import { openapiDocument, operationTable, type OperationId, type ResponseObject } from "@headgate/contract";

/** What the contract says of one reply. */
export interface ReplySchema {
  /** Check of the body, or of one record of a streamed one, by media type. Undefined: the type carries no JSON. */
  readonly mediaTypes: ReadonlyMap<string, ValidateFunction | undefined>;
  /** The codes that an error body may carry; undefined for a success. */
  readonly errorCodes: ReadonlySet<string> | undefined;
  readonly streamed: boolean;
}

/** The contract's word on a reply; undefined for a status that it does not document. */
export type ReplySchemas = (id: OperationId, status: number) => ReplySchema | undefined;

const documentId = "contract.json";
const escaped = (key: string) => key.replaceAll("~", "~0").replaceAll("/", "~1");
const isJson = (mediaType: string) => mediaType === "application/json" || mediaType === "application/x-ndjson";

/** Compiles checks from the bundled document, each at its first use. */
export function createReplySchemas(): ReplySchemas {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  (ajvFormats as unknown as (target: Ajv2020) => void)(ajv);
  for (const format of ["int64", "int32", "double", "float", "binary", "uint64"]) ajv.addFormat(format, true);
  ajv.addSchema(openapiDocument, documentId);
  const known = new Map<string, ReplySchema | undefined>();

  const compile = (id: OperationId, status: number): ReplySchema | undefined => {
    const { method, path, streamed } = operationTable[id];
    let pointer = `/paths/${escaped(path)}/${method}/responses/${status}`;
    const declared = openapiDocument.paths[path]?.[method]?.responses[String(status)];
    if (declared === undefined) return undefined;
    if ("$ref" in declared) pointer = (declared.$ref as string).slice(1);
    const response = ("$ref" in declared ? at(pointer) : declared) as ResponseObject;
    const codes = response["x-error-codes"];
    return {
      mediaTypes: new Map(
        Object.keys(response.content ?? {}).map((type) => [
          type,
          isJson(type) ? ajv.compile({ $ref: `${documentId}#${uri(pointer)}/content/${uri(escaped(type))}/schema` }) : undefined,
        ]),
      ),
      errorCodes: codes && new Set(codes),
      streamed: streamed && status < 300,
    };
  };
  return (id, status) => {
    const key = `${id} ${status}`;
    if (!known.has(key)) known.set(key, compile(id, status));
    return known.get(key);
  };
}

/** A JSON pointer as a URI fragment. */
const uri = (pointer: string) => pointer.split("/").map(encodeURIComponent).join("/");

function at(pointer: string): unknown {
  const keys = pointer
    .split("/")
    .slice(1)
    .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
  return keys.reduce<unknown>((node, key) => (node as Readonly<Record<string, unknown>>)[key], openapiDocument);
}
