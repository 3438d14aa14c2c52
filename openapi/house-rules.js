/**
 * Lint rules of this document, for redocly. They say what every operation owes its callers; what they cannot see in one
 * operation is tested in packages/contract/test.
 */
const errorStatus = /^[45]\d\d$/;
const isError = ([status]) => errorStatus.test(status);

/** `apiKey` with one role, or nothing at all: the server reads who may call from here. */
function roleOfSecurity() {
  return {
    Operation(operation, { report, location }) {
      const { security } = operation;
      const role = security?.[0]?.apiKey;
      const open = Array.isArray(security) && security.length === 0;
      if (open || (security?.length === 1 && role?.length === 1 && ["read", "write"].includes(role[0]))) return;
      report({
        message: "Say who may call: `security: [{ apiKey: [read] }]`, `security: [{ apiKey: [write] }]`, or `security: []` for everyone.",
        location: location.child("security").key(),
      });
    },
  };
}

/** The answers that any such operation can give, whatever it does. */
function declaredErrors() {
  return {
    Operation(operation, { report, location, resolve }) {
      const role = operation.security?.[0]?.apiKey?.[0];
      const body = operation.requestBody && resolve(operation.requestBody).node;
      const owed = ["500"];
      if (role !== undefined) owed.push("401");
      if (role === "write") owed.push("403");
      if (operation.parameters?.some((parameter) => resolve(parameter).node?.schema?.enum)) owed.push("400");
      if (body?.content?.["application/json"]) owed.push("400", "413", "415");
      for (const status of owed.filter((each) => operation.responses?.[each] === undefined)) {
        report({ message: `Declare the answer ${status}: this operation can give it.`, location: location.child("responses").key() });
      }
    },
  };
}

/** One error body for all, the codes it can carry, and Retry-After where asking again helps. */
function errorBody() {
  return {
    Operation(operation, { report, location, resolve }) {
      for (const [status, reference] of Object.entries(operation.responses ?? {}).filter(isError)) {
        const response = resolve(reference).node;
        const at = location.child(["responses", status]).key();
        const schema = response?.content?.["application/json"]?.schema;
        if (!/(^|\/)ErrorResponse(\.yaml)?$/.test(schema?.$ref ?? "")) {
          report({ message: `The answer ${status} must be application/json with the schema ErrorResponse.`, location: at });
        }
        if (!(response?.["x-error-codes"]?.length > 0)) {
          report({ message: `List the codes that the answer ${status} can carry as x-error-codes.`, location: at });
        }
        if (status === "503" && response?.headers?.["Retry-After"] === undefined) {
          report({ message: "A 503 answer carries Retry-After: add `$ref: ../headers/RetryAfter.yaml`.", location: at });
        }
      }
    },
  };
}

/** Tag and file are the same word, so that an operation is found by its tag. */
function tagIsFile() {
  return {
    Operation(operation, { report, location }) {
      const file = /\/paths\/([^/]+)\.yaml$/.exec(location.source.absoluteRef)?.[1];
      if (file === undefined || (operation.tags?.length === 1 && operation.tags[0] === file)) return;
      report({ message: `Operations in paths/${file}.yaml have the one tag ${file}.`, location: location.child("tags").key() });
    },
  };
}

function camelCaseIds() {
  return {
    Operation(operation, { report, location }) {
      if (/^[a-z]+([A-Z][a-z]+)+$/.test(operation.operationId ?? "")) return;
      report({
        message: "An operationId is a verb and a noun in camel case, such as getPipeline.",
        location: location.child("operationId"),
      });
    },
  };
}

/** An object says whether it can have other fields; left open by oversight, a reply could drift unseen. */
function closedObjects() {
  return {
    Schema(schema, { report, location }) {
      const type = [schema.type].flat();
      if (!type.includes("object") || schema.additionalProperties !== undefined) return;
      report({ message: "Say `additionalProperties: false`, or `true` for an object of any fields.", location: location.child("type") });
    },
  };
}

/** Two templates that match one path, other than a literal last segment beside a parameter that is listed in `allow`. */
function distinctPaths({ allow = [] }) {
  const segments = (path) => path.split("/");
  const overlap = (a, b) => a.length === b.length && a.every((s, i) => s === b[i] || s.startsWith("{") || b[i].startsWith("{"));
  return {
    Paths(paths, { report, location }) {
      const templates = Object.keys(paths);
      for (const [index, path] of templates.entries()) {
        const other = templates.slice(0, index).find((each) => overlap(segments(each), segments(path)));
        if (other === undefined || allow.includes(path) || allow.includes(other)) continue;
        report({ message: `${path} and ${other} match the same path.`, location: location.child(path).key() });
      }
    },
  };
}

export default function houseRules() {
  return {
    id: "house",
    rules: {
      oas3: {
        "role-of-security": roleOfSecurity,
        "declared-errors": declaredErrors,
        "error-body": errorBody,
        "tag-is-file": tagIsFile,
        "camel-case-ids": camelCaseIds,
        "closed-objects": closedObjects,
        "distinct-paths": distinctPaths,
      },
    },
  };
}
