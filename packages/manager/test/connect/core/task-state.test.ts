import { expect, test } from "@jest/globals";
import { causesOf, taskState } from "../../../src/connect/core/task-state.ts";

const wrapped = (...causes: readonly string[]): string =>
  [
    "org.apache.kafka.connect.errors.ConnectException: Exiting WorkerSinkTask due to unrecoverable exception.",
    "\tat org.apache.kafka.connect.runtime.WorkerSinkTask.deliverMessages(WorkerSinkTask.java:635)",
    ...causes.flatMap((cause) => [`Caused by: ${cause}`, "\tat some.Where.itHappened(Where.java:1)", "\t... 10 more"]),
    "",
  ].join("\n");

test.each([
  ["RUNNING", "RUNNING"],
  ["PAUSED", "STOPPED"],
  ["STOPPED", "STOPPED"],
  ["UNASSIGNED", "UNASSIGNED"],
  ["RESTARTING", "RESTARTING"],
  ["SOMETHING_NEW", "UNASSIGNED"],
  ["constructor", "UNASSIGNED"],
])("the engine's %s is %s", (engine, cloud) => {
  expect(taskState(engine, "")).toBe(cloud);
});

test.each([
  ["a missing folder", wrapped("java.nio.file.NoSuchFileException: /no/such/folder/out.txt")],
  [
    "data that is no JSON",
    wrapped("org.apache.kafka.connect.errors.DataException: bad", "com.fasterxml.jackson.core.JsonParseException: x"),
  ],
  ["data without a schema", wrapped("org.apache.kafka.connect.errors.DataException: JsonConverter with schemas.enable requires fields")],
  ["a rejected configuration", 'org.apache.kafka.common.config.ConfigException: Missing required configuration "topic"\n\tat x'],
  ["missing rights on a topic", wrapped("org.apache.kafka.common.errors.TopicAuthorizationException: Not authorized")],
  ["a wrong password", wrapped("org.apache.kafka.common.errors.SaslAuthenticationException: Authentication failed")],
  ["what a plugin says by itself", "org.apache.kafka.connect.errors.ConnectException: The bucket does not exist\n\tat x"],
  ["a database that refuses", wrapped("java.sql.SQLSyntaxErrorException: no such table")],
])("whoever runs the connector can mend %s", (_, trace) => {
  expect(taskState("FAILED", trace)).toBe("USER_ACTIONABLE_ERROR");
});

test.each([
  ["no trace at all", ""],
  ["memory that ran out", wrapped("java.lang.OutOfMemoryError: Java heap space")],
  [
    "a defect of a plugin, even below an error of data",
    wrapped("org.apache.kafka.connect.errors.DataException: x", "java.lang.NullPointerException"),
  ],
  ["a broker that does not answer", wrapped("org.apache.kafka.common.errors.TimeoutException: Timeout expired")],
  ["words that are no exception", "the worker went away"],
])("nobody can mend %s by a change of the connector", (_, trace) => {
  expect(taskState("FAILED", trace)).toBe("SYSTEM_ERROR");
});

test("causes are read outermost first, by their simple names, from Java's own way of writing them", () => {
  expect(causesOf(wrapped("a.b.Outer$InnerException: x: y", "java.lang.StackOverflowError"))).toEqual([
    "ConnectException",
    "InnerException",
    "StackOverflowError",
  ]);
});
