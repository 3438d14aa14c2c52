import type { ConnectTaskState } from "../api.ts";

/** States of Kafka Connect's own REST interface; anything else that it may say is taken for UNASSIGNED. */
export type EngineTaskState = "UNASSIGNED" | "RUNNING" | "PAUSED" | "FAILED" | "RESTARTING" | "STOPPED" | (string & {});

const states: Readonly<Record<string, ConnectTaskState>> = {
  RUNNING: "RUNNING",
  PAUSED: "STOPPED",
  STOPPED: "STOPPED",
  RESTARTING: "RESTARTING",
};

/** The state of a task in the words of the dialect; the trace of a failed one says whose the failure is. */
export function taskState(state: EngineTaskState, trace: string): ConnectTaskState {
  if (state === "FAILED") return isActionable(trace) ? "USER_ACTIONABLE_ERROR" : "SYSTEM_ERROR";
  return Object.hasOwn(states, state) ? (states[state] ?? "UNASSIGNED") : "UNASSIGNED";
}

/** Causes that no user can do anything about by changing the configuration or the data. */
const systemCauses = /^(OutOfMemoryError|StackOverflowError|NullPointerException|ConcurrentModificationException|ClassCastException)$/;
/** What configuration, data and rights bring about. */
const userCauses =
  /(^(Config|Data|Serialization|Schema|Schemas|SchemaBuilder|RecordTooLarge|InvalidTopic|UnknownTopicOrPartition|NoSuchFile|FileNotFound|AccessDenied|FileAlreadyExists|UnknownHost|NumberFormat|DateTimeParse|JsonParse|JsonMapping|MalformedInput|CharacterCoding|MalformedURL|URISyntax|ClassNotFound|Ssl|SSL|SSLHandshake|CertPathBuilder|NoRouteToHost)Exception$)|Authorization|Authentication|AccessControl|^SQL\w*Exception$|^Json\w*Exception$/;

/** Tells whether whoever runs the connector can mend what its trace tells, by its configuration, its data or its rights. */
export function isActionable(trace: string): boolean {
  const causes = causesOf(trace);
  const root = causes.at(-1);
  if (root === undefined || systemCauses.test(root)) return false;
  // "Exiting WorkerSinkTask due to unrecoverable exception" wraps everything; as the root it is what a plugin says by itself.
  return root === "ConnectException" || causes.some((cause) => userCauses.test(cause));
}

const exceptionLine = /^(?:Caused by: )?((?:[\w$]+\.)+)?([A-Z][\w$]*)(?::|$)/;

/** Simple names of the exceptions in a Java stack trace, outermost first. */
export function causesOf(trace: string): readonly string[] {
  const lines = trace.split("\n");
  const heads = lines.filter((line, index) => (index === 0 && line.trim() !== "") || line.startsWith("Caused by: "));
  return heads.map((line) => exceptionLine.exec(line)?.[2]?.replace(/^.*\$/, "") ?? "").filter((name) => name !== "");
}
