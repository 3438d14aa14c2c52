/**
 * Lint rules of this document, for redocly. They say what every operation owes its callers; what they cannot see in one
 * operation is tested in packages/contract/test.
 */
const errorStatus = /^[45]\d\d$/;
const isError = ([status]) => errorStatus.test(status);

/**
 * The dialects that the document describes, by the name of the file that an operation stands in: how callers show who they are, what
 * an error's body is, and how operations are called. Published ids are kept as they are.
 */
const dialects = [
  {
    file: /^connect-/,
    schemes: ["cloud-api-key", "confluent-sts-access-token"],
    errorSchema: "ConnectError",
    hasCodes: false,
    limited: true,
    operationId: /^[a-z]+([A-Z][a-z]+)*Connectv1([A-Z][a-z]+)+$/,
  },
  {
    file: /^sts$/,
    schemes: [],
    errorSchema: "StsErrorResponse",
    hasCodes: false,
    limited: true,
    operationId: /^[a-z]+StsV1([A-Z][a-z]+)+$/,
  },
  {
    file: /./,
    schemes: ["apiKey"],
    errorSchema: "ErrorResponse",
    hasCodes: true,
    limited: false,
    operationId: /^[a-z]+([A-Z][a-z]+)+$/,
  },
];
const fileOf = (location) => /\/paths\/([^/]+)\.yaml$/.exec(location.source.absoluteRef)?.[1];
const dialectOf = (location) => dialects.find(({ file }) => file.test(fileOf(location) ?? "-"));
const rateHeaders = ["X-Request-Id", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "Retry-After"];

/** The role that an operation's callers need; undefined when everyone may call. */
const roleOf = (operation) => Object.values(operation.security?.[0] ?? {})[0]?.[0];

/** The dialect's schemes, each with the one role, or nothing at all: the server reads who may call from here. */
function roleOfSecurity() {
  return {
    Operation(operation, { report, location }) {
      const { security } = operation;
      const { schemes } = dialectOf(location);
      const open = Array.isArray(security) && security.length === 0;
      const as = (role) => schemes.map((scheme) => ({ [scheme]: [role] }));
      const isRole = (role) => schemes.length > 0 && JSON.stringify(security) === JSON.stringify(as(role));
      if (open || ["read", "write"].some(isRole)) return;
      const written = (role) => `security: [${schemes.map((scheme) => `{ ${scheme}: [${role}] }`).join(", ")}]`;
      report({
        message: `Say who may call: \`${written("read")}\`, \`${written("write")}\`, or \`security: []\` for everyone.`,
        location: location.child("security").key(),
      });
    },
  };
}

/** The answers that any such operation can give, whatever it does. */
function declaredErrors() {
  return {
    Operation(operation, { report, location, resolve }) {
      const role = roleOf(operation);
      const body = operation.requestBody && resolve(operation.requestBody).node;
      const owed = ["500"];
      if (dialectOf(location).limited) owed.push("429");
      if (role !== undefined) owed.push("401");
      if (role === "write") owed.push("403");
      if (operation.parameters?.some((parameter) => resolve(parameter).node?.schema?.enum)) owed.push("400");
      if (body?.content?.["application/json"] ?? body?.content?.["application/x-www-form-urlencoded"]) owed.push("400", "413", "415");
      for (const status of owed.filter((each) => operation.responses?.[each] === undefined)) {
        report({ message: `Declare the answer ${status}: this operation can give it.`, location: location.child("responses").key() });
      }
    },
  };
}

/** One error body for all of a dialect, the codes it can carry, and the headers that say when asking again helps. */
function errorBody() {
  return {
    Operation(operation, { report, location, resolve }) {
      const { errorSchema, hasCodes, limited } = dialectOf(location);
      for (const [status, reference] of Object.entries(operation.responses ?? {}).filter(isError)) {
        const response = resolve(reference).node;
        const at = location.child(["responses", status]).key();
        const schema = response?.content?.["application/json"]?.schema;
        const bare = status === "429" && errorSchema === "ConnectError";
        if (bare && response?.content !== undefined) {
          report({ message: "The answer 429 has no body in the Connect dialect.", location: at });
        }
        if (
          !bare &&
          (schema?.$ref ?? "")
            .split("/")
            .at(-1)
            .replace(/\.yaml$/, "") !== errorSchema
        ) {
          report({ message: `The answer ${status} must be application/json with the schema ${errorSchema}.`, location: at });
        }
        if (hasCodes && !(response?.["x-error-codes"]?.length > 0)) {
          report({ message: `List the codes that the answer ${status} can carry as x-error-codes.`, location: at });
        }
        const headers = limited && status === "429" ? rateHeaders.filter((name) => response?.headers?.[name] === undefined) : [];
        if (headers.length > 0) report({ message: `The answer 429 carries ${headers.join(", ")}.`, location: at });
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
      const file = fileOf(location);
      if (file === undefined || (operation.tags?.length === 1 && operation.tags[0] === file)) return;
      report({ message: `Operations in paths/${file}.yaml have the one tag ${file}.`, location: location.child("tags").key() });
    },
  };
}

function camelCaseIds() {
  return {
    Operation(operation, { report, location }) {
      if (dialectOf(location).operationId.test(operation.operationId ?? "")) return;
      report({
        message: "An operationId is a verb and a noun in camel case, such as getPipeline, or the published one of its dialect.",
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
