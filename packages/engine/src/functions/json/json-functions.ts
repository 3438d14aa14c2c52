import { EvaluationError } from "../../expression/evaluation-error.ts";
import { Unsupported } from "../../plan/unsupported.ts";
import type { Value } from "../../types.ts";
import type { BoundCall, Overload, ScalarFunction } from "../types.ts";
import { bound, constantText, pure, scalar } from "../overload.ts";
import { writeJson, type Json } from "./json-value.ts";
import { parseJson } from "./parse-json.ts";

type Find = (json: Json) => Json | undefined;
const documents = ["JSON", "VARCHAR"] as const;

/** Functions of JSON text, with paths that are constant. */
export const jsonFunctions: readonly ScalarFunction[] = [
  scalar(["json_extract", "json_extract_path"], withPath("json_extract", writeJson), withIndex("json_extract", writeJson)),
  scalar(
    ["json_extract_string", "->>", "json_extract_path_text"],
    withPath("json_extract_string", asText),
    withIndex("json_extract_string", asText),
  ),
  scalar("json_array_length", whole("json_array_length", lengthOf), withPath("json_array_length", lengthOf)),
  scalar(
    "json_type",
    whole("json_type", (json) => json.type),
    withPath("json_type", (json) => json.type),
  ),
  scalar(
    "json_valid",
    documents.map((type) => pure(`json_valid(${type})`, (text: string) => parseJson(text) !== undefined)),
  ),
];

function read(text: string): Json {
  const json = parseJson(text);
  if (json === undefined) throw new EvaluationError("Malformed JSON");
  return json;
}

function asText(json: Json): string | null {
  return json.type === "VARCHAR" ? json.value : json.type === "NULL" ? null : writeJson(json);
}
function lengthOf(json: Json): bigint {
  return json.type === "ARRAY" ? BigInt(json.items.length) : 0n;
}

function whole(name: string, give: (json: Json) => Value): readonly Overload[] {
  return documents.map((type) => pure(`${name}(${type})`, (text: string) => give(read(text))));
}

function withPath(name: string, give: (json: Json) => Value): readonly Overload[] {
  return documents.map((type) =>
    bound(`${name}(${type}, VARCHAR)`, (call: BoundCall) => {
      const find = createPath(constantText(call, 1));
      return (text: string) => {
        const found = find(read(text));
        return found === undefined ? null : give(found);
      };
    }),
  );
}

function withIndex(name: string, give: (json: Json) => Value): readonly Overload[] {
  return documents.map((type) =>
    pure(`${name}(${type}, BIGINT)`, (text: string, index: bigint) => {
      const found = itemAt(read(text), index);
      return found === undefined ? null : give(found);
    }),
  );
}

function itemAt(json: Json, index: bigint): Json | undefined {
  if (json.type !== "ARRAY") return undefined;
  return json.items[Number(index < 0n ? BigInt(json.items.length) + index : index)];
}
const field = (json: Json | undefined, key: string): Json | undefined =>
  json?.type === "OBJECT" ? json.entries.find((entry) => entry[0] === key)?.[1] : undefined;

/** A bare key, or `$` with steps `.key`, `."key"` and `[number]`. */
function createPath(path: string): Find {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(path)) return (json) => field(json, path);
  if (!/^\$(?:\.[A-Za-z_][A-Za-z0-9_]*|\."[A-Za-z0-9_ .-]+"|\[[0-9]{1,9}\])*$/.test(path)) throw new Unsupported(`JSON path '${path}'`);
  const steps = (path.match(/\.[A-Za-z_][A-Za-z0-9_]*|\."[^"]*"|\[[0-9]+\]/g) ?? []).map((step) =>
    step.startsWith("[") ? BigInt(step.slice(1, -1)) : step.startsWith('."') ? step.slice(2, -1) : step.slice(1),
  );
  return (json) => {
    let found: Json | undefined = json;
    for (const step of steps) {
      if (found === undefined) return undefined;
      found = typeof step === "bigint" ? itemAt(found, step) : field(found, step);
    }
    return found;
  };
}
