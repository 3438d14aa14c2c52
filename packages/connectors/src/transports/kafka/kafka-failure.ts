import { ConnectorError, type ConnectorErrorCode } from "@headgate/connector-kit";
import { explainSystemError, systemCode } from "../system-error.ts";

/** A protocol error as brokers give it: "NOT_LEADER_OR_FOLLOWER", and where in the reply. */
interface BrokerError {
  readonly apiId?: unknown;
  readonly path?: unknown;
}

/** All errors that the client has wrapped into one another, outermost first. */
export function* errorsWithin(error: unknown, depth = 0): Generator<object> {
  if (typeof error !== "object" || error === null || depth > 12) return;
  yield error;
  const { cause, errors } = error as { cause?: unknown; errors?: unknown };
  if (Array.isArray(errors)) for (const inner of errors) yield* errorsWithin(inner, depth + 1);
  yield* errorsWithin(cause, depth + 1);
}

/** The broker's codes in a failed request. */
export function brokerErrors(error: unknown): { readonly code: string; readonly path: string }[] {
  return [...errorsWithin(error)].flatMap((inner) => {
    const { apiId, path } = inner as BrokerError;
    return typeof apiId === "string" ? [{ code: apiId, path: typeof path === "string" ? path : "" }] : [];
  });
}

/** Refused by the brokers, whatever is tried again: the configuration is wrong, or a permission is missing. */
const refusals = new Set([
  "TOPIC_AUTHORIZATION_FAILED",
  "CLUSTER_AUTHORIZATION_FAILED",
  "GROUP_AUTHORIZATION_FAILED",
  "TRANSACTIONAL_ID_AUTHORIZATION_FAILED",
  "SASL_AUTHENTICATION_FAILED",
  "UNSUPPORTED_SASL_MECHANISM",
  "INVALID_TOPIC_EXCEPTION",
]);

/** True when the brokers turn us away for who we are. */
export function isRefused(error: unknown): boolean {
  return (
    brokerErrors(error).some(({ code }) => refusals.has(code)) ||
    [...errorsWithin(error)].some((inner) => (inner as { code?: unknown }).code === "PLT_KFK_AUTHENTICATION")
  );
}

/** What went wrong, in one line: the innermost cause says more than the layers around it. */
export function explainKafkaError(error: unknown): string {
  const [broker] = brokerErrors(error);
  const all = [...errorsWithin(error)];
  const refused = all.find((inner) => (inner as { code?: unknown }).code === "PLT_KFK_AUTHENTICATION");
  if (refused !== undefined) return `the broker refused the credentials${broker === undefined ? "" : ` (${broker.code})`}`;
  if (broker !== undefined) {
    const told = all.find((inner) => (inner as BrokerError).apiId === broker.code) as { message?: unknown; serverErrorMessage?: unknown };
    const text = told.serverErrorMessage ?? told.message ?? "";
    return `${String(text).replace(/\.$/, "")} (${broker.code})`;
  }
  const last = all.findLast((inner) => systemCode(inner)?.startsWith("PLT_") === false) ?? all.at(-1);
  return last === undefined ? String(error) : explainSystemError(last).replace(/\.$/, "");
}

/** A failure of the client as the runtime wants it; `what` begins the sentence: `kafka_input: topic "t" cannot be read`. */
export function kafkaFailure(code: ConnectorErrorCode, what: string, cause: unknown, tag: string): ConnectorError {
  return new ConnectorError(code, `${what}: ${explainKafkaError(cause)}.`, { cause, tag });
}
